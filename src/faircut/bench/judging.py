"""The films in a Faircut of their own, and queries judged as ``faircut screen`` judges them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faircut.app import Faircut
from faircut.bench.films import Film
from faircut.config import Settings
from faircut.domain import MediaKind, Reason, Segment, Stage
from faircut.media.assets import asset_from_file
from faircut.protocols import Progress, no_progress

_ACTOR = "bench"


@dataclass(frozen=True, slots=True)
class Seen:
    """One match: the number of the film, and what of it is where. Segments are None for still images."""

    film: int
    query: Segment | None
    reference: Segment | None
    score: float
    detector: str
    transform: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Faircut says of one query. ``flagged``: anything but a plain allow. ``cpu``: seconds of this process."""

    seen: tuple[Seen, ...]
    flagged: bool
    cpu: float
    notes: tuple[str, ...] = ()

    @property
    def films(self) -> tuple[int, ...]:
        """The numbers of the films that it names."""
        return tuple(sorted({each.film for each in self.seen}))


def settings(home: Path) -> Settings:
    """A data folder and a database of our own, whatever the environment says of the caller's."""
    # As long as it takes: a busy machine must not turn a find into a miss.
    return Settings(home=home, database_url=f"sqlite:///{home / 'faircut.db'}", check_timeout_s=1800.0)


def register(home: Path, films: Sequence[Film], progress: Progress = no_progress) -> None:
    """Registers each film as a work of its own, whose title ends with its number. Raises as registering does."""
    with Faircut(settings(home)) as faircut:
        faircut.catalogue.add_party("Films", actor=_ACTOR)
        for number, film in enumerate(films):
            work = faircut.catalogue.add_work(f"{film.title} #{number}", "Films", actor=_ACTOR)

            def part(share: float, message: str, done: int = number) -> None:
                progress((done + share) / len(films), message)

            faircut.catalogue.add_reference(film.path, work=work.id, progress=part, actor=_ACTOR)


class Judge:
    """A Faircut on the data folder that :func:`register` filled. Several processes may each have one."""

    def __init__(self, home: Path) -> None:
        self._faircut = Faircut(settings(home))
        works = self._faircut.catalogue.works()
        self._films = {work.id: int(work.title.rsplit("#", 1)[1]) for work in works}

    def ask(self, path: Path) -> Answer:
        """Judges a file, unrecorded: reading, probing, fingerprints, detectors and policy."""
        begun = time.process_time()
        asset = asset_from_file(path, "query", limits=self._faircut.reference_limits)
        decision = self._faircut.screener.judge(asset, Stage.UPLOAD)
        cpu = time.process_time() - begun
        seen = tuple(
            _seen(reason, self._films[reason.work_id], asset.kind) for reason in decision.reasons if reason.work_id
        )
        notes = tuple(f"{reason.code}: {reason.message}" for reason in decision.reasons if not reason.work_id)
        return Answer(seen, bool(decision.reasons), cpu, notes)

    def close(self) -> None:
        self._faircut.close()


def _seen(reason: Reason, film: int, kind: MediaKind) -> Seen:
    score = reason.score or 0.0
    still = kind is MediaKind.IMAGE
    return Seen(
        film,
        None if still else reason.query_segment,
        reason.reference_segment,
        round(score if reason.probability is None else reason.probability, 4),
        reason.detector or "",
        _words(reason.evidence.get("transform")),
    )


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""
