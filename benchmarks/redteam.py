"""Adaptive attacks on the whole guard: what share passes, and how many honest requests are stopped meanwhile."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.corpora import load_benign, load_elements
from benchmarks.description_sets import Written, learns, learns_honest
from benchmarks.harness import Row, fresh
from benchmarks.names import HALF, corpus_names
from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Element, ElementKind, Verdict
from faircut.redteam.attacker import PHRASING, PICTURE, Arsenal
from faircut.redteam.bounds import upper_bound
from faircut.redteam.campaign import Report, Tally

TITLE = "Red team"
METHOD = """\
`faircut redteam` on a catalogue of all elements of `benchmarks/corpora` and its 446 names: 100 attacks on each of
the described elements that the sentence model's adapter does not learn from, and on a sample of that half of the names
on which no price was chosen. What counts as an attack, and how the attacker adapts, is in [red team](redteam.md). For
described elements it begins with the registration, and with requests that people wrote for them, which it may change but
not shorten. “passed” means allowed, without review. A rate is attacks passed by attacks made; the bound is that of Clopper
and Pearson, one-sided, at 95 %. The attacks and the guard have the same authors, and what passed was closed where that
could be done: the rate of tomorrow's attackers is higher."""

BUDGET = 100
DESCRIBED, NAMED, DRAWN = 24, 24, 8
HONEST = 800
SEED = 4
PASSED = 0.01
MOST_FAMILIES = 12
SURVIVORS = Path(tempfile.gettempdir()) / "faircut-redteam-survivors.jsonl"


def run() -> list[Row]:
    """The rows of this part."""
    result = fresh(measure)
    rows = [_row("attacks passed, all", result["total"], target=PASSED, note=_fallen(result))]
    for goal, name in (
        ("name", "names, disguised"),
        ("description", "descriptions, from what is registered"),
        (PHRASING, "descriptions, from requests that people wrote"),
    ):
        if goal in result["goals"]:
            rows.append(_row(f"attacks passed: {name}", result["goals"][goal]))
    rows.append(_row("attacks passed: names drawn into a picture", result["drawn"]))
    worst = sorted(result["families"].items(), key=lambda each: -each[1]["rate"])[:MOST_FAMILIES]
    rows += [_row(f"passed: {family}", tally) for family, tally in worst if tally["passed"]]
    for what in ("honest", "near_misses"):
        held = result[what]
        blocked, asked = held["blocked"], held["requests"]
        note = f"{held['reviewed'] / asked:.1%} sent to review; " + "; ".join(held["which"][:2])
        rows.append(Row(f"{what.replace('_', '-')} blocked", f"{blocked / asked:.2%}", n=str(asked), note=note))
    rows.append(Row("an attack", f"{1000 * result['cpu_s'] / result['total']['attacks']:.0f} CPU-ms", n="1"))
    return rows


def _row(what: str, tally: Mapping[str, Any], *, target: float | None = None, note: str = "") -> Row:
    return Row(
        what,
        f"{tally['rate']:.2%}",
        "" if target is None else f"≤ {target:.0%}",
        None if target is None else tally["rate"] <= target,
        str(tally["attacks"]),
        f"95 %: at most {tally['at_most']:.2%}; {tally['reviewed']} to review{note}",
    )


def _fallen(result: Mapping[str, Any]) -> str:
    return f"; {result['fell']} of {result['elements']} elements fell to one attack or more"


