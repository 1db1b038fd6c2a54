"""Which queries a run asks, all from one seed, and how each is made on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from faircut.bench import clips
from faircut.bench.edits import Edit, Form, find
from faircut.bench.films import Film, Films
from faircut.bench.footage import SILENT, Footage
from faircut.bench.pictures import Take

LONGEST = 640
"""Longest side of the excerpts, in pixels: enough for every detector, and a clip costs little to make."""
_BESIDE = 424
"""Longest side of the other videos in a picture: none is shown larger than that in most edits."""
_HOST_SECONDS = 7.0


class Place(NamedTuple):
    """A place in a file."""

    path: Path
    start: float


@dataclass(frozen=True, slots=True)
class Query:
    """One query. ``film`` is the number of the film that it shows, None for an innocent one.

    ``host``: what stands before it (``lead`` seconds) and after it (``tail``). ``single``: one edited frame, as an
    image.
    """

    edit_name: str
    film: int | None
    excerpt: int
    place: Place
    seconds: float
    seed: int
    others: tuple[Place, ...]
    host: Place | None = None
    lead: float = 0.0
    tail: float = 0.0
    single: bool = False
    sound: bool = False

    @property
    def edit(self) -> Edit:
        """By its name: a query travels between processes, and functions do not."""
        return find(self.edit_name)

    @property
    def name(self) -> str:
        """A name of its own within the run."""
        kind = "frame" if self.single else "clip"
        whose = "innocent" if self.film is None else f"film{self.film}"
        return f"{kind}-{self.edit_name}-{whose}-{self.excerpt}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask: ``excerpts`` of the films and ``innocent`` ones for each edit, of ``shortest`` to ``longest`` s."""

    excerpts: int
    innocent: int
    shortest: float = 5.0
    longest: float = 15.0
    seed: int = 1
    keep_sound: bool = False


def clip_queries(films: Films, edits: Sequence[Edit], plan: Plan) -> list[Query]:
    """The same excerpts for every edit, film after film in turn; every other one is hidden among innocent footage.

    Edits of sound are left out for films without.
    """
    queries = list(_excerpts(films, edits, plan, films.films, plan.excerpts, innocent=False))
    return queries + list(_excerpts(films, edits, plan, films.innocent, plan.innocent, innocent=True))


def frame_queries(films: Films, edits: Sequence[Edit], plan: Plan) -> list[Query]:
    """The same single frames for every edit, those of the films and innocent ones."""
    queries = []
    for sources, count, innocent in ((films.films, plan.excerpts, False), (films.innocent, plan.innocent, True)):
        for number in range(count):
            rng = np.random.default_rng([plan.seed, 2, int(innocent), number])
            film = number % len(sources)
            start = float(rng.uniform(0, max(0.0, sources[film].seconds - 0.5)))
            query = Query(
                edit_name=edits[0].name,
                film=None if innocent else film,
                excerpt=number,
                place=Place(sources[film].path, start),
                seconds=0.2,
                seed=int(rng.integers(2**31)),
                others=_others(films, sources[film], rng),
                single=True,
            )
            queries += [replace(query, edit_name=edit.name) for edit in edits if edit.form is not Form.SOUND]
    return queries


def _excerpts(
    films: Films, edits: Sequence[Edit], plan: Plan, sources: Sequence[Film], count: int, *, innocent: bool
) -> Iterator[Query]:
    for number in range(count):
        rng = np.random.default_rng([plan.seed, 1, int(innocent), number])
        index = number % len(sources)
        source = sources[index]
        seconds = min(float(rng.uniform(plan.shortest, plan.longest)), source.seconds)
        start = float(rng.uniform(0, source.seconds - seconds))
        others = _others(films, source, rng)
        lead, tail = float(rng.uniform(2.0, 4.0)), float(rng.uniform(1.5, 3.0))
        # Every other one, and every other one of each film. Innocent clips among their like would ask nothing new.
        hidden = not innocent and (number // len(sources) + index) % 2 == 1
        query = Query(
            edit_name=edits[0].name,
            film=None if innocent else index,
            excerpt=number,
            place=Place(source.path, start),
            seconds=seconds,
            seed=int(rng.integers(2**31)),
            others=others,
            host=others[-1] if hidden and others else None,
            lead=lead,
            tail=tail,
        )
        for edit in edits:
            heard = edit.form is Form.SOUND
            if heard and not source.has_sound:
                continue
            bare = edit.form is Form.IMAGE
            yield replace(
                query,
                edit_name=edit.name,
                host=None if bare else query.host,
                sound=heard or (plan.keep_sound and not bare),
            )


def _others(films: Films, source: Film, rng: np.random.Generator) -> tuple[Place, ...]:
    # Never the clip itself: an innocent mosaic of one video four times would be no test.
    able = [each for each in films.innocent if each.path != source.path]
    order = rng.permutation(len(able))[:3]
    return tuple(Place(able[n].path, float(rng.uniform(0, max(0.0, able[n].seconds - _HOST_SECONDS)))) for n in order)


def make(query: Query, folder: Path) -> clips.Written:
    """Cuts, edits and writes a query into ``folder``. Raises as decoding and writing do."""
    film = _cut(query.place, round(query.seconds, 3), LONGEST)
    if not query.sound:
        film = clips.muted(film)
    target = folder / f"{query.name}.mp4"
    if query.single:
        return _single(query, film, target)
    beside = max(query.seconds, _HOST_SECONDS)
    others = [_cut(place, round(beside, 3), _BESIDE) for place in query.others[: query.edit.others]]
    footage = clips.edited(film, query.edit, seed=query.seed, others=others)
    if query.host is not None:
        host = _cut(query.host, _HOST_SECONDS, LONGEST)
        # A stranger's sound around it is part of hiding a clip, but only where there is sound at all.
        footage = clips.embedded(footage, host if query.sound else clips.muted(host), lead=query.lead, tail=query.tail)
    return clips.write(footage, query.edit, target)


def _single(query: Query, film: Footage, target: Path) -> clips.Written:
    picture = film.frames[0]
    beside = tuple(_cut(place, 0.2, _BESIDE).frames[0] for place in query.others[: query.edit.others])
    shown = tuple(each for each in beside if each is not None)
    if picture is None:
        raise ValueError("a cut has no gaps")
    changed = query.edit.change(picture, Take(query.seed, 1.0, others=shown))
    still = replace(query.edit, form=Form.IMAGE)
    return clips.write(Footage([changed], film.fps, SILENT, film.pieces), still, target)


@lru_cache(maxsize=8)
def _cut(place: Place, seconds: float, longest: int) -> Footage:
    # The edits of one excerpt are asked for one after the other: each stretch is decoded once a process.
    return clips.cut(place.path, place.start, seconds, longest=longest)
