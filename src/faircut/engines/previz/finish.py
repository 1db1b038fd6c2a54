"""What lies over every frame of a shot: exposure, light from one side, vignette, weather, words. Makes I420 of it."""

from __future__ import annotations

import cv2
import numpy as np

from faircut.engines.previz.cuts import FPS
from faircut.engines.previz.layers import Picture
from faircut.engines.previz.palette import palette_for
from faircut.engines.previz.plan import ShotPlan
from faircut.engines.previz.relight import MASK_UNIT, flare, light_mask
from faircut.engines.previz.seeding import generator
from faircut.engines.previz.slate import Marks, Words
from faircut.engines.previz.weather import Weather

_GAMMA = 2.2


class Finish:
    """The finish of one shot. On frames that have to equal an image it is absent, and builds up from them."""

    def __init__(self, plan: ShotPlan, size: tuple[int, int], seed: int, horizon: float) -> None:
        width, height = size
        palette = palette_for(plan.lighting, plan.physics, plan.place)
        side = plan.lighting.side or "left"
        strength = (0.34 if plan.beats else 0.24) if plan.side_commanded else 0.06
        vignette = 0.34 if palette.name in ("night", "dusk") else 0.24
        self._mask = light_mask(width, height, side, strength, vignette)
        wash = {"golden": 0.24, "dawn": 0.14}.get(plan.lighting.time or "", 0.0) * (1.0 if plan.side_commanded else 0.5)
        self._flare = flare(width, height, side, palette.disc, wash)
        self._weather = Weather(plan.physics, palette, width, height, horizon, (seed, plan.index))
        self._marks = Marks(width, height, plan.index + 1, plan.camera.title)
        self._words = Words(width, height, plan.title, plan.caption)
        self._gain = (plan.lighting.intensity or 1.0) ** (1 / _GAMMA)
        self._plan, self._size = plan, size
        rng = generator("lightning", seed, plan.index)
        self.flashes = sorted(rng.uniform(0.15, 0.85, 2) * plan.frames / FPS) if plan.physics.thunder else []

    def __call__(self, frame: Picture, index: int, pan: tuple[float, float]) -> Picture:
        """(h * 3 / 2, w) I420 of a finished frame."""
        share = self._plan.built_up(index)
        if self._gain != 1.0 and share:
            frame = cv2.convertScaleAbs(frame, alpha=1 + (self._gain - 1) * share)
        if self._flare is not None and share:
            cv2.add(frame, self._flare if share == 1 else cv2.convertScaleAbs(self._flare, alpha=share), frame)
        self._words.draw(frame, index, self._plan.frames, share)
        self._marks.draw(frame, share)
        planes: Picture = cv2.cvtColor(frame, cv2.COLOR_BGRA2YUV_I420)
        if not share:
            return planes
        height = self._size[1]
        luma = planes[:height]
        mask: Picture = self._mask
        if share < 1:
            mask = cv2.addWeighted(mask, share, np.full_like(mask, MASK_UNIT), 1 - share, 0)
        cv2.multiply(luma, mask, luma, 1 / MASK_UNIT)
        seconds = index / FPS
        if share == 1:
            self._weather.draw(luma, seconds, pan, 1.0)
        else:
            weathered = luma.copy()
            self._weather.draw(weathered, seconds, pan, 1.0)
            cv2.addWeighted(weathered, share, luma, 1 - share, 0, luma)
        for flash in self.flashes:
            since = seconds - flash
            if 0 <= since < 0.30:
                light = np.full_like(luma, int(72 * (1 - since / 0.30) * (1.0 if int(since * 24) != 2 else 0.4)))
                cv2.add(luma, light, luma)
        return planes
