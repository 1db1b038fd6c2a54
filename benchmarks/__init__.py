"""Measurements of what Faircut promises, on real films where they are at hand. ``make bench`` runs them all."""

# Before NumPy, so that what is measured runs with as many threads as it has in Faircut.
import faircut  # noqa: F401
