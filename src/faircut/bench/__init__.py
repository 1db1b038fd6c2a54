"""Edits that people make to films, and how well each is found: the material and the measure of ``faircut bench``."""
