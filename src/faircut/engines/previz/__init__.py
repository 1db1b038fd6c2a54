"""previz: a deterministic renderer of animatics from text, images and clips. No model, no network, no GPU.

Importing this package is cheap; numpy, OpenCV and PyAV load when a film is rendered.
"""

from faircut.engines.previz.engine import PrevizEngine

__all__ = ["PrevizEngine"]
