"""A request as the Ark API's ``content`` and parameters."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from faircut.domain import Asset, GenerationRequest, MediaKind
from faircut.engines.ark_options import ArkOptions
from faircut.engines.files import Measures, measure
from faircut.engines.phrasing import phrase_request
from faircut.errors import EngineInputUnreadable, EngineNotReady, InputError, LimitExceeded
from faircut.protocols import EngineJob

EXPIRES_S: Final = 172_800
"""The service's own default for how long a task may take."""

_MOST_BODY_BYTES: Final = 64 << 20
_SIDES: Final = (300, 6000)
_ASPECTS: Final = (0.4, 2.5)
_SECONDS: Final = (2.0, 15.0)
_FPS: Final = (23.9, 60.1)
_SLACK_S: Final = 0.05
_FORMATS: Final = {
    MediaKind.IMAGE: ("jpeg", "png", "webp", "bmp", "tiff", "gif"),
    MediaKind.VIDEO: ("mp4", "quicktime"),
    MediaKind.AUDIO: ("wav", "mpeg"),
}
_REMEDIES: Final = {
    MediaKind.IMAGE: "Save it as JPEG or PNG.",
    MediaKind.VIDEO: "Save it as MP4.",
    MediaKind.AUDIO: "Save it as WAV or MP3.",
}


def check_together(request: GenerationRequest, options: ArkOptions) -> None:
    """What can be said without opening a file. Raises InputError."""
    if request.sounds and not (request.images or request.clips):
        raise InputError(
            "Seedance takes sounds only together with an image or a clip.",
            field="Audio 1",
            remedy="Add an image or a clip, or leave the sound out.",
        )
    for clip in request.clips:
        if clip.digest not in options.assets and not options.clip_links:
            raise InputError(
                "Seedance fetches clips from a public address, and this one has none.",
                field=clip.label,
                remedy="Leave the clip out, or ask the operator to set clip_links or to put it into the asset library.",
            )


def body(job: EngineJob, options: ArkOptions, expires_s: int) -> tuple[Any, list[str]]:
    """The JSON to create a task with, and our names of the items of its ``content``, in order.

    Every file is measured first. Raises InputError, LimitExceeded, EngineInputUnreadable, EngineNotReady.
    """
    request = job.request
    check_together(request, options)
    check_files(request)
    items = list(_content(request, options, job.links))
    size = sum(len(each.get("image_url", each.get("audio_url", {})).get("url", "")) for _, each in items)
    if size > _MOST_BODY_BYTES - (1 << 20):
        raise LimitExceeded(
            "The files are too large together.", field=items[-1][0], remedy="Send at most 45 MB of images and sounds."
        )
    made = {
        "model": options.model,
        "content": [item for _, item in items],
        "resolution": request.size.value,
        "ratio": request.ratio.value,
        "duration": request.duration,
        "seed": request.seed % (1 << 32),
        "generate_audio": request.audio,
        "watermark": options.watermark,
        "execution_expires_after": expires_s,
    }
    if job.end_user:
        made["safety_identifier"] = job.end_user
    if job.bell is not None and options.callbacks:
        made["callback_url"] = job.bell.url
    return made, [label for label, _ in items]


def labels_of(request: GenerationRequest) -> list[str]:
    """Our names of the items of ``content``, in order, without making them."""
    prompt = ["prompt"] if phrase_request(request).strip() else []
    return [*prompt, *(asset.label for asset in request.files)]


def check_files(request: GenerationRequest) -> None:
    """Whether each file is one that Seedance documents to take. Raises LimitExceeded, EngineInputUnreadable."""
    seconds = {MediaKind.VIDEO: 0.0, MediaKind.AUDIO: 0.0}
    for asset in request.files:
        found = measure(asset)
        if found.type.partition("/")[2] not in _FORMATS[asset.kind]:
            raise EngineInputUnreadable(
                f"Seedance does not take files of type {found.type}.",
                field=asset.label,
                remedy=_REMEDIES[asset.kind],
            )
        if asset.kind is MediaKind.IMAGE:
            _check_picture(asset, found)
            continue
        seconds[asset.kind] += found.seconds
        if not _SECONDS[0] - _SLACK_S <= found.seconds <= _SECONDS[1] + _SLACK_S:
            raise LimitExceeded(
                f"It lasts {found.seconds:.1f} seconds.", field=asset.label, remedy="Send 2 to 15 seconds."
            )
        if seconds[asset.kind] > _SECONDS[1] + _SLACK_S:
            raise LimitExceeded(
                f"With it the files of this kind last {seconds[asset.kind]:.1f} seconds together.",
                field=asset.label,
                remedy="Send at most 15 seconds in all.",
            )
        if asset.kind is MediaKind.VIDEO and not _FPS[0] <= found.fps <= _FPS[1]:
            raise LimitExceeded(
                f"It has {found.fps:g} frames a second.", field=asset.label, remedy="Send 24 to 60 frames a second."
            )


def clip_seconds(request: GenerationRequest) -> float | None:
    """The length of all clips together, for which the service asks money; None when they cannot be measured."""
    if any(clip.path is None for clip in request.clips):
        return None
    return sum(measure(clip).seconds for clip in request.clips)


def _check_picture(asset: Asset, found: Measures) -> None:
    if not all(_SIDES[0] <= side <= _SIDES[1] for side in (found.width, found.height)):
        raise LimitExceeded(
            f"It has {found.width}x{found.height} pixels.",
            field=asset.label,
            remedy="Send sides of 300 to 6000 pixels.",
        )
    if not _ASPECTS[0] <= found.width / found.height <= _ASPECTS[1]:
        raise LimitExceeded(
            f"It is {found.width / found.height:.2f} times as wide as high.",
            field=asset.label,
            remedy="Send 0.4 to 2.5 times as wide as high.",
        )


def _content(
    request: GenerationRequest, options: ArkOptions, links: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    # First, so that file N of the request is content[N] wherever the service counts.
    if text := phrase_request(request).strip():
        yield "prompt", {"type": "text", "text": text}
    roles = {request.first_frame: "first_frame", request.last_frame: "last_frame"}
    for image in request.images:
        role = roles.get(image.label, "reference_image")
        yield image.label, _item("image_url", _url(image, options), role)
    for clip in request.clips:
        yield clip.label, _item("video_url", _clip_url(clip, options, links), "reference_video")
    for sound in request.sounds:
        yield sound.label, _item("audio_url", _url(sound, options), "reference_audio")


def _item(kind: str, url: str, role: str) -> dict[str, Any]:
    return {"type": kind, kind: {"url": url}, "role": role}


def _url(asset: Asset, options: ArkOptions) -> str:
    if known := options.assets.get(asset.digest):
        return f"asset://{known.removeprefix('asset://')}"
    path = asset.path or Path()
    return f"data:{measure(asset).type};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def _clip_url(clip: Asset, options: ArkOptions, links: Mapping[str, str]) -> str:
    if clip.digest in options.assets:
        return _url(clip, options)
    if clip.label not in links:
        raise EngineNotReady(
            "Seedance cannot fetch clips from here, for no public https address is set.",
            field=clip.label,
            remedy="The operator sets public_url in faircut.toml. Leave the clip out meanwhile.",
        )
    return links[clip.label]


def recognised(item: Mapping[str, Any], end_user: str, expires_s: int, since: float) -> bool:
    """Whether a listed task is the one that was sent: by its user, the number drawn for it, and when it was made."""
    return (
        item.get("execution_expires_after") == expires_s
        and (item.get("safety_identifier") or "") == end_user
        and isinstance(item.get("created_at"), int | float)
        and item["created_at"] >= since
    )
