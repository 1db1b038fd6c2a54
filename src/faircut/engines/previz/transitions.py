"""Joins shots: frames of the one that goes are mixed with those of the one that comes; fades lead through black."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from faircut.engines.previz.layers import Picture
from faircut.engines.previz.plan import ShotPlan

_SOFT: Final = 0.05
"""Half the width of a wipe's edge, in frame widths."""
_BLACK: Final = (16, 128)
"""Luma and chroma of black in limited range."""


class Joiner:
    """Takes the finished frames of the shots in order and gives those of the film.

    Frames are (h * 3 / 2, w) I420. The frames in which two shots overlap are kept until the second one brings its own:
    at most two seconds of them.
    """

    def __init__(self, plans: Sequence[ShotPlan]) -> None:
        self._plans = plans
        self._held: list[Picture] = []

    def _overlap(self, number: int) -> int:
        """Frames that shot ``number`` shares with the one before it."""
        if not 0 < number < len(self._plans):
            return 0
        return self._plans[number - 1].tail + self._plans[number].lead

    def take(self, number: int, index: int, planes: Picture) -> Picture | None:
        """The film's next frame; None while a transition waits for the shot that comes."""
        plan = self._plans[number]
        coming, going = self._overlap(number), self._overlap(number + 1)
        planes = _faded(planes, plan, index)
        if index < coming:
            planes = _mixed(self._held.pop(0), planes, (index + 1) / (coming + 1), wipes=plan.wipes)
        if index >= plan.frames - going:
            self._held.append(planes)
            return None
        return planes


def _faded(planes: Picture, plan: ShotPlan, index: int) -> Picture:
    share = 1.0
    if plan.fade_in:
        share = min(share, (index + 0.5) / plan.fade_in)
    if plan.fade_out:
        share = min(share, (plan.frames - index - 0.5) / plan.fade_out)
    if share >= 1:
        return planes
    black = np.full_like(planes, _BLACK[1])
    black[: planes.shape[0] * 2 // 3] = _BLACK[0]
    faded: Picture = cv2.addWeighted(planes, share, black, 1 - share, 0)
    return faded


def _mixed(old: Picture, new: Picture, share: float, *, wipes: bool) -> Picture:
    if not wipes:
        mixed: Picture = cv2.addWeighted(new, share, old, 1 - share, 0)
        return mixed
    width, height = new.shape[1], new.shape[0] * 2 // 3
    edge = share * (1 + 2 * _SOFT) - _SOFT
    across = (np.arange(width, dtype=np.float32) + 0.5) / width
    cover = np.clip((edge - across) / (2 * _SOFT) + 0.5, 0, 1)
    chroma = np.tile(cover.reshape(-1, 2).mean(1), (height // 2) * 2).reshape(height // 2, width)
    weights = np.vstack([np.broadcast_to(cover, (height, width)), chroma])
    wiped: Picture = (old + (new.astype(np.float32) - old) * weights + 0.5).astype(np.uint8)
    return wiped
