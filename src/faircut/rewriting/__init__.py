"""Rewrites of refused requests: what is put in place of words, where words may go, and whether the rest reads."""
