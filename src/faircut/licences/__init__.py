"""Licences: what a rights holder lets one caller do with a work or an element, from when until when."""

from faircut.licences.ground import LicenceGround
from faircut.licences.service import Licences

__all__ = ["LicenceGround", "Licences"]
