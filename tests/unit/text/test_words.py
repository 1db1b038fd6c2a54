from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.text.attributes import attributes_of, kinds_of
from faircut.text.clauses import LONGEST_CLAUSE, clauses, sentences
from faircut.text.languages import language_of
from faircut.text.lexicon import Concept, all_concepts, concept_number, concepts, contradict, same_kind
from faircut.text.stems import stem
from faircut.text.words import content_words, rarity, vocabulary


def said(text: str) -> set[tuple[str, str]]:
    return {(str(each.head), str(each.value)) for each in attributes_of(text)}


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("a black-haired woman in a white dress", {("part:hair", "colour:black"), ("part:dress", "colour:white")}),
        ("her eyes are green", {("part:eye", "colour:green")}),
        ("a one-eyed giant with four wooden arms", {("part:eye", "count:one"), ("part:arm", "count:four")}),
        ("red coat, blue boots", {("part:coat", "colour:red"), ("part:shoe", "colour:blue")}),
    ],
)
def test_modifiers_belong_to_their_parts(text: str, bound: set[tuple[str, str]]) -> None:
    assert bound <= said(text)


def test_modifiers_do_not_leap_over_commas() -> None:
    assert ("part:shoe", "colour:red") not in said("red coat, blue boots")


def test_attributes_stand_where_they_are_said() -> None:
    text = "In the fog waits a lady with long silver hair."
    (hair,) = [each for each in attributes_of(text) if str(each.value) == "colour:silver"]
    assert text[hair.start : hair.end] == "silver hair"


def test_kinds_weigh_less_the_later_they_come() -> None:
    kinds = kinds_of(content_words("a fox drives a bus past a church"))
    assert kinds[Concept("kind", "dog")] > kinds[Concept("kind", "vehicle")] > kinds[Concept("kind", "building")]


@pytest.mark.parametrize(
    ("one", "other", "contrary"),
    [
        ("colour:red", "colour:green", True),
        ("colour:red", "colour:maroon", False),
        ("colour:grey", "colour:silver", False),
        ("colour:red", "colour:colourful", False),
        ("count:two", "count:three", True),
        ("count:two", "count:many", False),
        ("size:tiny", "size:huge", True),
        ("size:huge", "size:tall", False),
        ("colour:red", "material:wood", False),
        ("material:wood", "material:metal", False),
    ],
)
def test_contradictions(one: str, other: str, contrary: bool) -> None:
    first, second = Concept(*one.split(":")), Concept(*other.split(":"))
    assert contradict(first, second) is contrary
    assert contradict(second, first) is contrary


def test_concepts_have_numbers_that_fit_a_byte() -> None:
    listed = all_concepts()
    assert len(set(listed)) == len(listed) < 255
    assert [concept_number(each) for each in listed] == list(range(len(listed)))
    assert Concept("colour", "red") in concepts("scarlet")
    assert Concept("part", "tooth") in concepts("fangs")
    assert concepts("xylograph") == ()
    assert same_kind("woman", "person")
    assert not same_kind("dog", "building")


@pytest.mark.parametrize(
    "forms",
    [
        "tooth teeth toothed",
        "carve carved carving carves",
        "braid braided braids",
        "scale scales scaled",
        "wood wooden",
        "fly flies flying flew",
        "cherry cherries",
        "glass glasses",
    ],
)
def test_forms_of_a_word_share_a_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_different_words_keep_different_stems() -> None:
    words = ["bus", "boss", "ring", "red", "king", "robe", "crab", "cube", "bear", "beard", "bread"]
    assert len({stem(word) for word in words}) == len(words)


def test_rare_words_are_rarer() -> None:
    assert rarity("man") < rarity("lantern") < rarity("abacus") <= rarity("qwzrx") == 1


def test_words_of_like_meaning_have_like_vectors() -> None:
    table = vocabulary()
    rows = table.unit_vectors([table.row(word) for word in ("fangs", "teeth", "window", "qwzrx")])
    fangs, teeth, window, unknown = rows
    assert fangs @ teeth > 0.45 > fangs @ window
    assert not unknown.any()


def test_small_words_say_nothing() -> None:
    assert [word.text for word in content_words("The camera shows her with a dragon's 35mm lens")] == ["dragon"]


@given(st.text(max_size=150))
def test_words_and_clauses_lie_in_the_text(text: str) -> None:
    for word in content_words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert 0 <= word.rarity <= 1
    for spans in (clauses(text), sentences(text)):
        assert all(0 <= span.start <= span.end <= len(text) for span in spans)
        assert all(one.end <= other.start for one, other in itertools.pairwise(spans))


def test_clauses_say_one_thing_each() -> None:
    text = "A tall man, with a red hat and blue boots; he waits while the rain falls."
    assert [text[slice(*span)] for span in clauses(text)] == [
        "A tall man", "a red hat", "blue boots", "he waits", "the rain falls",
    ]  # fmt: skip
    long = " ".join(f"word{number}" for number in range(40))
    assert len(clauses(long)) == -(-40 // LONGEST_CLAUSE)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A tall woman walks through the rain with a lantern", "en"),
        ("Eine große Frau mit roten Haaren steht im Regen und hält eine Laterne", "de"),
        ("Une grande femme avec des cheveux rouges marche dans la rue sous la pluie", "fr"),
        ("Un hombre alto con una máscara y una capa negra camina por la calle", "es"),
        ("Высокая женщина с рыжими волосами стоит под дождём", "ru"),
        ("一个高大的女人站在雨中", "zh"),
        ("雨の中に立つ背の高い女性", "ja"),
        ("빗속에 서 있는 키 큰 여자", "ko"),
        ("امرأة طويلة تقف تحت المطر", "ar"),
        ("Ψηλή γυναίκα στη βροχή", "el"),
        ("neon cyberpunk city, rain, 35mm", None),
        ("12345 !!!", None),
        ("Señor García dances with a lamp in the rain", "en"),
    ],
)
def test_languages_are_told_by_script_and_small_words(text: str, language: str | None) -> None:
    assert language_of(text) == language
