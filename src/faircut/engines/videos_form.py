"""A request as the fields of ``POST /v1/videos``."""

from __future__ import annotations

import json
from typing import Any

from faircut.domain import GenerationRequest
from faircut.engines import frame_size
from faircut.engines.files import measure
from faircut.engines.phrasing import phrase_request
from faircut.engines.videos_options import Dialect, VideosOptions
from faircut.errors import EngineInputUnreadable

_TAKEN = ("image/", "video/")


def form(request: GenerationRequest, options: VideosOptions, end_user: str) -> dict[str, str]:
    """Every field as text, for the servers take forms.

    ``prompt``, ``seconds`` and ``size`` are OpenAI's; the open servers take frames, rate and seed as well, and would
    otherwise make as few frames as they please.
    """
    width, height = options.frame(request.size, request.ratio, frame_size(request.size, request.ratio))
    fields: dict[str, Any] = {
        "prompt": phrase_request(request),
        "seconds": str(request.duration),
        "size": f"{width}x{height}",
    }
    if options.model:
        fields["model"] = options.model
    if options.dialect is not Dialect.OPENAI:
        fields |= {"fps": options.fps, "num_frames": request.duration * options.fps, "seed": request.seed}
    if options.dialect is Dialect.VLLM:
        fields |= {"width": width, "height": height, "user": end_user}
        if options.sound and request.audio:
            fields |= {"generate_sound": True, "sound_duration": request.duration}
    fields |= options.parameters
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}


def upload(request: GenerationRequest) -> tuple[str, bytes, str] | None:
    """The one file that goes along: name, bytes, media type. Raises EngineInputUnreadable."""
    files = request.images + request.clips
    if not files:
        return None
    asset = files[0]
    found = measure(asset)
    if asset.path is None or not found.type.startswith(_TAKEN):
        raise EngineInputUnreadable(
            f"The server does not take files of type {found.type}.", field=asset.label, remedy="Save it as PNG or MP4."
        )
    # Its own name says something of its owner and nothing to the server.
    name = f"{asset.label.replace(' ', '-').lower()}.{found.type.partition('/')[2]}"
    return name, asset.path.read_bytes(), found.type
