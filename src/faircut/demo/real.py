"""Material for the demo from a folder of real films.

Every video longer than :data:`SHORTEST` seconds is protected, named after its file. A ``demo.json`` in the folder says
otherwise: ``{"protect": ["film.mp4", {"file": "other.webm", "title": "Other"}], "innocent": ["holiday.mp4"]}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faircut.demo import material
from faircut.demo.material import CUT_SECONDS, INNOCENT_PROMPT, Material, NamedPrompt
from faircut.domain import MediaKind, Segment
from faircut.errors import InputError, NotFound, UnreadableMedia
from faircut.media.probe import probe
from faircut.protocols import Progress

SHORTEST = 9.0
LIST = "demo.json"
_MOST_INNOCENT = 6
_FORM = 'Write it like {"protect": ["film.mp4"], "innocent": ["holiday.mp4"]}.'


def collect(folder: Path, out: Path, progress: Progress) -> Material:
    """Looks at ``folder`` and writes a catalogue file to ``out``. The folder itself is only read.

    Raises NotFound when nothing in it is to be protected, InputError when ``demo.json`` makes no sense.
    """
    seconds = _videos(folder, progress)
    protect, innocent = _sorted_out(folder, seconds)
    if not protect:
        raise NotFound(
            f"No video longer than {SHORTEST:g} s lies in {folder}.",
            field="media",
            remedy=f"Name films in {LIST}, or another folder.",
        )
    out.mkdir(parents=True, exist_ok=True)
    files = _titled(protect)
    catalogue = out / "catalogue.json"
    works = [
        {"title": title, "party": "Rights holder", "references": [{"path": str(path.resolve())}]}
        for title, path in files
    ]
    document = {"parties": [{"name": "Rights holder"}], "works": works}
    catalogue.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    title, film = files[0]
    start = max(0.0, (seconds[film] - CUT_SECONDS) / 2)
    # Footage of unknown origin proves nothing about false alarms: without a list, the clip that we draw stands in.
    clips = tuple(innocent[:_MOST_INNOCENT]) or (material.clip(out, progress),)
    return Material(
        drawn=False,
        catalogue=catalogue,
        files=files,
        film=film,
        film_title=title,
        cut=Segment(round(start, 2), round(start + CUT_SECONDS, 2)),
        filler=clips[0],
        clips=clips,
        image=material.still(out),
        innocent_prompt=INNOCENT_PROMPT,
        named=(
            NamedPrompt("by title", f"A scene just like in {title}, at night.", title, None),
            NamedPrompt("in full-width letters", f"A scene just like in {_full_width(title)}.", title, None),
            NamedPrompt(
                "with dots between", f"Something from {'.'.join(title.replace(' ', ''))} in the rain.", title, None
            ),
        ),
    )


def _videos(folder: Path, progress: Progress) -> dict[Path, float]:
    """Every video of the folder by name, with its seconds. Other files are left alone."""
    found: dict[Path, float] = {}
    paths = sorted(path for path in folder.iterdir() if path.is_file() and path.name != LIST)
    for number, path in enumerate(paths):
        progress(number / len(paths), f"looking at {path.name}")
        try:
            seen = probe(path, path.name)
        except UnreadableMedia:
            continue
        if seen.kind is MediaKind.VIDEO:
            found[path] = seen.seconds or 0.0
    return found


def _sorted_out(folder: Path, seconds: Mapping[Path, float]) -> tuple[list[tuple[Path, str | None]], list[Path]]:
    """Films to protect, with a title where one is given, and innocent clips."""
    listed = folder / LIST
    if not listed.is_file():
        return [(path, None) for path, length in seconds.items() if length > SHORTEST], []
    try:
        said = json.loads(listed.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"It is not JSON: {error}.", field=LIST, remedy=_FORM) from error
    if not isinstance(said, dict) or not set(said) <= {"protect", "innocent"}:
        raise InputError("It may hold protect and innocent only.", field=LIST, remedy=_FORM)
    innocent = [_named(folder, each, seconds)[0] for each in said.get("innocent", [])]
    if "protect" in said:
        return [_named(folder, each, seconds) for each in said["protect"]], innocent
    return [(path, None) for path, length in seconds.items() if length > SHORTEST and path not in innocent], innocent


def _named(folder: Path, entry: Any, seconds: Mapping[Path, float]) -> tuple[Path, str | None]:
    name, title = (entry.get("file"), entry.get("title")) if isinstance(entry, dict) else (entry, None)
    path = folder / str(name)
    if path not in seconds:
        raise InputError(f"There is no video {name!r} in the folder.", field=LIST, remedy="Correct the name.")
    if seconds[path] <= CUT_SECONDS:
        raise InputError(f"{name} is no longer than {CUT_SECONDS:g} s.", field=LIST, remedy="Name longer videos.")
    return path, title


def _titled(protect: list[tuple[Path, str | None]]) -> tuple[tuple[str, Path], ...]:
    """Each film with a title of its own: two encodes of one film may lie side by side."""
    titles: dict[str, Path] = {}
    for path, given in protect:
        title = given or path.stem.replace("-", " ").replace("_", " ").strip()
        for other in (
            f"{title} ({path.suffix[1:]})",
            *(f"{title} ({number})" for number in range(2, len(protect) + 2)),
        ):
            if title.casefold() not in {each.casefold() for each in titles}:
                break
            title = other
        titles[title] = path
    return tuple(titles.items())


def _full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)
