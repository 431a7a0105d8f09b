"""pocket-world: a small video world model, its procedural training world and its judge."""
