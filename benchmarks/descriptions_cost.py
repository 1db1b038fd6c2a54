"""What it costs to compare prompts with a hundred thousand descriptions: time, memory, and the first answer."""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.description_sets import load_benign, load_elements
from benchmarks.harness import Row, fresh
from faircut.detectors.descriptions import DescriptionsDetector
from faircut.detectors.descriptions_glance import FirstGlance
from faircut.detectors.descriptions_index import DescriptionIndex
from faircut.detectors.descriptions_profiles import profile_element
from faircut.detectors.descriptions_segments import build_segment, key_of, save_segment
from faircut.detectors.descriptions_space import default_space, key_of_space
from faircut.domain import Element, ElementKind
from faircut.text.encoder import encoder_of
from faircut.text.models import DEFAULT_MODEL, find_model

MILLISECONDS, MEMORY_MB, COLD_S = 20.0, 600.0, 3.0
_MANY = 100_000
_ENCODED = 500
_NOISE = 6.0
_PROMPTS, _WARMING = 600, 5
_KINDS = {
    "honest": ("a prompt of 100 words", 100, False),
    "short": ("a prompt of 50 words", 50, False),
    "mixed": ("a prompt of 100 words with what is asked of others' elements among it", 100, True),
}


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


def cost() -> list[Row]:
    """The rows of this part, measured in a process of their own."""
    found: dict[str, float] = fresh(measure_cost, str(_MANY))
    return [
        *(
            Row(
                f"{what}, {_MANY:,} descriptions, 95th percentile",
                f"{found[f'{kind}_p95_ms']:.1f} ms",
                f"≤ {MILLISECONDS:.0f} ms",
                found[f"{kind}_p95_ms"] <= MILLISECONDS,
                f"{_PROMPTS}",
                f"median {found[f'{kind}_median_ms']:.1f} ms; {found[f'{kind}_ruled_out']:.1%} ruled out at a glance",
            )
            for kind, (what, _, _) in _KINDS.items()
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
    """Latency of prompts against kept descriptions, memory, and time to the first answer."""
    before = _memory()
    elements = many_elements(int(count))
    held = HeldElements(elements)
    base = _memory()
    begun = time.process_time()
    detector = DescriptionsDetector(held, folder=Path(folder))
    detector.find("A quiet street in the rain.")
    cold = time.process_time() - begun
    timed, glances = {}, _noted()
    for kind, (_, words, with_requests) in _KINDS.items():
        prompts = list(prompts_of(words, _PROMPTS + _WARMING, with_requests=with_requests))
        times = np.array([_timed(detector, text) for text in prompts])
        timed[f"{kind}_p95_ms"] = float(np.quantile(times[_WARMING:], 0.95))
        timed[f"{kind}_median_ms"] = float(np.median(times[_WARMING:]))
        timed[f"{kind}_ruled_out"] = 1 - float(np.mean(glances[-_PROMPTS:]))
    memory = _memory()
    fresh_element = replace(elements[0], id="new", description="A violet bear with a clock for a belly and tin ears.")
    held.add(fresh_element)
    begun = time.process_time()
    detector.find("A quiet street in the rain.")
    return {
        **timed,
        "cold_s": cold,
        "added_s": time.process_time() - begun,
        "memory_mb": memory,
        "elements_mb": base - before,
    }


def _noted() -> list[bool]:
    """What the first glance lets pass, in this process, from now on."""
    passed, may_be_meant = list[bool](), FirstGlance.may_be_meant

    def noted(self: FirstGlance, text: str, index: DescriptionIndex) -> bool:
        passed.append(may_be_meant(self, text, index))
        return passed[-1]

    FirstGlance.may_be_meant = noted  # type: ignore[method-assign]  # this process only measures
    return passed


def _timed(detector: DescriptionsDetector, text: str) -> float:
    """Milliseconds that a prompt takes."""
    begun = time.process_time()
    detector.find(text)
    return (time.process_time() - begun) * 1000


def _memory() -> float:
    """Memory of this process that is its own, in MB: mapped files can be dropped at any time and do not count."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def many_elements(count: int) -> list[Element]:
    """Elements whose texts are phrases of the corpora, shuffled: the same ones for the same count."""
    draw = random.Random(11)
    elements = load_elements()
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


def prompts_of(words: int, count: int, *, with_requests: bool) -> Iterable[str]:
    """Prompts of about that many words, joined from honest prompts, and from requests too."""
    draw = random.Random(12)
    requests = (each.text for one in load_elements() for each in one.phrasings)
    texts = [*load_benign(), *(requests if with_requests else ())]
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


__all__ = ["HeldElements", "cost"]
