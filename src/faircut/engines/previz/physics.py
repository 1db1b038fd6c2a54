"""Falling and bouncing at real units: exact parabolas between contacts, g in m/s², Newton's restitution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from faircut.engines.previz.cuts import FPS
from faircut.engines.previz.staging import DropPlan

_AIR: Final = 0.18
"""Seconds that a thing is held before it is let go, so that a viewer sees where it starts."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A hit on the ground: when (seconds into the shot), and how fast (m/s)."""

    seconds: float
    speed: float


@dataclass(frozen=True, slots=True)
class Fall:
    """The whole motion. ``height`` is that of the thing's lowest point over the ground, in metres."""

    release: float
    start_m: float
    gravity: float
    contacts: tuple[Contact, ...]
    rebounds: tuple[float, ...]

    def height(self, seconds: float) -> float:
        """Metres of the lowest point over the ground at a time; exact, no integration error."""
        if seconds <= self.release:
            return self.start_m
        if not self.contacts or seconds < self.contacts[0].seconds:
            return max(0.0, self.start_m - 0.5 * self.gravity * (seconds - self.release) ** 2)
        for index in range(len(self.contacts) - 1, -1, -1):
            since = seconds - self.contacts[index].seconds
            if since >= 0:
                return max(0.0, self.rebounds[index] * since - 0.5 * self.gravity * since * since)
        return 0.0


def fall_of(drop: DropPlan, start_m: float, gravity: float, seconds: float) -> Fall:
    """The fall of a thing let go ``start_m`` metres over the ground in a shot of ``seconds``.

    The number of rebounds is the Drop's, or as many as reach a centimetre. After the last one it stays on the ground.
    """
    speed = math.sqrt(2 * gravity * start_m)
    # Let go at the moment that puts the first contact exactly on a frame: what is heard is then seen.
    at = math.ceil((min(_AIR, seconds * 0.1) + speed / gravity) * FPS) / FPS
    release = at - speed / gravity
    contacts: list[Contact] = []
    rebounds: list[float] = []
    limit = drop.bounces if drop.bounces is not None else 12
    while at < seconds and len(contacts) <= limit:
        contacts.append(Contact(at, speed))
        back = speed * drop.restitution
        if len(contacts) > limit or back * back / (2 * gravity) < 0.01:
            rebounds.append(0.0)
            break
        rebounds.append(back)
        at += 2 * back / gravity
        speed = back
    return Fall(release, start_m, gravity, tuple(contacts), tuple(rebounds))
