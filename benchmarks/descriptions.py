"""How well requests that describe without naming are found, how often honest ones are stopped, and what it costs."""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.description_sets import BENIGN, NEAR, all_elements, known, later_elements, learns_honest, reported_alone
from benchmarks.description_sets import load_benign as honest_prompts
from benchmarks.description_sets import load_elements as written_elements
from benchmarks.descriptions_chart import Curve, draw
from benchmarks.harness import Row, fresh
from benchmarks.train_descriptions import STOCK, Tables, cross_validated, greatest, judged, training_tables
from faircut.detectors.descriptions import DescriptionsDetector
from faircut.detectors.descriptions_profiles import profile_element
from faircut.detectors.descriptions_segments import build_segment, key_of, save_segment
from faircut.detectors.descriptions_space import default_space, key_of_space
from faircut.domain import Element, ElementKind
from faircut.text.encoder import encoder_of
from faircut.text.models import DEFAULT_MODEL, find_model

TITLE = "Descriptions without names"
METHOD = """\
The corpora under `benchmarks/corpora`, written by hand for this project. The sentence model's adapter learnt from 23 of
the elements of the first files and from 2,221 others that are never asked for. The rows are about 161 that it does not
know: the other 63 of the first files; 36 invented ones that were written last, a third of them registered in a sentence
or two, and asked for with facts that nobody registered; and 62 figures of myth, tale and old books, asked for as people
do who know them. Five-fold cross-validation over elements: a combiner that knew neither the prompt nor its element gave
the score, and thresholds chosen on the other four folds judged it. All 184 elements are registered; only, honest
prompts are not compared with what everybody knows, because everybody may ask for a phoenix. “Found” is block; the notes
say how many go to review as well. “Not registered”: the same requests, with nothing of the same work registered. The
adapter has seen half of the honest prompts of the first files, and 3,991 others that are not asked here; the row about
all that it has not seen is apart. The stated chance is that of the likeliest element, with as many requests as others.
100,000 descriptions are recombined from the phrases of the corpora: 500 of them are encoded, and the vectors of the
others are those with noise, which costs a search the same. CPU time of one thread. A lean registration is a
description alone, two sentences of it, or a tagline and one sentence, a third of the elements each. The curve stops
honest prompts and near-misses alike.

![Requests found against honest prompts stopped, for full and for lean registrations](images/descriptions.svg)"""
_BINS = 10
FOUND, BENIGN_STOPPED, NEAR_STOPPED = 0.97, 0.005, 0.02
MILLISECONDS, MEMORY_MB, COLD_S = 20.0, 600.0, 3.0
_PUBLISHED, _PUBLISHED_FOUND = 0.033, 0.937
"""The best published detector of prompts that describe characters without naming them: false and true positives."""
_GROUPS = {
    "first": "elements of the first files",
    "later": "invented elements written last",
    "known": "figures that everybody knows",
}
CHART = Path(__file__).parents[1] / "docs" / "images" / "descriptions.svg"
_MANY = 100_000
_ENCODED = 500
_NOISE = 6.0
Flags = npt.NDArray[np.bool_]


class HeldElements:
    """A catalogue of elements in memory, as the detector reads one."""

    def __init__(self, elements: Sequence[Element]) -> None:
        self._elements = elements
        self._revision = 1

    def revision(self) -> int:
        """Grows with every change."""
        return self._revision

    def elements(self) -> Sequence[Element]:
        """All that is registered."""
        return self._elements

    def add(self, element: Element) -> None:
        """Registers one more."""
        self._elements = [*self._elements, element]
        self._revision += 1


def run() -> list[Row]:
    """The rows of this part."""
    return [*accuracy(), *cost(fresh(measure_cost, str(_MANY)))]