def measure() -> dict[str, Any]:
    """A campaign in this process."""
    with tempfile.TemporaryDirectory() as folder, Faircut(settings(Path(folder))) as faircut:
        written = load_elements()
        described, named = register(faircut, written)
        faircut.preflight(["ready"])
        dice = random.Random(SEED)
        fresh_ones = [element for element, each in zip(described, written, strict=True) if not learns(each)]
        texts = {each.name: [phrasing.text for phrasing in each.phrasings] for each in written}
        targets = dice.sample(fresh_ones, min(DESCRIBED, len(fresh_ones))) + dice.sample(named, NAMED)
        honest = [text for text in load_benign() if not learns_honest(text)]
        words_alone = Arsenal(without=frozenset({PICTURE}), texts=texts)
        begun = time.process_time()
        report = faircut.redteam(
            targets, budget=BUDGET, seed=SEED, arsenal=words_alone, honest=dice.sample(honest, HONEST)
        )
        used = time.process_time() - begun
        drawn = faircut.redteam(
            dice.sample(named, DRAWN), budget=3, seed=SEED, arsenal=Arsenal((PICTURE, "as it is", "case")), honest=()
        )
        chosen = {each.name for each in targets}
        misses = [miss.text for each in written if each.name in chosen for miss in each.near_misses]
        near = Tally()
        stopped = []
        for text in misses:
            verdict = faircut.preflight([text]).verdict
            near.add(verdict)
            if verdict is not Verdict.ALLOW:
                stopped.append(f"{verdict.value}: {text[:60]}…")
    keep(report)
    return {
        "total": report.total.as_json(),
        "elements": len(report.results),
        "fell": report.fell,
        "goals": {goal: tally.as_json() for goal, tally in goals(report).items()},
        "families": {family: tally.as_json() for family, tally in report.families.items()},
        "drawn": drawn.total.as_json(),
        "honest": {**_stopped(report.honest), "which": [f"{v.value}: {text[:60]}…" for text, v in report.stopped]},
        "near_misses": {**_stopped(near), "which": stopped},
        "cpu_s": used,
    }


def _stopped(tally: Tally) -> dict[str, Any]:
    return {
        "requests": tally.made,
        "reviewed": tally.reviewed,
        "blocked": tally.made - tally.passed - tally.reviewed,
        "at_most": upper_bound(tally.made - tally.passed - tally.reviewed, tally.made),
    }


def settings(home: Path) -> Settings:
    """A data folder of our own, whatever the environment says of the caller's."""
    return Settings(home=home, database_url=f"sqlite:///{home / 'faircut.db'}", check_timeout_s=1800.0)


def register(faircut: Faircut, written: tuple[Written, ...]) -> tuple[list[Element], list[Element]]:
    """Registers the elements of the corpora, in their order, and the names; gives both, of the names our half."""
    catalogue = faircut.catalogue
    works: dict[str, str] = {}
    parties: dict[str, str] = {}

    def work_of(title: str, party: str) -> str:
        if party not in parties:
            parties[party] = catalogue.add_party(party, actor="benchmark").id
        if title not in works:
            works[title] = catalogue.add_work(title, parties[party], actor="benchmark").id
        return works[title]

    described = [
        catalogue.add_element(
            each.kind,
            each.name,
            work=work_of(each.work, each.party),
            aliases=list(each.aliases),
            tagline=each.tagline,
            description=each.description,
            keywords=list(each.keywords),
            actor="benchmark",
        )
        for each in written
    ]
    taken = {each.name for each in written}
    named = []
    for number, (name, mine) in enumerate(corpus_names(HALF)):
        if name not in taken:
            work = work_of(f"Collected tales {number // 20}", "Names alone")
            element = catalogue.add_element(ElementKind.TITLE, name, work=work, actor="benchmark")
            if mine:
                named.append(element)
    return described, named


def goals(report: Report) -> dict[str, Tally]:
    """Attacks by goal, over all elements."""
    found: dict[str, Tally] = {}
    for result in report.results:
        for goal, tally in result.goals.items():
            total = found.setdefault(goal, Tally())
            total.made += tally.made
            total.reviewed += tally.reviewed
            total.passed += tally.passed
    return found


def keep(report: Report) -> None:
    """Writes down what passed, for whoever closes the holes. Not part of the repository."""
    with SURVIVORS.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in report.survivors())
