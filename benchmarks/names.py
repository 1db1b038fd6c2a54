"""How many disguised names the guard finds, how many honest prompts it stops, and what a prompt costs."""

from __future__ import annotations

import json
import random
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.disguises import DISGUISES
from benchmarks.harness import Row, Series, fresh
from benchmarks.name_aliases import aliases
from benchmarks.name_shapes import names
from faircut.detectors.names import NamesDetector
from faircut.domain import Alias, Asset, Element, ElementKind, MediaKind, Work

TITLE = "Names in prompts"
METHOD = """\
The catalogue holds 100,000 names that nobody has, made of syllables of 20 languages (`benchmarks/name_shapes.py`),
and the 446 invented names of `benchmarks/corpora/names.json`, of some 40 languages, which are the ones disguised; it
is measured with these alone too. Respellings by ear and spellings in other scripts are written there by hand, the
other disguises are put on by `benchmarks/disguises.py`. Each disguised name stands in a prompt, mostly English, a
tenth of them Spanish, French, German or Italian, those in other scripts half in a sentence of that language. A name
is found when a match points at its element, whatever the verdict; “certain” leaves review aside. Prices, thresholds
and word lists were chosen on one half of the names and of the honest prompts (by a checksum); everything below is
measured on the other half, and on all honest prompts that were written later. Aliases are those of
`benchmarks/name_aliases.py`, invented and written otherwise by hand (without marks, in Latin letters, in other
characters); they were written after the thresholds were chosen. An honest prompt that draws any match counts as
stopped; those of the reported half were looked at too while the rules of `names-v7` were made, which flatters the
rate of honest ones. Times are CPU time of a fresh process, one thread."""

OTHERS = 100_000
CURVE = (1_000, 10_000)
HALF = 1
TYPOS_EACH = 3
FOUND, STOPPED, PROMPT_MS = 0.99, 0.001, 1.0
WORDS = 100
TIMED = 300
_CORPORA = Path(__file__).parent / "corpora"
_REVIEW = "review"
_NEVER_CHOSEN_ON = ("benign_f", "benign_g")

_ENGLISH = (
    "{}",
    "draw {} in a forest",
    "A video of {} walking through the rain at night, cinematic",
    "{} dances on a rooftop",
    "please make a clip where {} meets an old fisherman by the sea",
    "Close-up of {}, soft light, 35mm",
    "a birthday party with {} and three children, handheld camera",
    "slow pan to {} sitting on a throne",
    "the scene opens on {}; then cut to a wide shot of the valley",
    "I want {} to ride a bicycle along the canal",
)
_LATIN = (
    "dibuja a {} en un bosque bajo la lluvia",
    "dessine {} dans la forêt sous la pluie",
    "zeichne {} im Wald bei Regen",
    "disegna {} nella foresta sotto la pioggia",
)
_OWN = {
    "Cyrillic": ("нарисуй {} в лесу под дождём", "{} идёт по улице ночью, медленная камера"),
    "Greek": ("ζωγράφισε {} στο δάσος με βροχή",),
    "Arabic": ("ارسم {} في الغابة تحت المطر",),
    "Hebrew": ("צייר את {} ביער בגשם בלילה",),
    "Devanagari": ("जंगल में {} का वीडियो बनाओ",),
    "Japanese": ("{}が森の中を歩く動画", "雨の夜の{}"),
    "Korean": ("{}가 숲을 걷는 영상을 만들어 줘",),
}
_LENGTHS = ((6, "6 letters or fewer"), (8, "7 or 8 letters"), (11, "9 to 11 letters"), (99, "12 letters or more"))
_BY_LENGTH = ("one typo", "two typos", "by ear")


@dataclass(frozen=True, slots=True)
class Names:
    """A catalogue of names alone."""

    named: tuple[Element, ...]

    def revision(self) -> int:
        return 1

    def works(self) -> Sequence[Work]:
        return ()

    def elements(self) -> Sequence[Element]:
        return self.named


def catalogue(others: int) -> Names:
    """The names of the corpus, as elements ``t0`` …, and so many others."""
    corpus = [
        Element(f"t{i}", f"p{i % 40}", f"w{i // 5}", ElementKind.CHARACTER, each["name"])
        for i, each in enumerate(_corpus())
    ]
    crowd = [
        Element(f"e{i}", f"q{i % 200}", f"v{i // 8}", ElementKind.CHARACTER, each)
        for i, each in enumerate(names(others))
    ]
    return Names((*corpus, *crowd))


def _corpus() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((_CORPORA / "names.json").read_text(encoding="utf-8"))["names"]
    return found


def corpus_names(half: int) -> list[tuple[str, bool]]:
    """Every name of the corpus, and whether it belongs to this half."""
    return [(each["name"], _mine(each["name"], half)) for each in _corpus()]


