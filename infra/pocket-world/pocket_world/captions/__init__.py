"""Captions of the world in many phrasings."""
