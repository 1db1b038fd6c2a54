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

from benchmarks.description_sets import BENIGN, NEAR, Case, Written, cases, registered, reports
from benchmarks.description_sets import load_benign as honest_prompts
from benchmarks.description_sets import load_elements as written_elements
from benchmarks.harness import Row, fresh
from faircut.detectors.descriptions import DescriptionsDetector
from faircut.detectors.descriptions_combiner import default_combiner
from faircut.detectors.descriptions_profiles import profile_element
from faircut.detectors.descriptions_segments import build_segment, key_of, save_segment
from faircut.detectors.descriptions_space import default_space, key_of_space
from faircut.domain import Element, ElementKind
from faircut.text.encoder import encoder_of
from faircut.text.models import DEFAULT_MODEL, find_model

TITLE = "Descriptions without names"
METHOD = """\
The corpora under `benchmarks/corpora`, written by hand for this project. The model's adapter learnt from one half of
the elements and honest prompts, combiner and thresholds from a quarter; the rows are about the last quarter, with
**all** elements registered. “Found” is block. “Not registered”: the same requests with only the others registered, so
that nothing should be found.
100,000 descriptions are recombined from the phrases of the corpora: 500 of them are encoded, and the vectors of the
others are those with noise, which costs a search the same. CPU time of one thread."""
FOUND, BENIGN_STOPPED, NEAR_STOPPED = 0.97, 0.005, 0.02
MILLISECONDS, MEMORY_MB, COLD_S = 20.0, 600.0, 3.0
_MANY = 100_000
_ENCODED = 500
_NOISE = 6.0


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
    """Shares found and stopped, by style and by kind."""
    elements = written_elements()
    held = [registered(each, number) for number, each in enumerate(elements)]
    numbers = [number for number, each in enumerate(elements) if reports(each.name)]
    own = cases(elements, numbers, (text for text in honest_prompts() if reports(text)))
    everything = DescriptionsDetector(HeldElements(held))
    scores = [_best(everything, case.text) for case in own]
    block, review = default_combiner().block, default_combiner().review
    asked = [(case, score) for case, score in zip(own, scores, strict=True) if case.draws is not None]
    rows = [_share("requests found", asked, block, FOUND, review)]
    rows += [
        _share(f"found, {style}", [each for each in asked if each[0].style == style], block, None, review)
        for style in sorted({case.style for case, _ in asked})
    ]
    rows += [
        _share(f"found, {kind}s", [each for each in asked if _kind(elements, each[0]) == kind], block, None, review)
        for kind in sorted({_kind(elements, case) for case, _ in asked})
    ]
    for style, limit in ((BENIGN, BENIGN_STOPPED), (NEAR, NEAR_STOPPED)):
        of_style = [score for case, score in zip(own, scores, strict=True) if case.style == style]
        share = float(np.mean([score >= block for score in of_style]))
        doubtful = float(np.mean([block > score >= review for score in of_style]))
        rows.append(
            Row(
                f"{style} prompts blocked",
                f"{share:.2%}",
                f"≤ {limit:.1%}",
                share <= limit,
                f"{len(of_style)}",
                f"{doubtful:.2%} more go to review",
            )
        )
    others = DescriptionsDetector(
        HeldElements([each for each, one in zip(held, elements, strict=True) if not reports(one.name)])
    )
    strangers = [_best(others, case.text) for case, _ in asked]
    share = float(np.mean([score >= block for score in strangers]))
    rows.append(Row("requests for elements that are not registered, blocked", f"{share:.2%}", n=f"{len(strangers)}"))
    return rows


def _best(detector: DescriptionsDetector, text: str) -> float:
    scores = detector.scores(text)
    return scores[0][1] if scores else float("-inf")


def _kind(elements: Sequence[Written], case: Case) -> str:
    return "" if case.draws is None else elements[case.draws].kind


def _share(what: str, found: Sequence[tuple[Case, float]], block: float, target: float | None, review: float) -> Row:
    blocked = float(np.mean([score >= block for _, score in found]))
    stopped = float(np.mean([score >= review for _, score in found]))
    goal, met = ("", None) if target is None else (f"≥ {target:.0%}", blocked >= target)
    return Row(what, f"{blocked:.1%}", goal, met, f"{len(found)}", f"{stopped:.1%} with those that go to review")


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
