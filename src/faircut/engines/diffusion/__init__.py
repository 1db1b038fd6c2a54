"""Engines that run open weights through the diffusers library: the LTX-2 family and MiniMax-H3.

They need the extra ``gpu`` (PyTorch, diffusers, transformers) and weights in a folder of the operator's. Nothing of
it is imported before a video is made.
"""

from __future__ import annotations

from faircut.engines.diffusion.engine import DiffusionEngine
from faircut.engines.diffusion.families import H3, LTX2, Family

__all__ = ["H3", "LTX2", "DiffusionEngine", "Family"]
