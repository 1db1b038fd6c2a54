"""Where engines write, and where everything stays that no Decision allows out."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

OUTPUT = "output.mp4"
SIGNED = "signed.mp4"


class Quarantine:
    """One private folder (0700) a job under ``root`` (``<home>/quarantine``). Nothing serves files from here.

    A finished job's folder is emptied, with one exception: an output that screening refused is kept, readable by
    the service alone (0600), as evidence for an appeal or a dispute, until :meth:`purge`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.chmod(0o700)

    def folder(self, job_id: str) -> Path:
        """The job's folder, made when there is none."""
        folder = self._path(job_id)
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def attempt(self, job_id: str) -> Path:
        """An empty folder for one run of the engine; whatever earlier runs of the job left is removed first."""
        self.empty(job_id)
        attempt = self.folder(job_id) / f"engine-{secrets.token_hex(8)}"
        attempt.mkdir(mode=0o700)
        return attempt

    def output(self, job_id: str) -> Path:
        """The engine's file, unsigned."""
        return self._path(job_id) / OUTPUT

    def signed(self, job_id: str) -> Path:
        """The signed file, exactly the bytes that may be released."""
        return self._path(job_id) / SIGNED

    def accept(self, job_id: str, made: Path) -> Path:
        """Moves the engine's file to its place for screening and drops the attempt's folder."""
        output = self.output(job_id)
        made.chmod(0o600)
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(output)
        for leftover in self._path(job_id).glob("engine-*"):
            shutil.rmtree(leftover)
        return output

    def empty(self, job_id: str) -> None:
        """Removes everything of the job."""
        folder = self._path(job_id)
        if folder.exists():
            shutil.rmtree(folder)

    def keep_evidence(self, job_id: str) -> None:
        """Removes everything of the job but a refused output, and the folder when there is none."""
        folder, output = self._path(job_id), self.output(job_id)
        if not output.is_file():
            self.empty(job_id)
            return
        for each in folder.iterdir():
            if each != output:
                shutil.rmtree(each) if each.is_dir() else each.unlink()
        output.chmod(0o600)

    def evidence(self, job_id: str) -> Path | None:
        """A refused output that was kept, or None."""
        output = self.output(job_id)
        return output if output.is_file() else None

    def purge(self, job_id: str) -> bool:
        """Removes a kept output for good; False when there was none."""
        kept = self.evidence(job_id) is not None
        self.empty(job_id)
        return kept

    def _path(self, job_id: str) -> Path:
        return self.root / job_id
