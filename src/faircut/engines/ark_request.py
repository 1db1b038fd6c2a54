"""A request as the Ark API's ``content`` and parameters."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from faircut.domain import Asset, GenerationRequest
from faircut.engines.ark_options import ArkOptions
from faircut.engines.file_limits import file_errors
from faircut.engines.files import measure
from faircut.engines.phrasing import phrase_request
from faircut.engines.seedance_limits import FILES, MOST_BODY_BYTES
from faircut.errors import EngineNotReady, InputError, LimitExceeded
from faircut.protocols import EngineJob

EXPIRES_S: Final = 172_800
"""The service's own default for how long a task may take."""


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
    if size > MOST_BODY_BYTES - (1 << 20):
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
    """Whether all files are ones that Seedance documents to take.

    Raises LimitExceeded or EngineInputUnreadable for the first that is not, with the others beside it.
    """
    if errors := file_errors(request.files, FILES, who="Seedance"):
        errors[0].others = tuple(errors[1:])
        raise errors[0]


def clip_seconds(request: GenerationRequest) -> float | None:
    """The length of all clips together, for which the service asks money; None when they cannot be measured."""
    if any(clip.path is None for clip in request.clips):
        return None
    return sum(measure(clip).seconds for clip in request.clips)


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
