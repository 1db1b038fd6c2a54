"""Parties, works, elements and references: what is protected, for whom, and what stands for it."""

from faircut.catalogue.importing import ImportReport
from faircut.catalogue.service import Catalogue

__all__ = ["Catalogue", "ImportReport"]
