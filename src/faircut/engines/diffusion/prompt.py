"""What a request says, as one prompt in the model's own manner of speaking."""

from __future__ import annotations

import re
from typing import Final

from faircut.domain import GenerationRequest
from faircut.engines.phrasing import phrase_request

_MENTION: Final = re.compile(r"\b(Image|Picture|Photo|Video|Clip|Audio|Sound)\s*#?(\d+)\b", re.IGNORECASE)
_H3_LABELS: Final = {
    "image": "Picture",
    "picture": "Picture",
    "photo": "Picture",
    "video": "Video",
    "clip": "Video",
    "audio": "Audio",
    "sound": "Audio",
}


def plain_prompt(request: GenerationRequest) -> str:
    """All shots with their directives in words. Models that know no labels are told "the picture" by its number."""
    return phrase_request(request)


def h3_prompt(request: GenerationRequest) -> str:
    """The same with files called as MiniMax-H3 presents them: ``<Picture 1>``, ``<Video 1>``, ``<Audio 1>``."""

    def label(found: re.Match[str]) -> str:
        return f"<{_H3_LABELS[found[1].lower()]} {int(found[2])}>"

    return _MENTION.sub(label, phrase_request(request))
