"""Names that are spelt otherwise: by letters, by sound, in other scripts, in other orders."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from faircut.detectors.faults import oddness
from faircut.detectors.fuzzy import WordIndex, edits_allowed, sounds_of
from faircut.detectors.names import AMBIGUOUS_SCORE, NamesDetector
from faircut.detectors.phonetic import keys, phonemes, respelling
from faircut.detectors.registry import Name, Roll
from faircut.detectors.surprisal import surprisal
from faircut.detectors.transliteration import spoken
from faircut.domain import Asset, Match, MediaKind


def ask(detector: NamesDetector, text: str) -> list[Match]:
    data = text.encode("utf-8", errors="replace")
    return list(detector.detect(Asset("prompt", MediaKind.TEXT, hashlib.sha256(data).hexdigest(), 0, text=text), {}))


@pytest.mark.parametrize(
    ("text", "words", "how"),
    [
        ("draw Kaldroan Vexx at night", "Kaldroan Vexx", "misspelt"),
        ("draw kaldoran vecks at night", "kaldoran vecks", "sounds like"),
        ("caldorran veks rides", "caldorran veks", "sounds like"),
        ("Vex, Kaldoran on a horse", "Vex, Kaldoran", "in another order"),
        ("xev narodlak on a horse", "xev narodlak", "reversed"),
        ("narodlak xev on a horse", "narodlak xev", "reversed"),
        ("Kaaaldoran Veeeex flies", "Kaaaldoran Veeeex", "repeated letters"),
        ("kaldorenvexx flies", "kaldorenvexx", "misspelt"),
        ("K4ldoram V3x flies", "K4ldoram V3x", "leet"),
        ("K1a2l3d4o5r6a7n V1e2x flies", "K1a2l3d4o5r6a7n V1e2x", "padded"),
        ("Калдоран Векс", "Калдоран Векс", "in Cyrillic letters"),
        ("Καλντόραν Βεξ", "Καλντόραν Βεξ", "in Greek letters"),
        ("a film with كالدوران فيكس", "كالدوران فيكس", "in Arabic letters"),
        ("a film with קלדורן וקס", "קלדורן וקס", "in Hebrew letters"),
        ("a film with कैल्डोरन वेक्स", "कैल्डोरन वेक्स", "in Devanagari letters"),
        ("カルドラン・ヴェックスが走る", "カルドラン・ヴェックス", "in Japanese letters"),
        ("칼도란 벡스 포스터", "칼도란 벡스", "in Korean letters"),
    ],
)
def test_respelt(catalogue: Any, text: str, words: str, how: str) -> None:
    element = catalogue.add_name("Kaldoran Vex")
    (match,) = ask(NamesDetector(catalogue), text)
    assert (match.element_id, match.evidence["matched"], match.evidence["how"]) == (element.id, words, how)
    assert AMBIGUOUS_SCORE <= match.score < 1
    assert match.evidence["name"] == "Kaldoran Vex"


def test_letters_that_look_like_another(catalogue: Any) -> None:
    catalogue.add_name("Mirrowane")
    (match,) = ask(NamesDetector(catalogue), "rnirrovvane in the rain")
    assert match.evidence["how"] == "look-alike letters"


@pytest.mark.parametrize("text", ["Cheburashka waves", "cheburashca waves", "Czeburaszka waves"])
def test_a_name_registered_in_another_script_is_found_in_latin_letters(catalogue: Any, text: str) -> None:
    catalogue.add_name("Чебурашка")
    assert len(ask(NamesDetector(catalogue), text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a lantern in the wind, the captain when he turns, a tower",
        "eleven minutes of warm rain over vast corn fields",
        "elves, elms, else",
        "Dibuja un faro lejano bajo la lluvia, con olas altas",
    ],
)
def test_words_of_the_language_are_nobodys_misspelt_name(catalogue: Any, text: str) -> None:
    for name in ("Lanterna", "Captain Wren", "Elzen", "Elze", "Vastra Korn", "Farolo"):
        catalogue.add_name(name)
    assert ask(NamesDetector(catalogue), text) == []


def test_a_short_name_misspelt_is_doubtful_without_company(catalogue: Any) -> None:
    catalogue.add_name("Yorvo", work="w1")
    catalogue.add_name("Thessaly Quill", work="w1")
    detector = NamesDetector(catalogue)
    (match,) = ask(detector, "yovro in a forest")
    assert match.evidence["ambiguous"] is True
    found = {match.element_id: match.evidence for match in ask(detector, "yovro and Thessaly Quill in a forest")}
    assert set(found) == {"el:Yorvo", "el:Thessaly Quill"}
    assert "ambiguous" not in found["el:Yorvo"]


@pytest.mark.parametrize(
    ("slip", "word"),
    [("ktenezhro", "kundin"), ("tenezdhpr", "cholita"), ("mcoiyngke", "krieglach"), ("jokdvilagi", "gastein")],
)
def test_what_looks_like_no_word_speaks_for_a_misspelt_name(slip: str, word: str) -> None:
    assert oddness(word) < -0.2 < 0.5 < oddness(slip)


def test_surprisal_is_of_small_latin_letters_alone() -> None:
    smooth, odd = surprisal("marina"), surprisal("zqxkv")
    assert smooth is not None
    assert odd is not None
    assert odd > smooth > 0
    assert [surprisal(word) for word in ("", "Ada", "дом", "a1", "ö")] == [None] * 5


def test_a_thing_in_small_letters_is_less_of_a_name(catalogue: Any) -> None:
    catalogue.add_name("Rokombai")
    detector = NamesDetector(catalogue)
    (named,) = ask(detector, "Rokoombia rides through Lisbon")
    assert "ambiguous" not in named.evidence
    less = ask(detector, "the old man and my rokoombia ride through Lisbon")
    assert all(match.score < named.score for match in less)


def test_registering_one_more_keeps_the_large_list(catalogue: Any) -> None:
    for number in range(50):
        catalogue.add_name(f"Ostravel Nim{number}bar")
    detector = NamesDetector(catalogue)
    assert ask(detector, "Quorvalune waits") == []
    before = detector._roll.base  # that it is not built anew is the point
    catalogue.add_name("Quorvalune")
    assert len(ask(detector, "Quorvalune waits, Quorvalume too")) == 1
    assert detector._roll.base is before
    assert len(ask(detector, "Ostravel Nim3bar")) == 1
    catalogue.named = [each for each in catalogue.named if each.name != "Ostravel Nim3bar"]
    catalogue.changes += 1
    assert not any(match.evidence["name"] == "Ostravel Nim3bar" for match in ask(detector, "Ostravel Nim3bar"))
    assert detector._roll.base is before


def test_a_roll_holds_what_it_was_given_last() -> None:
    one, two, three = (Name(text, "p", None, text) for text in ("Quorvalune", "Brannogwy", "Thessaly"))
    roll = Roll().updated((one, two)).updated((two, three))
    alive = {name for registry in roll.registries for pattern in registry.patterns for name in roll.alive(pattern)}
    assert alive == {two, three}


WORDS = st.text(alphabet="abcdeknorstuvz", min_size=3, max_size=15)


@settings(deadline=None, max_examples=200)
@given(word=WORDS, others=st.lists(WORDS, max_size=6), data=st.data())
def test_every_word_within_the_edits_is_a_candidate(word: str, others: list[str], data: st.DataObject) -> None:
    words = list(dict.fromkeys([word, *others]))
    index = WordIndex(words, [""] * len(words))
    edited = list(word)
    for _ in range(edits_allowed(len(word))):
        at = data.draw(st.integers(0, max(0, len(edited) - 2)))
        kind = data.draw(st.sampled_from(("drop", "swap", "insert", "other")))
        if kind == "swap" and at + 1 < len(edited):
            edited[at], edited[at + 1] = edited[at + 1], edited[at]
        elif kind == "drop":
            del edited[at]
        elif kind == "insert":
            edited.insert(at, data.draw(st.sampled_from("abcxyz")))
        elif edited:
            edited[at] = data.draw(st.sampled_from("abcxyz"))
    query = "".join(edited)
    # A word that has become so short bears fewer edits than the name; two swaps of one letter are three edits here.
    from rapidfuzz.distance import OSA

    distance = OSA.distance(query, word)
    assume(0 < distance <= edits_allowed(min(len(word), len(query))))
    assert (0, distance) in index.near(query)


@pytest.mark.parametrize(
    ("name", "heard"),
    [("vader", "vayder"), ("phoenix", "feenix"), ("kenobi", "kanobee"), ("knight", "nite"), ("darth", "darf")],
)
def test_respellings_share_a_key_and_are_near(name: str, heard: str) -> None:
    one, other = phonemes(f"{name}\n{heard}").split("\n")
    assert {key for key, _ in keys([one])} & {key for key, _ in keys([other])}
    assert respelling(one, other) < 0.6
    assert respelling(one, one) == 0


def test_other_consonants_are_another_word() -> None:
    one, other = sounds_of(["gandalf", "gondola"])
    assert respelling(one, other) == float("inf")


@pytest.mark.parametrize("word", ["дaрт", "孫悟空", "abc", "", "123", "🎬"])
def test_mixed_and_unread_scripts_are_not_pronounced(word: str) -> None:
    assert spoken(word) is None


@settings(deadline=None)
@given(word=st.text(max_size=60))
def test_any_word_is_pronounced_or_left(word: str) -> None:
    heard = spoken(word)
    assert heard is None or all(sound.isascii() for sound in heard.sounds)
    phonemes(word)


NAMES = ("Kaldoran Vex", "Thessaly Quill", "Brannogwy", "Grimsnettle")
PROMPTS = st.lists(
    st.sampled_from(
        (*NAMES, "Kaldroan Vexx", "grimsnetle", "a rainy street", "in", "the wind", "Vex, Kaldoran", "tea, and", "runs")
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@pytest.fixture(scope="module")
def invented(memory_catalogue: Any) -> NamesDetector:
    memory = memory_catalogue()
    for name in NAMES:
        memory.add_name(name)
    return NamesDetector(memory)


def found_in(detector: NamesDetector, text: str) -> set[tuple[str | None, bool]]:
    return {(match.element_id, bool(match.evidence.get("ambiguous"))) for match in ask(detector, text)}


@settings(deadline=None, max_examples=60)
@given(prompt=PROMPTS, data=st.data())
def test_what_nobody_sees_changes_nothing(invented: NamesDetector, prompt: str, data: st.DataObject) -> None:
    expected = found_in(invented, prompt)
    at = data.draw(st.integers(0, len(prompt)))
    hidden = data.draw(st.sampled_from("\u200b\u200d\u2060\u00ad\ufeff"))
    assert found_in(invented, prompt[:at] + hidden + prompt[at:]) == expected
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert found_in(invented, unicodedata.normalize(form, prompt)) == expected
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in prompt)
    assert {element for element, _ in found_in(invented, wide)} >= {element for element, _ in expected}


@settings(deadline=None, max_examples=60)
@given(prompt=PROMPTS)
def test_case_of_whole_prompts_loses_no_name(invented: NamesDetector, prompt: str) -> None:
    expected = {element for element, _ in found_in(invented, prompt)}
    for written in (prompt.lower(), prompt.upper()):
        assert {element for element, _ in found_in(invented, written)} == expected


@pytest.mark.parametrize("piece", ["kaldroan ", "vexk ", "xq zv ", "Kaldoran ", "дарт ", "カルド ", "k4ldr0an "])
def test_work_is_linear_in_the_text(invented: NamesDetector, piece: str) -> None:
    def calls(text: str) -> int:
        count = 0

        def watch(frame: Any, event: str, argument: Any) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        ask(invented, text)
        sys.setprofile(watch)
        try:
            ask(invented, text)
        finally:
            sys.setprofile(None)
        return count

    short, long = calls(piece * 100), calls(piece * 1_000)
    assert long < 12 * short


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Velmora “Stormy” Quist on a pier", True),
        ("Velmora X. Quist on a pier", True),
        ("velmora née quist", True),
        ("Velmora the brave Quist waves", True),
        ("Velmora [laughs] Quist", True),
        ("Velmora laughs. Quist is a village", False),
        ("Velmora walks on the old pier to Quist", False),
        ("Quist and a gull near Velmora", False),
    ],
)
def test_words_put_between_those_of_a_name_lead_to_review(memory_catalogue: Any, text: str, found: bool) -> None:
    memory = memory_catalogue()
    memory.add_name("Velmora Quist")
    asset = Asset("prompt", MediaKind.TEXT, "", len(text), text=text)
    matches = NamesDetector(memory).detect(asset, {})
    assert [match.evidence["ambiguous"] for match in matches] == [True] * found
