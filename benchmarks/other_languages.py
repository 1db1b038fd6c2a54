"""What becomes of requests in languages that the default sentence model does not know.

``corpora/languages.json`` holds, by language tag, requests by the name of the element that they describe, and honest
prompts, as speakers would type them; written for this project like the other corpora.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.corpora import FOLDER
from benchmarks.description_sets import all_elements, registered
from benchmarks.descriptions_cost import HeldElements
from benchmarks.harness import Row
from faircut.detectors.descriptions import DescriptionsDetector
from faircut.domain import Asset, MediaKind

FILE = FOLDER / "languages.json"


@dataclass(frozen=True, slots=True)
class Foreign:
    """``requests`` by the name of the element that they describe, and ``honest`` prompts, of one language."""

    requests: Mapping[str, str]
    honest: tuple[str, ...]


def load_languages() -> dict[str, Foreign]:
    """What there is in each language, by its tag."""
    read = json.loads(FILE.read_text(encoding="utf-8"))
    return {tag: Foreign(texts["requests"], tuple(texts["honest"])) for tag, texts in read.items()}


def languages() -> list[Row]:
    """The rows of this part, with all elements of the corpora registered."""
    detector = DescriptionsDetector(HeldElements([registered(each, at) for at, each in enumerate(all_elements())]))
    found: dict[str, tuple[int, int, int]] = {}
    asked = honest = blocked = unread = 0
    for tag, texts in load_languages().items():
        requests = [_judged(detector, text) for text in texts.requests.values()]
        found[tag] = (sum(each[0] for each in requests), sum(each[1] for each in requests), len(requests))
        passing = [_judged(detector, text) for text in texts.honest]
        blocked += sum(each[0] for each in passing)
        honest += len(passing)
        asked += len(requests)
        unread += sum(each[2] for each in (*requests, *passing))
    each = ", ".join(f"{tag} {refused}/{count}" for tag, (refused, _, count) in found.items())
    stopped = sum(reviewed for _, reviewed, _ in found.values())
    return [
        Row(
            f"requests in {len(found)} other languages, blocked",
            f"{sum(refused for refused, _, _ in found.values()) / asked:.1%}",
            n=f"{asked}",
            note=f"{stopped / asked:.1%} with those that go to review: {each}",
        ),
        Row("honest prompts in these languages, blocked", f"{blocked / honest:.1%}", n=f"{honest}"),
        Row("of all these, noted as unread", f"{unread / (asked + honest):.1%}", n=f"{asked + honest}"),
    ]


def _judged(detector: DescriptionsDetector, text: str) -> tuple[bool, bool, bool]:
    """Whether a prompt is blocked, whether it is blocked or reviewed, and whether the check says it is unread."""
    matches = detector.find(text)
    note = detector.note(Asset("prompt", MediaKind.TEXT, "", len(text), text=text))
    return any("ambiguous" not in match.evidence for match in matches), bool(matches), bool(note)


__all__ = ["FILE", "Foreign", "languages", "load_languages"]
