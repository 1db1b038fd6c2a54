"""Links under which the service of an engine fetches the clips of a job, for as long as the job runs."""

from __future__ import annotations

from pathlib import Path

from faircut.access.links import Links
from faircut.domain import Asset, Job
from faircut.errors import NotFound
from faircut.store.blobs import BlobStore


def clip_link(links: Links, public_url: str, job_id: str, label: str) -> str:
    """The link to one clip ("Video 1")."""
    number = label.rpartition(" ")[2]
    return f"{public_url.rstrip('/')}/links/{job_id}/clips/{number}?{links.query(_subject(job_id, int(number)))}"


def check_clip_link(links: Links, job_id: str, number: int, expires: int, signature: str) -> None:
    """Raises Forbidden for a link that is too old or changed. Ask before looking for the job: nobody else may know."""
    links.check(_subject(job_id, number), expires, signature)


def linked_clip(job: Job, number: int, uploads: BlobStore) -> Path:
    """The file of a clip. Raises NotFound once the job has ended."""
    clip = next((each for each in job.request.clips if each.label == f"Video {number}"), None)
    if job.state.final or clip is None:
        raise NotFound("The job of this clip has ended.", remedy="Nothing is to be fetched for it any more.")
    return _file(clip, uploads)


def _file(clip: Asset, uploads: BlobStore) -> Path:
    uploads.verify(clip.digest)
    return uploads.open(clip.digest)


def _subject(job_id: str, number: int) -> str:
    return f"{job_id}/clips/{number}"
