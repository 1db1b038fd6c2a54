"""Measures what an engine wrote. Its own word is not taken for anything."""

from __future__ import annotations

from pathlib import Path

from faircut.config import Settings
from faircut.domain import CheckOutcome, Decision, GenerationRequest, MediaKind
from faircut.engines import frame_size
from faircut.errors import EngineOutputInvalid, LimitExceeded, NotFound, UnreadableMedia
from faircut.media.limits import MediaLimits
from faircut.media.probe import Probe, probe
from faircut.policy import MEDIA_CHECK
from faircut.protocols import EngineCapabilities

_USUAL = EngineCapabilities()
_SECONDS_OFF = 0.5
_PIXELS_OFF = 16


def validate_output(
    path: Path, request: GenerationRequest, settings: Settings, able: EngineCapabilities = _USUAL
) -> Probe:
    """The facts of the engine's file, when it is the video that was asked for.

    It must be a regular file of at most ``max_output_bytes``, open as video, show the frame size of the request
    (within 16 pixels: codecs pad to macroblocks; or within the engine's own tolerance) at its frames a second, last as
    long as asked within half a second, have sound if and only if sound was asked for, and hold nothing besides. Raises
    EngineOutputInvalid.
    """
    if path.is_symlink() or not path.is_file():
        raise _invalid("wrote no file")
    limits = MediaLimits(max_bytes=settings.max_output_bytes, max_pixels=settings.max_pixels)
    try:
        found = probe(path, "output", limits)
    except (UnreadableMedia, LimitExceeded, NotFound) as error:
        raise _invalid(f"wrote a file that is not accepted: {error.message}") from error
    if found.kind is not MediaKind.VIDEO:
        raise _invalid(f"wrote {found.kind} instead of video")
    width, height = frame_size(request.size, request.ratio)
    off = able.frame_tolerance
    if any(
        abs(is_ - wanted) > max(_PIXELS_OFF, off * wanted)
        for is_, wanted in ((found.width, width), (found.height, height))
    ):
        raise _invalid(f"wrote {found.width}x{found.height} pixels instead of {width}x{height}")
    if found.fps is None or abs(found.fps - able.fps) > 0.01:
        raise _invalid(f"wrote {found.fps} frames a second instead of {able.fps:g}")
    if found.seconds is None or abs(found.seconds - request.duration) > _SECONDS_OFF:
        raise _invalid(f"wrote {found.seconds} seconds instead of {request.duration}")
    if found.other_streams:
        raise _invalid("wrote more than picture and sound (a cover, subtitles or data), which no check would look at")
    if found.has_audio != request.audio:
        raise _invalid("wrote no sound" if request.audio else "wrote sound that nobody asked for")
    return found


def check_decoded(decision: Decision) -> None:
    """Raises EngineOutputInvalid when the file that the Decision is about could not be decoded to its end: it is cut
    off or damaged, which is the engine's fault and no finding about what it shows."""
    for check in decision.checks:
        if check.name == MEDIA_CHECK and check.outcome is CheckOutcome.FAILED:
            raise _invalid(f"wrote a file that cannot be examined: {check.detail.rstrip('.')}")


def _invalid(what: str) -> EngineOutputInvalid:
    return EngineOutputInvalid(f"The engine {what}.", field="output", remedy="Try again, or choose another engine.")
