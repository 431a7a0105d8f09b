"""The procedural world: streets, a robot arm, moving shapes, each with exact depth and segmentation."""
