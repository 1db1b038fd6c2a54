"""Whether an engine can do what a request asks for, before anything is judged, decoded or spent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from faircut.domain import Asset, GenerationRequest, MediaKind
from faircut.engines.file_limits import file_errors
from faircut.errors import EngineNotReady, FaircutError, InputError, LimitExceeded
from faircut.protocols import Capable, Checkable, Choosy, Engine, EngineCapabilities
from faircut.store.blobs import BlobStore
from faircut.uploads import LABELS

_NAMES = {MediaKind.IMAGE: "images", MediaKind.VIDEO: "clips", MediaKind.AUDIO: "sounds"}


def capabilities_of(engine: Engine, options: Mapping[str, Any]) -> EngineCapabilities:
    """What an engine makes with these options. Raises ConfigError for options that make no sense."""
    return engine.capabilities(options) if isinstance(engine, Capable) else EngineCapabilities()


def check_duration(request: GenerationRequest, able: EngineCapabilities) -> None:
    """Raises LimitExceeded."""
    if request.duration not in able.durations:
        raise LimitExceeded(
            f"{request.duration} seconds were asked for.",
            field="duration",
            remedy=f"Ask for {spoken_seconds(able.durations)} seconds.",
        )


def check_engine(request: GenerationRequest, engine: Engine, options: Mapping[str, Any]) -> None:
    """Raises EngineNotReady, LimitExceeded or InputError, each naming the field at fault; returns when all is well."""
    if isinstance(engine, Checkable):
        status = engine.check(options, reach=False)
        if not status.ready:
            first = status.problems[0]
            raise EngineNotReady(
                f"The engine {engine.name} is not set up: {first.message}", field="engine", remedy=first.remedy
            )
    able = capabilities_of(engine, options)
    check_shape(request, engine.name, able)
    _check_frames(request, engine.name, able)
    for kind, files, most in (
        (MediaKind.IMAGE, request.images, able.most_images),
        (MediaKind.VIDEO, request.clips, able.most_clips),
        (MediaKind.AUDIO, request.sounds, able.most_sounds),
    ):
        _check_count(kind, files, most, engine.name)
    if isinstance(engine, Choosy):
        engine.check_request(request, options)


def file_limit_errors(
    request: GenerationRequest, engine: Engine, options: Mapping[str, Any], uploads: BlobStore
) -> list[FaircutError]:
    """An error for each file in ``uploads`` that the engine does not take. Headers alone are read."""
    able = capabilities_of(engine, options)
    placed = [replace(asset, path=uploads.open(asset.digest)) for asset in request.files]
    return file_errors(placed, able.files, who=f"The engine {engine.name}")


def check_shape(request: GenerationRequest, name: str, able: EngineCapabilities) -> None:
    """Size, ratio, sound. Raises InputError."""
    if request.size not in able.sizes:
        raise InputError(
            f"The engine {name} does not make {request.size.value}.",
            field="size",
            remedy=f"Ask for {_listed([each.value for each in able.sizes])}.",
        )
    if request.ratio not in able.ratios:
        raise InputError(
            f"The engine {name} does not make {request.ratio.value}.",
            field="ratio",
            remedy=f"Ask for {_listed([each.value for each in able.ratios])}.",
        )
    if not (able.sound if request.audio else able.silence):
        raise InputError(
            f"The engine {name} makes no {'sound' if request.audio else 'video without sound'}.",
            field="audio",
            remedy="Ask for video without sound." if request.audio else "Ask for video with sound.",
        )


def _check_frames(request: GenerationRequest, name: str, able: EngineCapabilities) -> None:
    if request.last_frame is not None and not able.last_frame:
        raise InputError(
            f"The engine {name} takes no last frame.", field="last_frame", remedy="Leave it out, or use another engine."
        )
    if request.images and request.first_frame is None and not able.references:
        raise InputError(
            f"The engine {name} takes an image as first frame only.",
            field="first_frame",
            remedy=f"Say that {request.images[0].label} is the first frame, or use another engine.",
        )


def _check_count(kind: MediaKind, files: tuple[Asset, ...], most: int, name: str) -> None:
    if len(files) > most:
        takes = f"at most {most}" if most else "no"
        raise LimitExceeded(
            f"The engine {name} takes {takes} {_NAMES[kind]}.",
            field=f"{LABELS[kind]} {most + 1}",
            remedy="Leave it out, or use another engine.",
        )


def spoken_seconds(durations: Collection[int]) -> str:
    """Lengths in words: "4 to 15", or "4, 8 or 12"."""
    first, last = min(durations), max(durations)
    if sorted(durations) == list(range(first, last + 1)) and last > first:
        return f"{first} to {last}"
    return _listed([str(each) for each in sorted(durations)])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
