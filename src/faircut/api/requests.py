"""From what is sent to a request in our own terms: uploads by their ids become Image 1, Video 1, Audio 1 …."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from faircut.api.schemas import GenerationIn
from faircut.app import Faircut
from faircut.domain import Asset, GenerationRequest, MediaKind
from faircut.errors import NotFound
from faircut.uploads import LABELS, numbered

_NOWHERE = "0" * 64
"""The digest of a file that is not there, which no store holds."""


def build_request(faircut: Faircut, body: GenerationIn, owner: str) -> tuple[GenerationRequest, tuple[NotFound, ...]]:
    """The request, and an error for each upload that ``owner`` does not have. In the request such a file has its label
    and a digest that no store holds, so that the others keep theirs."""
    missing: list[NotFound] = []

    def files(ids: Sequence[str], kind: MediaKind) -> tuple[Asset, ...]:
        found = []
        for number, upload_id in enumerate(ids, 1):
            label = f"{LABELS[kind]} {number}"
            try:
                found.append(faircut.uploads.get(upload_id, owner=owner).asset)
            except NotFound as error:
                missing.append(NotFound(error.message, remedy=error.remedy, field=label))
                found.append(Asset(label, kind, _NOWHERE, 0))
        return numbered(found, kind)

    request = faircut.build_request(
        shots=[shot.shot() for shot in body.shots],
        size=body.size,
        ratio=body.ratio,
        duration=body.duration,
        seed=body.seed,
        audio=body.audio,
        engine=body.engine,
        first_frame=body.first_frame,
        last_frame=body.last_frame,
        cut_on=body.cut_on,
    )
    request = replace(
        request,
        images=files(body.images, MediaKind.IMAGE),
        clips=files(body.clips, MediaKind.VIDEO),
        sounds=files(body.sounds, MediaKind.AUDIO),
    )
    return request, tuple(missing)
