"""What each part measured last, kept as JSON beside the benchmarks so that the document can be made of all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.harness import Row
from benchmarks.report import Section

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Measured:
    """A part's section, the machine it was measured on, and how many seconds that took."""

    section: Section
    machine: Mapping[str, str]
    seconds: float


def save(part: str, measured: Measured, folder: Path = FOLDER) -> None:
    """Replaces what the part measured before."""
    folder.mkdir(exist_ok=True)
    text = json.dumps(asdict(measured), ensure_ascii=False, indent=1) + "\n"
    (folder / f"{part}.json").write_text(text, encoding="utf-8")


def load(part: str, folder: Path = FOLDER) -> Measured | None:
    """What the part measured last; None when it never did."""
    path = folder / f"{part}.json"
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    section = found["section"]
    rows = tuple(Row(**row) for row in section["rows"])
    return Measured(Section(section["title"], section["method"], rows), found["machine"], found["seconds"])