def accuracy() -> list[Row]:
    """Shares found and stopped, by style and by kind, each prompt judged by what did not know it."""
    tables = training_tables()
    table = tables.full
    scores = cross_validated(table)
    best, which = greatest(table, scores)
    blocked, stopped = judged(table, best)
    elements = all_elements()
    asked = table.draws >= 0
    kinds = np.array([elements[number].kind if number >= 0 else "" for number in table.draws])
    rows = [_share("requests found", asked, blocked, stopped, FOUND)]
    rows += [
        _share(f"found, {style}", asked & (table.styles == style), blocked, stopped)
        for style in sorted(set(table.styles[asked]))
    ]
    later, famous = {each.name for each in later_elements()}, {each.name for each in elements if known(each)}
    groups = np.array(
        ["known" if each.name in famous else "later" if each.name in later else "first" for each in elements]
    )[table.draws]
    for group, what in _GROUPS.items():
        own = asked & (groups == group)
        rows.append(_share(f"found, {len(set(table.draws[own]))} {what}", own, blocked, stopped))
    rows += [_share(f"found, {kind}s", asked & (kinds == kind), blocked, stopped) for kind in sorted(set(kinds[asked]))]
    rows.append(_share("requests whose element scores highest", asked, which == table.draws))
    alone = np.array([reported_alone(case.text) for case in table.cases])
    honest = (table.styles == BENIGN) & ~alone
    near = table.styles == NEAR
    taught = np.array([learns_honest(case.text) for case in table.cases])
    rows += [
        _share("benign prompts blocked", honest, blocked, stopped, most=BENIGN_STOPPED),
        _share("benign prompts that the adapter does not know, blocked", honest & ~taught, blocked, stopped),
        _share("benign prompts written afterwards, blocked", alone, blocked, stopped),
        _share("near-miss prompts blocked", near, blocked, stopped, most=NEAR_STOPPED),
        _share("stock figures blocked", table.styles == STOCK, blocked, stopped),
    ]
    compared = float((best[asked] > np.quantile(best[honest | near], 1 - _PUBLISHED)).mean())
    rows.append(
        Row(
            f"requests found where {_PUBLISHED:.1%} of benign and near-miss prompts are stopped",
            f"{compared:.2%}",
            n=f"{int(asked.sum())}",
            note=f"the best published detector: {_PUBLISHED_FOUND:.1%}, on other prompts",
        )
    )
    off = calibration_error(best, asked & (which == table.draws), asked, honest | near)
    rows.append(Row("stated chance against how often it is so, mean difference", f"{off:.3f}", n=f"{len(table.cases)}"))
    works = np.array([each.work for each in elements])
    other = table.draws[table.prompts] < 0
    other |= works[table.candidates] != works[table.draws[table.prompts]]
    strangers, _ = greatest(table, np.where(other, scores, -np.inf))
    unheld = judged(table, np.where(asked, strangers, best))
    rows.append(_share("requests for elements that are not registered, blocked", asked, *unheld))
    return [*rows, *_lean(tables, best, honest, near)]


def _lean(tables: Tables, full: npt.NDArray[np.float64], honest: Flags, near: Flags) -> list[Row]:
    """The same with lean registrations, as ``train_descriptions.lean`` makes them, and both in one picture; ``full``
    are the greatest scores with full registrations."""
    table = tables.lean
    best, _ = greatest(table, cross_validated(table))
    blocked, stopped = judged(table, best)
    asked, passing = table.draws >= 0, honest | near
    curves = [
        Curve("full registrations", "#1d5ab9", full[asked], full[passing]),
        Curve("lean registrations", "#b2541d", best[asked], best[passing]),
    ]
    CHART.write_text(draw(curves, (_PUBLISHED, _PUBLISHED_FOUND)), encoding="utf-8")
    return [
        _share("lean registrations: requests found", asked, blocked, stopped),
        _share("lean registrations: benign prompts blocked", honest, blocked, stopped, most=BENIGN_STOPPED),
        _share("lean registrations: near-miss prompts blocked", near, blocked, stopped, most=NEAR_STOPPED),
    ]


def calibration_error(log_odds: npt.NDArray[np.float64], true: Flags, asked: Flags, passing: Flags) -> float:
    """The expected calibration error over ten bins (Guo et al., arXiv 1706.04599), the rows ``asked`` weighing as much
    as the rows ``passing``. ``true``: whether what each row's best score is about is what the prompt would draw."""
    chance = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    weights = asked / max(asked.sum(), 1) + passing / max(passing.sum(), 1)
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights * (chance - true), _BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def _share(
    what: str,
    rows: Flags,
    blocked: Flags,
    stopped: Flags | None = None,
    least: float | None = None,
    most: float | None = None,
) -> Row:
    share = float(blocked[rows].mean())
    note = "" if stopped is None else f"{float(stopped[rows].mean()):.2%} with those that go to review"
    goal, met = ("", None) if least is None else (f"≥ {least:.0%}", share >= least)
    if most is not None:
        goal, met = f"≤ {most:.1%}", share <= most
    return Row(what, f"{share:.2%}", goal, met, f"{int(rows.sum())}", note)


