"""What engines keep for a later run of the same job. Engine processes load this: nothing heavy is imported here."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faircut.errors import IntegrityError

_MOST_BYTES = 1 << 16


class FileNote:
    """A :class:`faircut.protocols.JobNote` in one file, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Mapping[str, Any]:
        """Raises IntegrityError when the file holds something else: a paid task might hang on it."""
        try:
            facts = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError:
            facts = None
        if not isinstance(facts, dict):
            raise IntegrityError(
                f"The note {self._path.name} of an engine is damaged.", remedy="Submit the job again, as a new one."
            )
        return facts

    def write(self, facts: Mapping[str, Any]) -> None:
        """Raises ValueError for a note of more than 64 KiB: it is for facts, not for files."""
        data = json.dumps(dict(facts)).encode()
        if len(data) > _MOST_BYTES:
            raise ValueError(f"a note of {len(data)} bytes; {_MOST_BYTES} are kept")
        temporary = self._path.with_suffix(".new")
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class EngineNotes:
    """The notes of all jobs that have not ended, in ``folder`` (0700)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"

    def remove(self, job_id: str) -> None:
        """Forgets a job that has ended."""
        self.path(job_id).unlink(missing_ok=True)
        self.path(job_id).with_suffix(".new").unlink(missing_ok=True)
