"""Limits that hold before and while media are decoded. Media come from strangers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from faircut.errors import LimitExceeded


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """Bytes and pixels are checked before decoding; seconds on the header *and* on what is decoded."""

    max_bytes: int = 8 * 2**30
    max_pixels: int = 40_000_000
    max_seconds: float = 6 * 3600.0
    max_wall_seconds: float = 3600.0

    def check_bytes(self, size: int, label: str) -> None:
        if size > self.max_bytes:
            raise LimitExceeded(
                f"The file has {size / 2**20:.1f} MiB; {self.max_bytes / 2**20:.0f} MiB are accepted.",
                field=label,
                remedy="Send a smaller file.",
            )

    def check_pixels(self, width: int, height: int, label: str) -> None:
        if width * height > self.max_pixels:
            raise LimitExceeded(
                f"The picture has {width}x{height} pixels; {self.max_pixels / 1e6:.0f} million are accepted.",
                field=label,
                remedy="Scale it down.",
            )

    def check_seconds(self, seconds: float, label: str) -> None:
        if seconds > self.max_seconds:
            raise LimitExceeded(
                f"It lasts {seconds:.1f} s; {self.max_seconds:.1f} s are accepted.",
                field=label,
                remedy="Cut it shorter.",
            )


@dataclass(slots=True)
class Deadline:
    """Wall-clock time for one decode. Checked between packets, so a file cannot hold a worker for ever."""

    seconds: float
    label: str
    _start: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raises LimitExceeded once the time is used up."""
        if time.monotonic() - self._start > self.seconds:
            raise LimitExceeded(
                f"Decoding took more than {self.seconds:.0f} s.",
                field=self.label,
                remedy="Send a shorter or simpler file.",
            )