def _mine(text: str, half: int) -> bool:
    return zlib.crc32(text.encode()) % 2 == half


def disguised(half: int, seed: int = 5) -> Iterator[tuple[str, str, str, str]]:
    """(disguise, element, name, prompt) for every name of this half in every disguise that it can wear."""
    dice = random.Random(seed)
    for number, each in enumerate(_corpus()):
        name = each["name"]
        if not _mine(name, half):
            continue
        made = [
            (kind, disguise(name, dice))
            for kind, disguise in DISGUISES.items()
            for _ in range(TYPOS_EACH if "typo" in kind else 1)
        ]
        made += [("by ear", respelt) for respelt in each.get("respelt", ())]
        made += [(f"in {script} letters", spelt) for script, spelt in each.get("scripts", {}).items()]
        for kind, worn in made:
            if worn is not None:
                yield kind, f"t{number}", name, _carrier(kind, dice).format(worn)


def _carrier(kind: str, dice: random.Random) -> str:
    own = _OWN.get(kind.removeprefix("in ").removesuffix(" letters"))
    if own is not None and dice.random() < 0.5:
        return dice.choice(own)
    return dice.choice(_LATIN) if dice.random() < 0.1 else dice.choice(_ENGLISH)


def honest(half: int) -> list[str]:
    """The honest prompts of this half; those on which nothing was ever chosen are all of the half that is reported."""
    found = []
    for path in sorted(_CORPORA.glob("benign_*.txt")):
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        new = path.stem in _NEVER_CHOSEN_ON
        found += [line for line in lines if line and (half == HALF if new else _mine(line, half))]
    return found


def run() -> list[Row]:
    """The rows of this part."""
    result = fresh(measure, OTHERS, HALF)
    alone = fresh(measure, 0, HALF)
    curve = [(others, fresh(measure, others, HALF)) for others in CURVE]
    rows = []
    for group in ("kinds", "lengths"):
        for kind, (count, found, certain) in result[group].items():
            few, sure = alone[group][kind][1:]
            note = f"certain {_share(certain, count)}; alone {_share(few, count)}, certain {_share(sure, count)}"
            rows.append(Row(f"found: {kind}", _share(found, count), n=str(count), note=note))
    for what, held in ((f"among {OTHERS:,}", result), (f"among the {len(_corpus())} alone", alone)):
        tallies = held["kinds"].values()
        total, found = sum(tally[0] for tally in tallies), sum(tally[1] for tally in tallies)
        mean = sum(tally[1] / tally[0] for tally in tallies) / len(tallies)
        note = f"each disguise counted once: {mean:.1%}"
        met = found / total >= FOUND
        rows.append(Row(f"found, all, {what}", f"{found / total:.1%}", f"≥ {FOUND:.0%}", met, str(total), note))
    for what, wrong in ((f"{OTHERS:,} other names", result["stopped"]), ("no other names", alone["stopped"])):
        share = len(wrong) / result["honest"]
        blocked = sum(not each.endswith(f"{_REVIEW})") for each in wrong)
        note = "; ".join([f"blocked {blocked / result['honest']:.2%}, the others sent to review", *wrong[:4]])
        met = share <= STOPPED
        rows.append(
            Row(f"honest prompts stopped, {what}", f"{share:.2%}", f"≤ {STOPPED:.1%}", met, str(result["honest"]), note)
        )
    for others, held in curve:
        tallies = held["kinds"].values()
        share = sum(tally[1] for tally in tallies) / sum(tally[0] for tally in tallies)
        note = f"honest prompts stopped: {len(held['stopped']) / held['honest']:.2%} of {held['honest']}"
        total = str(sum(tally[0] for tally in tallies))
        rows.append(Row(f"found, all, among {others:,}", f"{share:.1%}", n=total, note=note))
    for what, held in (("no other names", alone), (f"{OTHERS:,} other names", result)):
        asked, found, languages, missed = held["aliases"]
        note = f"{languages} languages; missed most: {missed}"
        rows.append(Row(f"found: aliases, {what}", _share(found, asked), n=str(asked), note=note))
    series, cold = Series(result["ms"]), Series(result["cold_ms"])
    text = f"p50 {series.median:.2f} ms, p95 {series.percentile(0.95):.2f} ms"
    target = f"p50 ≤ {PROMPT_MS:.0f} ms"
    rows.append(Row(f"a prompt of {WORDS} words", text, target, series.median <= PROMPT_MS, str(len(series.values))))
    text = f"p50 {cold.median:.2f} ms, p95 {cold.percentile(0.95):.2f} ms"
    rows.append(Row("the same, its words met for the first time", text, n=str(len(cold.values))))
    rows.append(Row(f"{OTHERS:,} names made ready", f"{result['built_s']:.1f} CPU-s", n="1"))
    rows.append(Row("one name more registered, and the next prompt judged", f"{result['added_ms']:.0f} ms", n="1"))
    return rows


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}"


