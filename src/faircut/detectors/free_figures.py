"""Which names belong to everybody, and which words speak of a later version that does not: ours, and an operator's.

The table is ``free_figures.toml``; its head says what is in it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from faircut.errors import ConfigError
from faircut.text.words import content_words

_SETTING = "free_figures"


class Figure(BaseModel):
    """One figure or tale of the table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    also: tuple[str, ...] = ()
    source: str = Field(default="", description="The free text, its author and year.")
    later: tuple[str, ...] = Field(default=(), description="Words that speak of a version that may be somebody's.")
    perhaps: tuple[str, ...] = Field(default=(), description="Words of every day that may speak of such a version.")
    motifs: tuple[str, ...] = Field(default=(), description="Words of the free text: nobody's own, whoever has them.")
    free: bool = True

    @cached_property
    def of_the_tale(self) -> frozenset[str]:
        """The stems of all words that the free text has: its names, its author, its motifs."""
        texts = (self.name, *self.also, self.source, *self.motifs)
        return frozenset(word.stem for text in texts for word in content_words(text))

    @cached_property
    def _later(self) -> re.Pattern[str] | None:
        return _any_of(self.later)

    @cached_property
    def _perhaps(self) -> re.Pattern[str] | None:
        return _any_of(self.perhaps)

    def later_in(self, text: str) -> str | None:
        """The first words of a text that speak of a later version."""
        found = self._later.search(_plain(text)) if self._later else None
        return found[0] if found else None

    def perhaps_later_in(self, text: str) -> list[tuple[int, int]]:
        """The places of words that may speak of a later version, of a text whose letters are plain ones."""
        return [each.span() for each in self._perhaps.finditer(text)] if self._perhaps else []


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    plain = [re.escape(_plain(each)) for each in words]
    return re.compile(rf"(?<!\w)(?:{'|'.join(plain)})(?:s|es)?(?!\w)", re.IGNORECASE) if plain else None


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    figure: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class FreeFigures:
    """The figures by each of their names, as :func:`key_of` writes them."""

    by_name: Mapping[str, Figure]

    def called(self, name: str) -> Figure | None:
        """The figure of a name, however it is capitalised and with or without article."""
        return self.by_name.get(key_of(name))


def load_figures(own: Path | None = None) -> FreeFigures:
    """The shipped table, with the operator's ``own`` on top. Raises ConfigError when that cannot be read."""
    shipped = _shipped()
    if own is None:
        return FreeFigures(_by_name(shipped))
    try:
        text = own.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{own} cannot be read: {error}.", field=_SETTING, remedy="Name a TOML file with [[figure]] tables."
        ) from error
    mine = _parsed(text, own)
    names = {key_of(each.name) for each in mine}
    kept = [each for each in shipped if key_of(each.name) not in names]
    return FreeFigures(_by_name([*kept, *mine]))


@cache
def _shipped() -> tuple[Figure, ...]:
    return _parsed(files("faircut.detectors").joinpath("free_figures.toml").read_text(encoding="utf-8"), None)


def _parsed(text: str, path: Path | None) -> tuple[Figure, ...]:
    try:
        return _Table.model_validate(tomllib.loads(text)).figure
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ConfigError(
            f"{path or 'free_figures.toml'} is no table of figures: {error}.",
            field=_SETTING,
            remedy="Write [[figure]] tables with name, also, source, later, perhaps, motifs and free; "
            "docs/grey-zone.md shows one.",
        ) from error


def _by_name(figures: Iterable[Figure]) -> dict[str, Figure]:
    return {key_of(name): each for each in figures if each.free for name in (each.name, *each.also)}


@cache
def _marks() -> Mapping[str, tuple[str, ...]]:
    every = ((name, (*each.later, *each.perhaps)) for each in _shipped() for name in (each.name, *each.also))
    return {name.casefold(): words for name, words in every if words}


def marks_of_versions(name: str) -> tuple[str, ...]:
    """Words that speak of a later version of what the shipped table calls so, letter by letter but for capitals."""
    return _marks().get(name.casefold(), ())


def key_of(name: str) -> str:
    """A name by its letters and digits alone, without accents, capitals and a leading article."""
    return re.sub(r"[^\w]|_", "", re.sub(r"^(?:the|a|an) ", "", _plain(name)))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).replace("’", "'")
