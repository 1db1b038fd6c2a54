"""What the benchmark runs on: films to register and clips that show none of them, given or drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faircut.demo import material
from faircut.domain import MediaKind
from faircut.errors import InputError, NotFound, UnreadableMedia
from faircut.media.probe import probe
from faircut.protocols import Progress, no_progress

SHORTEST = 3.0
"""Files under this many seconds hold no excerpt worth the name and are left out of a folder."""


@dataclass(frozen=True, slots=True)
class Film:
    """A video with what the benchmark must know of it."""

    title: str
    path: Path
    seconds: float
    has_sound: bool


@dataclass(frozen=True, slots=True)
class Films:
    """``films`` are registered, each as a work of its own; ``innocent`` clips must never match. ``drawn``: by us."""

    films: tuple[Film, ...]
    innocent: tuple[Film, ...]
    drawn: bool


def given(films: Sequence[Path], innocent: Sequence[Path]) -> Films:
    """Files and the videos of folders. What is innocent is not a film, where a folder holds both.

    Raises NotFound when a path is missing or nothing is to be registered, InputError without an innocent clip.
    """
    beside = _videos(innocent, "--innocent")
    apart = {each.path.resolve() for each in beside}
    registered = [each for each in _videos(films, "--films") if each.path.resolve() not in apart]
    if not registered:
        raise NotFound("There is no film to register.", field="--films", remedy="Name videos of 3 s or more.")
    if not beside:
        raise InputError(
            "There is no innocent clip.", field="--innocent", remedy="Name videos that show none of the films."
        )
    return Films(_titled(registered), _titled(beside), drawn=False)


def drawn(folder: Path, progress: Progress = no_progress) -> Films:
    """The invented studio's films of the demo, and its innocent clip; drawn into ``folder``."""
    made = material.draw(folder, progress)
    films = tuple(_film(path, title) for title, path in made.files)
    return Films(films, tuple(_film(path) for path in made.clips), drawn=True)


def _videos(paths: Sequence[Path], field: str) -> list[Film]:
    found: list[Film] = []
    for path in paths:
        if path.is_dir():
            files = (each for each in sorted(path.iterdir()) if each.is_file())
            found += [film for each in files if (film := _in_folder(each)) is not None]
        elif path.is_file():
            found.append(_film(path))
        else:
            raise NotFound(f"There is no file or folder {str(path)!r}.", field=field, remedy="Check the path.")
    return found


def _in_folder(path: Path) -> Film | None:
    try:
        seen = probe(path, path.name)
    except UnreadableMedia:
        return None
    return _film(path) if seen.kind is MediaKind.VIDEO and (seen.seconds or 0.0) >= SHORTEST else None


def _film(path: Path, title: str | None = None) -> Film:
    seen = probe(path, path.name)
    if seen.kind is not MediaKind.VIDEO or (seen.seconds or 0.0) < SHORTEST:
        raise InputError(f"It is no video of {SHORTEST:g} s or more.", field=path.name, remedy="Name longer videos.")
    return Film(title or path.stem, path, seen.seconds or 0.0, seen.has_audio)


def _titled(films: Sequence[Film]) -> tuple[Film, ...]:
    """Each with a title of its own: two files of different folders may have one name."""
    titles: dict[str, Film] = {}
    for film in films:
        title, number = film.title, 2
        while title.casefold() in {each.casefold() for each in titles}:
            title, number = f"{film.title} ({number})", number + 1
        titles[title] = Film(title, film.path, film.seconds, film.has_sound)
    return tuple(titles.values())
