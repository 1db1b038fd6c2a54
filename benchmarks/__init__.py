"""Measurements of what Faircut promises, on real films where they are at hand. ``make bench`` runs them all."""
