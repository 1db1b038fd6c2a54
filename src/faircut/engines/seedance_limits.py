"""What Seedance 2.0 documents that it takes: for the engine that speaks to it, and for the door that speaks like it.

As of November 2026. Where its own pages disagree (clips of 50 or of 200 MB) the lower number holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from faircut.domain import MediaKind
from faircut.protocols import FileLimits

_MB: Final = 1 << 20

MOST_BODY_BYTES: Final = 64 * _MB

IMAGES: Final = FileLimits(
    most_bytes=30 * _MB,
    types=tuple(f"image/{name}" for name in ("jpeg", "png", "webp", "bmp", "tiff", "gif", "heic")),
    sides=(300, 6000),
    aspect=(0.4, 2.5),
)
CLIPS: Final = FileLimits(
    most_bytes=50 * _MB,
    types=("video/mp4", "video/quicktime"),
    seconds=(2.0, 15.0),
    seconds_together=15.0,
    fps=(24.0, 60.0),
)
SOUNDS: Final = FileLimits(
    most_bytes=15 * _MB, types=("audio/wav", "audio/mpeg"), seconds=(2.0, 15.0), seconds_together=15.0
)

FILES: Final[Mapping[MediaKind, FileLimits]] = {
    MediaKind.IMAGE: IMAGES,
    MediaKind.VIDEO: CLIPS,
    MediaKind.AUDIO: SOUNDS,
}
