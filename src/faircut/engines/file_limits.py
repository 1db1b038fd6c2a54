"""Whether files are ones that an engine or a door takes: all that are not, each with what would be accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from faircut.domain import Asset, MediaKind
from faircut.engines.files import Measures, measure
from faircut.errors import EngineInputUnreadable, FaircutError, LimitExceeded
from faircut.protocols import FileLimits

_SLACK_S: Final = 0.2
"""A file of 15 seconds often says 15.05: sound is coded in blocks."""

_SLACK_FPS: Final = 0.1
"""What is called 24 or 60 frames a second is often 23.976 or 59.94."""

_NAMES: Final = {"quicktime": "MOV", "mpeg": "MP3"}


def file_errors(
    files: Sequence[Asset],
    limits: Mapping[MediaKind, FileLimits],
    *,
    who: str,
    look: Callable[[Asset], Measures] = measure,
) -> list[FaircutError]:
    """One error for each file at fault, in order, its label as field; ``who`` sets the limits, in words.

    Only headers are read, and only where a limit asks for them. Seconds together count from the first file of a kind.
    """
    found: list[FaircutError] = []
    together = dict.fromkeys(MediaKind, 0.0)
    for asset in files:
        if (limit := limits.get(asset.kind)) is None:
            continue
        if limit.most_bytes is not None and asset.size > limit.most_bytes:
            found.append(_over(asset, f"The file has {asset.size / 2**20:.1f} MB", who, f"{limit.most_bytes >> 20} MB"))
            continue
        if not limit.needs_header:
            continue
        try:
            measures = look(asset)
        except EngineInputUnreadable as unreadable:
            found.append(unreadable)
            continue
        together[asset.kind] += measures.seconds
        if (wrong := _wrong(asset, measures, limit, together[asset.kind], who)) is not None:
            found.append(wrong)
    return found


def _wrong(asset: Asset, found: Measures, limit: FileLimits, together: float, who: str) -> FaircutError | None:
    if limit.types and found.type not in limit.types:
        return EngineInputUnreadable(
            f"The file is of type {found.type}.", field=asset.label, remedy=f"{who} takes {_formats(limit.types)}."
        )
    if limit.sides is not None and not all(limit.sides[0] <= side <= limit.sides[1] for side in _size(found)):
        accepted = f"sides of {limit.sides[0]} to {limit.sides[1]} pixels"
        return _over(asset, f"It is {found.width}x{found.height} pixels", who, accepted)
    if limit.aspect is not None and not limit.aspect[0] <= (shape := found.width / found.height) <= limit.aspect[1]:
        accepted = f"{limit.aspect[0]:g} to {limit.aspect[1]:g} times as wide as high"
        return _over(asset, f"It is {shape:.2f} times as wide as high", who, accepted)
    if limit.fps is not None and not limit.fps[0] - _SLACK_FPS <= found.fps <= limit.fps[1] + _SLACK_FPS:
        said = f"It has {found.fps:.4g} frames a second" if found.fps else "It does not say its frames a second"
        return _over(asset, said, who, f"{limit.fps[0]:g} to {limit.fps[1]:g} frames a second")
    if limit.seconds is not None and not limit.seconds[0] - _SLACK_S <= found.seconds <= limit.seconds[1] + _SLACK_S:
        accepted = f"{limit.seconds[0]:g} to {limit.seconds[1]:g} seconds"
        return _over(asset, f"It lasts {found.seconds:.1f} seconds", who, accepted)
    if limit.seconds_together is not None and together > limit.seconds_together + _SLACK_S:
        kind = {MediaKind.VIDEO: "clips", MediaKind.AUDIO: "sounds"}.get(asset.kind, "files")
        accepted = f"{limit.seconds_together:g} seconds of {kind} together"
        return _over(asset, f"With it the {kind} last {together:.1f} seconds", who, accepted)
    return None


def _over(asset: Asset, what: str, who: str, accepted: str) -> LimitExceeded:
    return LimitExceeded(f"{what}.", field=asset.label, remedy=f"{who} takes {accepted}.")


def _size(found: Measures) -> tuple[int, int]:
    return found.width, found.height


def _formats(types: Sequence[str]) -> str:
    words = [_NAMES.get(name, name.upper()) for name in (each.partition("/")[2] for each in types)]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
