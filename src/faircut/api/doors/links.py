"""Links to what was released, which work without a key for a day: for clients that hand links on."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from faircut.access import LOCAL_OPERATOR
from faircut.access.links import Links
from faircut.api.access import FaircutDep
from faircut.api.ranges import file_response
from faircut.app import Faircut
from faircut.domain import Job
from faircut.errors import Conflict, Forbidden, NotFound
from faircut.studio.stills import MEDIA_TYPES, Still

VIDEO: Final = "video.mp4"
LAST_FRAME: Final = Still.LAST_FRAME.value

router = APIRouter(tags=["links"])


def public_base(faircut: Faircut, request: Request) -> str:
    """Where clients reach us, without a slash at the end: the operator's word, else the address that they used."""
    return (faircut.settings.public_url or str(request.base_url)).rstrip("/")


def link_to(links: Links, base_url: str, job_id: str, name: str) -> str:
    """A link to a file of a job, :data:`VIDEO` or :data:`LAST_FRAME`."""
    return f"{base_url}/links/{job_id}/{name}?{links.query(f'{job_id}/{name}')}"


@router.get("/links/{job_id}/{name}", response_class=Response)
@router.head("/links/{job_id}/{name}", response_class=Response, include_in_schema=False)
def follow_link(
    job_id: str,
    name: str,
    request: Request,
    faircut: FaircutDep,
    expires: Annotated[int, Query(ge=0, le=2**53)],
    signature: Annotated[str, Query(max_length=100)],
) -> Response:
    """A released video or its last frame, without a key, until the link expires. Range requests work.

    Links die with the task's record, and with the key of whoever made the request.
    """
    faircut.links.check(f"{job_id}/{name}", expires, signature)
    job = faircut.studio.get(job_id)
    if job.client.get("hidden_at") is not None:
        raise NotFound("The record of this video was deleted.", remedy="Make the video again.")
    _check_owner(faircut, job)
    if name == VIDEO:
        return _shared(video_response(faircut, request, job))
    if name == LAST_FRAME:
        return _shared(still_response(faircut, request, job, Still.LAST_FRAME))
    raise NotFound(f"There is no file {name[:40]!r} of this video.", remedy="Use the links of the task.")


def video_response(faircut: Faircut, request: Request, job: Job, *, filename: str | None = None) -> Response:
    """The released video of a job. Raises Conflict when there is none."""
    if job.released_digest is None:
        raise Conflict(f"The job is {job.state}; there is no released video.", remedy="Wait until it has succeeded.")
    path = faircut.studio.released.open(job.released_digest)
    return file_response(request, path, digest=job.released_digest, media_type="video/mp4", filename=filename)


def still_response(faircut: Faircut, request: Request, job: Job, which: Still) -> Response:
    """A picture of a released video. Raises Conflict, StillRefused."""
    path, digest = faircut.studio.stills.open(job, which)
    return file_response(request, path, digest=digest, media_type=MEDIA_TYPES[which], filename=None)


def _shared(response: Response) -> Response:
    """An answer that pages of other sites may show: whoever has the link may see what it leads to."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _check_owner(faircut: Faircut, job: Job) -> None:
    if job.owner != LOCAL_OPERATOR.id and faircut.keys.get(job.owner).revoked_at is not None:
        raise Forbidden("The key that this video was made with was revoked.", remedy="Ask the operator for a new one.")
