"""The address that a remote service is told to call when something happens to its task for a job."""

from __future__ import annotations

from typing import Final

from faircut.access.links import Links

_WORKS_S: Final = 172_800 + 3600
"""As long as a task of Seedance may take by default, and an hour."""


def call_url(links: Links, public_url: str, job_id: str) -> str:
    """An address for one job. Its last segment is an HMAC of the job and of when the address ends."""
    return f"{public_url.rstrip('/')}/callbacks/{job_id}/{links.token(_subject(job_id), _WORKS_S)}"


def check_call(links: Links, job_id: str, token: str) -> None:
    """Raises Forbidden for an address that we did not make, that was made for another job, or that is too old."""
    links.check_token(_subject(job_id), token)


def _subject(job_id: str) -> str:
    return f"{job_id}/told"
