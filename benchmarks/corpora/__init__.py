"""Text that measures the prompt guard: invented elements, name-free requests for them, and honest prompts.

``elements_*.json`` holds works with their elements; ``benign_*.txt`` holds one honest prompt a line. Every line was
written by hand for this project, so that no template flatters the guard.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

Kind = Literal["character", "creature", "costume", "set", "prop"]
Style = Literal["long", "short", "keywords", "buried", "oblique"]

FOLDER = Path(__file__).parent
MIN_PHRASINGS = 10
MIN_PHRASING_LENGTH = 60
MIN_NEAR_MISSES = 4
MAX_TAGLINE_LENGTH = 120
MIN_KEYWORDS, MAX_KEYWORDS = 6, 14

_Choice = TypeVar("_Choice", bound=str)


class CorpusError(ValueError):
    """A corpus file breaks a rule. The message names the file and lists every fault found in it."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A request that would draw an element without naming it."""

    style: Style
    text: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An honest request that shares genre and attributes with an element and shows something else.

    ``why`` says what sets it apart.
    """

    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Element:
    """What is registered of one element, and the requests that the guard must find and must let pass.

    ``file`` is the stem of the file that it stands in.
    """

    file: str
    work: str
    party: str
    kind: Kind
    name: str
    aliases: tuple[str, ...]
    tagline: str
    description: str
    keywords: tuple[str, ...]
    phrasings: tuple[Phrasing, ...]
    near_misses: tuple[NearMiss, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The name and every alias."""
        return (self.name, *self.aliases)


def load_elements(folder: Path = FOLDER) -> tuple[Element, ...]:
    """Every element of ``elements_*.json`` in ``folder``, in the order of file names.

    Raises CorpusError where a file is not of the documented form or an element breaks a rule: too few phrasings or
    near-misses, a phrasing that is too short or holds the element's name or an alias, or a text that occurs twice.
    """
    elements: list[Element] = []
    for path in sorted(folder.glob("elements_*.json")):
        read = _read(path)
        faults = [fault for element in read for fault in _faults(element)]
        if faults:
            raise CorpusError(f"{path.name}: " + "; ".join(faults))
        elements.extend(read)
    texts = (text for element in elements for text in _texts(element))
    _refuse_duplicates("names", (element.name for element in elements))
    _refuse_duplicates("requests", texts)
    return tuple(elements)


def load_benign(folder: Path = FOLDER) -> tuple[str, ...]:
    """Every prompt of ``benign_*.txt`` in ``folder``, in the order of file names; blank lines are skipped.

    Raises CorpusError where a prompt occurs twice.
    """
    prompts = [
        line.strip()
        for path in sorted(folder.glob("benign_*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    _refuse_duplicates("benign prompts", prompts)
    return tuple(prompts)


def _read(path: Path) -> list[Element]:
    try:
        works = json.loads(path.read_text(encoding="utf-8"))["works"]
        return [
            Element(
                file=path.stem,
                work=work["title"],
                party=work["party"],
                kind=choice(entry["kind"], get_args(Kind)),
                name=entry["name"],
                aliases=tuple(entry["aliases"]),
                tagline=entry["tagline"],
                description=entry["description"],
                keywords=tuple(entry["keywords"]),
                phrasings=tuple(
                    Phrasing(choice(phrasing["style"], get_args(Style)), phrasing["text"])
                    for phrasing in entry["phrasings"]
                ),
                near_misses=tuple(NearMiss(miss["why"], miss["text"]) for miss in entry["near_misses"]),
            )
            for work in works
            for entry in work["elements"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{path.name} is not of the documented form: {error!r}") from error


def choice(value: str, choices: tuple[_Choice, ...]) -> _Choice:
    """The one of ``choices`` that ``value`` is. Raises ValueError."""
    for each in choices:
        if each == value:
            return each
    raise ValueError(f"{value!r} is none of {', '.join(choices)}")


def _faults(element: Element) -> list[str]:
    name = element.name
    faults: list[str] = []
    if len(element.phrasings) < MIN_PHRASINGS:
        faults.append(f"{name} has {len(element.phrasings)} phrasings, {MIN_PHRASINGS} are needed")
    if len(element.near_misses) < MIN_NEAR_MISSES:
        faults.append(f"{name} has {len(element.near_misses)} near-misses, {MIN_NEAR_MISSES} are needed")
    if not MIN_KEYWORDS <= len(element.keywords) <= MAX_KEYWORDS:
        faults.append(f"{name} has {len(element.keywords)} keywords, not {MIN_KEYWORDS} to {MAX_KEYWORDS}")
    if not 0 < len(element.tagline) <= MAX_TAGLINE_LENGTH:
        faults.append(f"{name} has a tagline of {len(element.tagline)} characters, not 1 to {MAX_TAGLINE_LENGTH}")
    faults.extend(
        f"{name} has a phrasing under {MIN_PHRASING_LENGTH} characters: {phrasing.text!r}"
        for phrasing in element.phrasings
        if len(phrasing.text) < MIN_PHRASING_LENGTH
    )
    for text in _texts(element):
        faults.extend(f"{name} is named ({spoken!r}) in {text!r}" for spoken in element.names if _says(text, spoken))
    return faults


def _texts(element: Element) -> list[str]:
    return [phrasing.text for phrasing in element.phrasings] + [miss.text for miss in element.near_misses]


def _says(text: str, name: str) -> bool:
    return f" {_words(name)} " in f" {_words(text)} "


def _words(text: str) -> str:
    """The words of ``text`` in lower case without accents, single spaces between them."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def _refuse_duplicates(what: str, texts: Iterable[str]) -> None:
    twice = [text for text, count in Counter(_words(text) for text in texts).items() if count > 1]
    if twice:
        raise CorpusError(f"{what} that occur twice: " + "; ".join(repr(text) for text in twice))
