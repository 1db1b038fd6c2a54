"""What a run of the demo works on: a catalogue to import, a film to hide a cut of, and innocent things beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faircut.demo import films, video
from faircut.demo.paper import Frame
from faircut.domain import Segment
from faircut.protocols import Progress

CUT_SECONDS = 4.5
LEAD_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class NamedPrompt:
    """A prompt that must be stopped because of ``name`` (an element, or the title of a work)."""

    how: str
    text: str
    work: str
    element: str | None


@dataclass(frozen=True, slots=True)
class Material:
    """``files``: titles of protected works with their films. ``cut`` is the stretch of ``film`` that is hidden and
    replayed, ``filler`` the footage that it is hidden in; ``clips`` and ``image`` are innocent.
    """

    drawn: bool
    catalogue: Path
    files: tuple[tuple[str, Path], ...]
    film: Path
    film_title: str
    cut: Segment
    filler: Path
    clips: tuple[Path, ...]
    image: Path
    innocent_prompt: str
    named: tuple[NamedPrompt, ...]

    @property
    def works(self) -> tuple[str, ...]:
        """Titles of the protected works."""
        return tuple(title for title, _ in self.files)


INNOCENT_PROMPT = (
    "A paper lantern sways over a brass band on the pier; old whale songs play, children post letters, "
    "and the harbour lights illuminate the tide."
)


def draw(folder: Path, progress: Progress) -> Material:
    """Draws the invented studio's films, the innocent clip and the innocent picture into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    reels = (*films.FILMS, films.KITES)
    total = sum(film.seconds for film in reels)
    done = 0.0
    paths = {}
    for film in reels:
        paths[film.slug] = _shoot(film, folder / f"{film.slug}.mp4", done, total, progress)
        done += film.seconds
    image = still(folder)
    catalogue = folder / "catalogue.json"
    catalogue.write_text(json.dumps(catalogue_document(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    progress(1.0, "drawn")
    film = films.LAMPLIGHT
    title = film.title
    return Material(
        drawn=True,
        catalogue=catalogue,
        files=tuple((each.title, paths[each.slug]) for each in films.FILMS),
        film=paths[film.slug],
        film_title=title,
        # Across a change of shot, as a real cut would lie.
        cut=Segment(film.cuts[1] - 2.0, film.cuts[1] - 2.0 + CUT_SECONDS),
        filler=paths[films.KITES.slug],
        clips=(paths[films.KITES.slug],),
        image=image,
        innocent_prompt=INNOCENT_PROMPT,
        named=(
            NamedPrompt("by name", "Lumi Wick carries letters over the roofs of a sleeping town.", title, "Lumi"),
            NamedPrompt("with dots between", "A child called L.u.m.i with a lantern for a head.", title, "Lumi"),
            NamedPrompt("in full-width letters", "Ｌｕｍｉ waves from a bridge at night.", title, "Lumi"),
            NamedPrompt(
                "spaced out",
                "A whale, O l d  T u m b r i l, rises from the clouds.",
                films.TUMBRIL.title,
                "Old Tumbril",
            ),
        ),
    )


def still(folder: Path) -> Path:
    """Draws the innocent picture into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    return video.write_picture(folder / "lighthouse.png", films.still())


def clip(folder: Path, progress: Progress) -> Path:
    """Draws the innocent clip into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    return _shoot(films.KITES, folder / f"{films.KITES.slug}.mp4", 0.0, films.KITES.seconds, progress)


def _shoot(film: films.Film, path: Path, done: float, total: float, progress: Progress) -> Path:
    def watched() -> Iterator[Frame]:
        for number, frame in enumerate(film.frames()):
            if number % 12 == 0:
                progress((done + number / films.FPS) / total, f"drawing “{film.title}”")
            yield frame

    size = (films.WIDTH, films.HEIGHT)
    return video.write_movie(path, watched(), size=size, fps=films.FPS, sound=film.tune(film.seconds))


def catalogue_document() -> dict[str, Any]:
    """The invented studio's catalogue in the form that ``faircut catalogue import`` takes."""
    lamplight, tumbril = films.FILMS
    return {
        "parties": [{"name": films.STUDIO}],
        "works": [
            {
                "title": lamplight.title,
                "party": films.STUDIO,
                "references": [{"path": f"{lamplight.slug}.mp4"}],
                "elements": [
                    {
                        "kind": "character",
                        "name": "Lumi",
                        "aliases": ["Lumi Wick", {"text": "ルミ", "language": "ja"}],
                        "tagline": "The postchild with a lantern for a head.",
                        "description": "A small child whose head is a round, ribbed paper lantern glowing amber, "
                        "with a green leaf on its cap and two dark eyes; wears a red coat with wooden toggles, "
                        "teal mittens and brown boots.",
                        "keywords": ["lantern head", "red coat", "letters", "rooftops"],
                    },
                    {
                        "kind": "prop",
                        "name": "Ember Satchel",
                        "tagline": "The bag that keeps every letter warm.",
                        "description": "A brown leather post bag with a live coal "
                        "glowing in a round window in its flap.",
                        "keywords": ["post bag", "coal", "window"],
                    },
                    {
                        "kind": "set",
                        "name": "Wickwater",
                        "aliases": ["Wickwater-on-Stilts"],
                        "tagline": "The town that stands on tiptoe.",
                        "description": "A night town of crooked, violet houses on stilts, "
                        "strung with coloured paper lamps under a sleeping moon.",
                        "keywords": ["stilt houses", "paper lamps", "moon"],
                    },
                    {"kind": "soundtrack", "name": "The Lamplight Waltz", "tagline": "A music-box waltz in D minor."},
                    {"kind": "title", "name": lamplight.title, "aliases": ["Lamplight Post"]},
                ],
            },
            {
                "title": tumbril.title,
                "party": films.STUDIO,
                "references": [{"path": f"{tumbril.slug}.mp4"}],
                "elements": [
                    {
                        "kind": "creature",
                        "name": "Old Tumbril",
                        "tagline": "A whale of brass who sings the clouds to sleep.",
                        "description": "A vast, patched whale of riveted brass plates with lit portholes "
                        "along its side, a crooked funnel on its back, a ringed glass eye and copper flukes; "
                        "it swims through clouds.",
                        "keywords": ["brass whale", "portholes", "funnel", "rivets"],
                    },
                    {
                        "kind": "character",
                        "name": "Bettany Rusk",
                        "aliases": ["Bet Rusk"],
                        "tagline": "The hedgehog who keeps a whale aloft.",
                        "description": "A young hedgehog mechanic with brass goggles on her brow, "
                        "a striped jersey and green dungarees.",
                        "keywords": ["hedgehog", "goggles", "dungarees"],
                    },
                    {
                        "kind": "prop",
                        "name": "Tidewrench",
                        "tagline": "As long as its owner.",
                        "description": "A huge spanner with three brass rings, "
                        "its turquoise jaw shaped like a breaking wave.",
                        "keywords": ["spanner", "wave", "turquoise"],
                    },
                    {
                        "kind": "soundtrack",
                        "name": "Hymn for a Brass Whale",
                        "tagline": "Horns, a deep drum and a whale.",
                    },
                    {"kind": "title", "name": tumbril.title},
                ],
            },
        ],
    }