def cost(found: dict[str, float]) -> list[Row]:
    """Rows of what :func:`measure_cost` measured."""
    return [
        Row(
            f"a prompt of 100 words, {_MANY:,} descriptions, 95th percentile",
            f"{found['p95_ms']:.1f} ms",
            f"≤ {MILLISECONDS:.0f} ms",
            found["p95_ms"] <= MILLISECONDS,
            f"{found['prompts']:.0f}",
            f"median {found['median_ms']:.1f} ms",
        ),
        Row(
            "memory of the process with them",
            f"{found['memory_mb']:.0f} MB",
            f"≤ {MEMORY_MB:.0f} MB",
            found["memory_mb"] <= MEMORY_MB,
            "1",
            f"{found['elements_mb']:.0f} MB of it are the catalogue's own records",
        ),
        Row(
            "first answer of a new process, kept vectors",
            f"{found['cold_s']:.1f} s",
            f"≤ {COLD_S:.0f} s",
            found["cold_s"] <= COLD_S,
            "1",
            "without starting Python and reading the database",
        ),
        Row("a new description in force", f"{found['added_s'] * 1000:.0f} ms", n="1", note="encoded, and all compared"),
    ]


def measure_cost(count: str) -> dict[str, float]:
    """Builds ``count`` descriptions on disk, and measures in a process of its own what they cost."""
    with tempfile.TemporaryDirectory() as folder:
        elements = many_elements(int(count))
        _keep(elements, Path(folder))
        found: dict[str, float] = fresh(measure_prompts, count, folder)
        return found


def measure_prompts(count: str, folder: str) -> dict[str, float]:
    """Latency of 100-word prompts against kept descriptions, memory, and time to the first answer."""
    before = _memory()
    elements = many_elements(int(count))
    held = HeldElements(elements)
    base = _memory()
    begun = time.process_time()
    detector = DescriptionsDetector(held, folder=Path(folder))
    detector.find("A quiet street in the rain.")
    cold = time.process_time() - begun
    times = []
    for text in prompts_of(100, 200):
        begun = time.process_time()
        detector.find(text)
        times.append((time.process_time() - begun) * 1000)
    memory = _memory()
    fresh_element = replace(elements[0], id="new", description="A violet bear with a clock for a belly and tin ears.")
    held.add(fresh_element)
    begun = time.process_time()
    detector.find("A quiet street in the rain.")
    return {
        "p95_ms": float(np.quantile(times[5:], 0.95)),
        "median_ms": float(np.median(times[5:])),
        "prompts": float(len(times) - 5),
        "cold_s": cold,
        "added_s": time.process_time() - begun,
        "memory_mb": memory,
        "elements_mb": base - before,
    }


def _memory() -> float:
    """Memory of this process that is its own, in MB: mapped files can be dropped at any time and do not count."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def many_elements(count: int) -> list[Element]:
    """Elements whose texts are phrases of the corpora, shuffled: the same ones for the same count."""
    draw = random.Random(11)
    elements = written_elements()
    keywords = sorted({word for each in elements for word in each.keywords})
    sentences = sorted({part.strip() for each in elements for part in each.description.split(".") if part.strip()})
    kinds = [ElementKind.CHARACTER, ElementKind.CREATURE, ElementKind.COSTUME, ElementKind.SET, ElementKind.PROP]
    drawn = [
        (
            f"{draw.choice(keywords)} with {draw.choice(keywords)}",
            ". ".join(draw.sample(sentences, 3)) + ".",
            tuple(draw.sample(keywords, 8)),
        )
        for _ in range(min(count, _ENCODED))
    ]
    found = []
    for number in range(count):
        tagline, description, words = drawn[number % len(drawn)]
        # A number makes it another description without making it another length.
        words = (*words[:-1], f"{words[-1]} {number}")
        kind = kinds[number % len(kinds)]
        found.append(
            Element(
                f"elem_{number}",
                "party",
                "work",
                kind,
                f"Thing {number}",
                tagline=tagline,
                description=description,
                keywords=words,
            )
        )
    return found


def prompts_of(words: int, count: int) -> Iterable[str]:
    """Prompts of about that many words, joined from honest prompts and requests."""
    draw = random.Random(12)
    texts = [*honest_prompts(), *(each.text for one in written_elements() for each in one.phrasings)]
    for _ in range(count):
        text = ""
        while len(text.split()) < words:
            text += " " + draw.choice(texts)
        yield " ".join(text.split()[:words])


def _keep(elements: Sequence[Element], folder: Path) -> None:
    """Writes a segment of all elements: some encoded, the others with vectors like theirs."""
    files = find_model(DEFAULT_MODEL)
    encoder = encoder_of(files)
    background = default_space().background
    found = [profile_element(each, encoder, background) for each in elements[:_ENCODED]]
    profiles = [each for each in found if each is not None]
    draw = np.random.default_rng(13)
    segment = build_segment(
        [key_of(each) for each in elements], [profiles[number % len(profiles)] for number in range(len(elements))]
    )
    noisy = np.clip(segment.fields + draw.normal(0, _NOISE, segment.fields.shape), -127, 127).astype(np.int8)
    save_segment(replace(segment, fields=noisy), folder, key_of_space(files))


__all__ = ["METHOD", "TITLE", "run"]