def measure(others: int, half: int) -> dict[str, Any]:
    """Everything, with so many other names and on this half, in this process."""
    held = catalogue(others)
    reader = _Growing(held.named)
    begun = time.process_time()
    ask = _asker(NamesDetector(reader))  # type: ignore[arg-type]  # it reads names alone
    ask("ready")
    built = time.process_time() - begun
    prompts = honest(half)
    long = _long(prompts)
    cold = [_timed(ask, prompt) for prompt in long]
    warm = [_timed(ask, prompt) for prompt in long]
    kinds: dict[str, list[int]] = {}
    lengths: dict[str, list[int]] = {}
    for kind, element, name, prompt in disguised(half):
        matches = [match for match in ask(prompt) if match.element_id == element]
        certain = any(not match.evidence.get("ambiguous") for match in matches)
        length = sum(char.isalpha() for char in name)
        longest = next(text for limit, text in _LENGTHS if length <= limit)
        tallies = [kinds.setdefault(kind, [0, 0, 0])]
        if kind in _BY_LENGTH:
            tallies.append(lengths.setdefault(f"{kind}, {longest}", [0, 0, 0]))
        for tally in tallies:
            for place, counted in enumerate((True, bool(matches), certain)):
                tally[place] += counted
    stopped = _stopped(ask, prompts)
    reader.add(Element("new", "p", "w", ElementKind.CHARACTER, "Quorvalune", aliases=(Alias("Квор"),)))
    added = _timed(ask, "Quorvalune waits")
    return {
        "aliases": _aliases(held),
        "kinds": kinds,
        "lengths": dict(sorted(lengths.items())),
        "stopped": stopped,
        "honest": len(prompts),
        "ms": warm,
        "cold_ms": cold,
        "built_s": built,
        "added_ms": added,
    }


def _aliases(held: Names) -> tuple[int, int, int, str]:
    """Prompts with an alias, those in which it is found, how many languages, and where most were missed."""
    table = list(aliases())
    own = [
        Element(f"a{i}", f"pa{i}", f"wa{i}", ElementKind.CHARACTER, f"Alien {i}", aliases=(Alias(alias),))
        for i, (_, alias, _) in enumerate(table)
    ]
    ask = _asker(NamesDetector(Names((*held.named, *own))))  # type: ignore[arg-type]  # it reads names alone
    asked: dict[str, list[int]] = {}
    for number, (language, _, prompts) in enumerate(table):
        for prompt in prompts:
            tally = asked.setdefault(language, [0, 0])
            tally[0] += 1
            tally[1] += any(match.element_id == f"a{number}" for match in ask(prompt))
    worst = sorted(asked, key=lambda each: asked[each][1] / asked[each][0])[:4]
    missed = ", ".join(f"{each} {asked[each][1]} of {asked[each][0]}" for each in worst)
    return sum(each[0] for each in asked.values()), sum(each[1] for each in asked.values()), len(asked), missed


class _Growing:
    def __init__(self, named: tuple[Element, ...]) -> None:
        self._named = named
        self._revision = 1

    def revision(self) -> int:
        return self._revision

    def works(self) -> Sequence[Work]:
        return ()

    def elements(self) -> Sequence[Element]:
        return self._named

    def add(self, element: Element) -> None:
        """Registers one more."""
        self._named = (*self._named, element)
        self._revision += 1


def _asker(detector: NamesDetector) -> Callable[[str], Sequence[Any]]:
    return lambda text: detector.detect(Asset("prompt", MediaKind.TEXT, "", len(text), text=text), {})


def _timed(ask: Callable[[str], Any], prompt: str) -> float:
    begun = time.process_time()
    ask(prompt)
    return (time.process_time() - begun) * 1000


def _long(prompts: Sequence[str]) -> list[str]:
    """Prompts of some hundred words, put together from honest ones."""
    found, words = [], list[str]()
    for prompt in prompts:
        words += prompt.split()
        if len(words) >= WORDS:
            found.append(" ".join(words[:WORDS]))
            words = []
    return found[:TIMED]


def _stopped(ask: Callable[[str], Sequence[Any]], prompts: Sequence[str]) -> list[str]:
    stopped = []
    for prompt in prompts:
        if matches := ask(prompt):
            blocked = [match for match in matches if not match.evidence.get("ambiguous")]
            evidence = (blocked or matches)[0].evidence
            verdict = "block" if blocked else _REVIEW
            stopped.append(f"“{evidence['matched']}” for {evidence['name']} ({evidence['how']}, {verdict})")
    return stopped
