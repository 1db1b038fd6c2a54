"""What a pipeline hands back, and how its denoising steps report and can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.domain import GenerationRequest
from faircut.engines.diffusion.families import Family
from faircut.engines.diffusion.options import DiffusionOptions
from faircut.engines.diffusion.runtime import Ready
from faircut.protocols import Progress

LOADED, DENOISED = 0.08, 0.88
"""Shares of the work that are done once the weights are loaded, and once the last step is taken."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """``frames``: (n, h, w, 3) uint8 at 24 frames a second. ``samples``: (2, n) float32 at ``rate``, -1..1."""

    frames: npt.NDArray[np.uint8]
    samples: npt.NDArray[np.float32]
    rate: int


@dataclass(frozen=True, slots=True)
class Task:
    """One request, ready to be rendered on a canvas of ``width`` x ``height``."""

    family: Family
    options: DiffusionOptions
    request: GenerationRequest
    ready: Ready
    width: int
    height: int
    progress: Progress

    @property
    def steps(self) -> int:
        return self.options.steps or self.family.steps

    def took_step(self, done: int) -> None:
        """Reports a finished step; raises what ``progress`` raises, so that a job can be cancelled between steps."""
        share = LOADED + (DENOISED - LOADED) * min(1.0, done / self.steps)
        self.progress(share, f"step {min(done, self.steps)} of {self.steps}")


Renderer = Callable[[Task], Rendered]


def as_pixels(frames: Any) -> npt.NDArray[np.uint8]:
    """(n, h, w, 3) floats 0..1, as pipelines return them, in bytes. NaN becomes black."""
    return (np.nan_to_num(np.asarray(frames, np.float32)).clip(0, 1) * 255 + 0.5).astype(np.uint8)


def as_samples(audio: Any) -> npt.NDArray[np.float32]:
    """(channels, n) of a tensor of sound, as two channels within -1..1."""
    samples = np.nan_to_num(audio.detach().float().cpu().numpy()).astype(np.float32)
    samples = samples.reshape(-1, samples.shape[-1])
    return np.repeat(samples, 2, axis=0).clip(-1, 1) if len(samples) == 1 else samples[:2].clip(-1, 1)
