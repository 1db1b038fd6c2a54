"""Adaptive attacks on the whole guard: what share passes, and how many honest requests are stopped meanwhile."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
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
the described elements that the sentence model's adapter does not learn from, and on a sample of that half of the
names on which no price was chosen. What counts as an attack, and how the attacker adapts, is in
[red team](redteam.md). For described elements it begins with the registration, and with requests that people wrote,
which it may change but not shorten. “passed” means allowed, without review. A rate is attacks passed by attacks made;
the bound is that of Clopper and Pearson, one-sided, at 95 %. The attacks and the guard have the same authors, and
what passed was closed where that could be done: the rate of tomorrow's attackers is higher. An attack by description
counts only if it still shows the element after it was cut up, and its letters are disguised after that; before
`names-v7` attacks were counted that showed nothing any more, so that earlier rates are not comparable."""

BUDGET = 100
SLICES = 6
DESCRIBED, NAMED, DRAWN = 4, 5, 2
"""Elements of each slice: an attacker of his own, who learns from one element for the next."""
HONEST = 150
SEED = 4
PASSED = 0.01
MOST_FAMILIES = 12
SURVIVORS = Path(tempfile.gettempdir()) / "faircut-redteam-survivors"


def run() -> list[Row]:
    """The rows of this part."""
    return rows([fresh(measure, number) for number in range(SLICES)])


def rows(slices: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows of what slices measured, together."""
    total = _joined([each["total"] for each in slices])
    fell, elements = (sum(each[what] for each in slices) for what in ("fell", "elements"))
    found = [
        _row(
            "attacks passed, all",
            total,
            target=PASSED,
            note=f"; {fell} of {elements} elements fell to one attack or more",
        )
    ]
    for goal, name in (
        ("name", "names, disguised"),
        ("description", "descriptions, from what is registered"),
        (PHRASING, "descriptions, from requests that people wrote"),
    ):
        tallies = [each["goals"][goal] for each in slices if goal in each["goals"]]
        if tallies:
            found.append(_row(f"attacks passed: {name}", _joined(tallies)))
    found.append(_row("attacks passed: names drawn into a picture", _joined([each["drawn"] for each in slices])))
    families = {family for each in slices for family in each["families"]}
    joined = {
        name: _joined([each["families"][name] for each in slices if name in each["families"]]) for name in families
    }
    worst = sorted(joined.items(), key=lambda each: (-each[1]["rate"], each[0]))
    found += [_row(f"passed: {name}", tally) for name, tally in worst if tally["passed"]][:MOST_FAMILIES]
    for what in ("honest", "near_misses"):
        asked, blocked, reviewed = (
            sum(each[what][count] for each in slices) for count in ("requests", "blocked", "reviewed")
        )
        which = [text for each in slices for text in each[what]["which"]]
        note = f"{reviewed / asked:.1%} sent to review; " + "; ".join(which[:2])
        found.append(Row(f"{what.replace('_', '-')} blocked", f"{blocked / asked:.2%}", n=str(asked), note=note))
    used = sum(each["cpu_s"] for each in slices)
    found.append(Row("an attack", f"{1000 * used / total['attacks']:.0f} CPU-ms", n=str(total["attacks"])))
    return found


def _joined(tallies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    total = Tally(*(sum(each[what] for each in tallies) for what in ("attacks", "reviewed", "passed")))
    return total.as_json()


def _row(what: str, tally: Mapping[str, Any], *, target: float | None = None, note: str = "") -> Row:
    return Row(
        what,
        f"{tally['rate']:.2%}",
        "" if target is None else f"≤ {target:.0%}",
        None if target is None else tally["rate"] <= target,
        str(tally["attacks"]),
        f"95 %: at most {tally['at_most']:.2%}; {tally['reviewed']} to review{note}",
    )


def measure(number: int) -> dict[str, Any]:
    """The campaign of one slice, in this process."""
    with tempfile.TemporaryDirectory() as folder, Faircut(settings(Path(folder))) as faircut:
        written = load_elements()
        described, named = register(faircut, written)
        faircut.preflight(["ready"])
        dice = random.Random(SEED)
        fresh_ones = [element for element, each in zip(described, written, strict=True) if not learns(each)]
        texts = {each.name: [phrasing.text for phrasing in each.phrasings] for each in written}
        dice.shuffle(fresh_ones)
        dice.shuffle(named)
        # Slices share no element and no honest request.
        targets = fresh_ones[number::SLICES][:DESCRIBED] + named[number::SLICES][:NAMED]
        honest = sorted(text for text in load_benign() if not learns_honest(text))
        dice.shuffle(honest)
        words_alone = Arsenal(without=frozenset({PICTURE}), texts=texts)
        begun = time.process_time()
        report = faircut.redteam(
            targets, budget=BUDGET, seed=SEED, arsenal=words_alone, honest=honest[number::SLICES][:HONEST]
        )
        used = time.process_time() - begun
        drawn = faircut.redteam(
            named[number::SLICES][:DRAWN],
            budget=3,
            seed=SEED,
            arsenal=Arsenal((PICTURE, "as it is", "case")),
            honest=(),
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
    keep(report, number)
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


def keep(report: Report, number: int) -> None:
    """Writes down what passed, for whoever closes the holes. Not part of the repository."""
    with SURVIVORS.with_suffix(f".{number}.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in report.survivors())
