"""References whose fingerprints an older Faircut took are fingerprinted again, one after another, in the background.

A reference keeps what it has until the new fingerprints are written, in one transaction: it can be found by the old or
by the new version at every moment. A killed run goes on where it stopped, since the references themselves say what is
left.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from faircut.catalogue.base import CatalogueBase
from faircut.catalogue.changes import fact_sheet
from faircut.catalogue.rows import reference_of
from faircut.domain import MediaKind, Reference
from faircut.errors import FaircutError
from faircut.protocols import Progress, no_progress
from faircut.store.models import ReferenceRow


@dataclass(frozen=True, slots=True)
class Refingerprinted:
    """What a run did. ``failed`` has a reference's id and why its file could not be read any more."""

    done: int
    failed: tuple[tuple[str, str], ...]


class Refingerprinting:
    """Brings the references of a catalogue to the extractor's present version."""

    def __init__(self, catalogue: CatalogueBase) -> None:
        self._catalogue = catalogue
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def outdated(self) -> int:
        """How many references another version of the extractor took."""
        with self._catalogue.database.read() as session:
            return session.scalar(select(func.count()).select_from(ReferenceRow).where(self._is_outdated())) or 0

    def run(self, *, progress: Progress = no_progress, actor: str) -> Refingerprinted:
        """Works until nothing is outdated. What cannot be read is left as it is, and reported."""
        total, done = self.outdated(), 0
        failed: dict[str, str] = {}
        while not self._stop.is_set() and (reference := self._next(failed)) is not None:
            share = (done + len(failed)) / max(total, 1)
            progress(min(share, 1.0), f"{done + len(failed) + 1} of {total}: {reference.name}")
            try:
                fingerprints = self._catalogue.registrations.refingerprint(reference)
            except FaircutError as error:
                failed[reference.id] = error.message
                continue
            with self._catalogue.change(actor) as edit:
                row = edit.session.scalar(select(ReferenceRow).where(ReferenceRow.id == reference.id))
                if row is None:
                    continue
                added = edit.refresh_fingerprints(row, fingerprints, extractor=self._catalogue.registrations.version)
                edit.record("catalogue.reference.refingerprinted", row.id, {**fact_sheet(reference), "added": added})
            done += 1
        progress(1.0, "all references are up to date")
        return Refingerprinted(done, tuple(failed.items()))

    def start(self, report: Callable[[Refingerprinted], None]) -> None:
        """Runs in a thread of its own, once, and hands what it did to ``report``; ``stop`` ends it early."""
        if self._thread is None and self.outdated():
            self._thread = threading.Thread(
                target=lambda: report(self.run(actor="system")), name="refingerprinting", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Ends after the reference that is being read."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _next(self, but: dict[str, str]) -> Reference | None:
        query = select(*ReferenceRow.__table__.c).where(self._is_outdated(), ReferenceRow.id.not_in(list(but)))
        with self._catalogue.database.read() as session:
            row = session.execute(query.order_by(ReferenceRow.seq).limit(1)).first()
        return None if row is None else reference_of(row)

    def _is_outdated(self) -> ColumnElement[bool]:
        version = self._catalogue.registrations.version
        other = or_(ReferenceRow.extractor.is_(None), ReferenceRow.extractor != version)
        return and_(other, ReferenceRow.kind != MediaKind.TEXT.value)
