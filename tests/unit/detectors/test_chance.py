"""What chance, grammar and other languages may have written proves less of a name."""

from __future__ import annotations

from typing import Any

import pytest

from faircut.detectors.names import NamesDetector
from faircut.detectors.transliteration import spoken
from faircut.domain import Asset, Match, MediaKind


def ask(memory: Any, text: str) -> list[Match]:
    return list(NamesDetector(memory).detect(Asset("prompt", MediaKind.TEXT, "", len(text), text=text), {}))


def score(memory: Any, text: str, name: str) -> float:
    return max((match.score for match in ask(memory, text) if match.evidence["name"] == name), default=0.0)


def test_of_many_names_that_are_as_near_each_proves_less_but_not_those_of_one_work(memory_catalogue: Any) -> None:
    alone, among, family = memory_catalogue(), memory_catalogue(), memory_catalogue()
    for memory in (alone, among, family):
        memory.add_name("Karvolin", work="w")
    for vowel in "eouy":
        among.add_name(f"Karvol{vowel}n", work=f"w{vowel}")
        family.add_name(f"Karvol{vowel}n", work="w")
    text = "Karvolan on a pier"
    assert score(among, text, "Karvolin") < score(alone, text, "Karvolin") == score(family, text, "Karvolin")
    assert score(among, "Karvolin on a pier", "Karvolin") == 1.0


def test_a_comma_between_misspelt_words_takes_proof_away(memory_catalogue: Any) -> None:
    memory = memory_catalogue()
    memory.add_name("Hapo Mila")
    assert score(memory, "Hapon, Mila", "Hapo Mila") < score(memory, "Hapon Mila", "Hapo Mila")


def test_a_word_in_another_script_stands_out_among_latin_words(memory_catalogue: Any) -> None:
    memory = memory_catalogue()
    memory.add_name("Simbarani")
    among_latin = score(memory, "dessine سيمباراني dans la forêt sous la pluie", "Simbarani")
    assert among_latin > score(memory, "ارسم سيمباراني في الغابة تحت المطر", "Simbarani")


def test_letters_that_nobody_says_are_not_proved_by_what_only_writes_sounds(memory_catalogue: Any) -> None:
    said, silent = memory_catalogue(), memory_catalogue()
    said.add_name("Simarani")
    silent.add_name("Simeauraunie")
    text = "ارسم سيماراني في الغابة تحت المطر"
    assert score(said, text, "Simarani") > score(silent, text, "Simeauraunie")


def test_letters_that_a_script_has_for_its_own_words_are_told() -> None:
    heard, own = spoken("سكارويند"), spoken("المحرق")
    assert heard is not None
    assert own is not None
    assert not heard.native
    assert len(own.native) == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [("Mae'r rhes yn rhes ehangydd", "Maer"), ("Bunun üçün baxın", "Nucu"), ("не могу да радим са овом", "Mobo")],
)
def test_small_words_of_other_languages_are_no_certain_disguise(memory_catalogue: Any, text: str, name: str) -> None:
    memory = memory_catalogue()
    memory.add_name(name)
    assert all(match.evidence.get("ambiguous") for match in ask(memory, text))
