"""What a rewrite puts in place of words, and what it leaves out, so that the sentence still reads."""

from __future__ import annotations

import pytest

from faircut.domain import ElementKind, Reason, Verdict
from faircut.rewriting.gaps import clean_gap, kept, left, reads
from faircut.rewriting.names import PlainNames, article_of
from faircut.rewriting.words import GROUPS, LOOKS, SCENES, THINGS, Substitutes


def swapped(text: str, *groups: str, others: Substitutes | None = None) -> str:
    known = others or Substitutes()
    for group in groups:
        for each in reversed(known.swaps(text, 0, len(text), group)):
            text = text[: each.start] + each.text + text[each.end :]
    return text


@pytest.mark.parametrize(
    ("text", "group", "expected"),
    [
        ("a red scarf", LOOKS, "a green scarf"),
        ("Two swords", LOOKS, "Three swords"),
        ("two swords", THINGS, "two umbrellas"),
        ("a gun barrel opens", THINGS, "a curtain opens"),
        ("wolves and mice", SCENES, "badgers and hares"),
        ("a red-haired girl", LOOKS, "a brown-haired girl"),
        ("her red hair", LOOKS, "her brown hair"),
        ("a blonde sings", LOOKS, "a brunette sings"),
        ("a blonde girl", LOOKS, "a brown-haired girl"),
    ],
)
def test_a_word_becomes_another_of_its_kind(text: str, group: str, expected: str) -> None:
    assert swapped(text, group) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the ship sails across the bay",
        "violet-free hair floating upwards",
        "she runs round the house",
        "past the White House",
        "a lantern burning inside the cellar",
    ],
)
def test_a_word_in_another_sense_is_left_alone(text: str) -> None:
    assert swapped(text, LOOKS) == text
    assert "flags" not in swapped(text, THINGS)


def test_a_word_becomes_the_same_each_time_and_never_changes_twice() -> None:
    others = Substitutes()
    once = swapped("a red cap, a blue cap", *GROUPS, others=others)
    assert once.count("scarf") == 2
    assert swapped(once, *GROUPS, others=others) == once


@pytest.mark.parametrize(
    ("text", "gone", "expected"),
    [
        ("A boy with a cap, a drum, in the rain", "a drum", "A boy with a cap, in the rain"),
        ("A boy with a cap in the rain", "a cap in the rain", "A boy"),
        ("A boy with a cap and a drum", "a cap", "A boy with a drum"),
        ("A boy with a cap and a drum", "a drum", "A boy with a cap"),
        ("A boy who hums and walks home", "hums", "A boy who walks home"),
        ("Bees hum. A boy waves. Cut.", "A boy waves", "Bees hum. Cut."),
        ("Keywords: boy, cap, drum, rain", "boy", "Keywords: cap, drum, rain"),
    ],
)
def test_what_is_left_out_takes_its_connectors_along(text: str, gone: str, expected: str) -> None:
    start = text.index(gone)
    gap = clean_gap(text, start, start + len(gone))
    assert gap is not None
    assert (text[: gap[0]] + text[gap[1] :]).strip() == expected


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("A tall boy with a cap", "A tall boy"),
        ("boy, cap, drum, rain, street", "boy"),
        ("A boy with a cap and walks home", "a cap"),
        ("She tells the old king that it cannot pass", "it cannot pass"),
        ("A red and blue suit", "A red"),
        ("A boy in red and blue tights", "blue tights"),
        ("A boy in a large cap walks", "a large cap"),
    ],
)
def test_nothing_is_left_out_where_a_hole_would_stay(text: str, gone: str) -> None:
    start = text.index(gone)
    assert clean_gap(text, start, start + len(gone)) is None


@pytest.mark.parametrize(
    "text",
    [
        "With and green tail sings",
        "An original character with and with",
        "A boy who and always leaves",
        "A boy with his, runs",
        "Bela's an original character",
        "It ends with",
        "an army an invented story",
    ],
)
def test_loose_ends_are_seen(text: str) -> None:
    assert not reads("A boy with a green tail sings, and always leaves", text)
    assert reads(text, text)


def test_how_much_is_left_is_told_in_words() -> None:
    assert left("one two three four", "one two") == 0.5
    assert kept("one two three four", "one five two six") == 0.5
    assert kept("", "anything") == 1.0


@pytest.mark.parametrize(
    ("words", "article"),
    [
        ("original film", "an"),
        ("grey sofa", "a"),
        ("hour", "an"),
        ("unicorn", "a"),
        ("umbrella", "an"),
        ("8-bit", "an"),
    ],
)
def test_the_article_goes_with_the_word(words: str, article: str) -> None:
    assert article_of(words) == article


@pytest.mark.parametrize(
    ("text", "name", "kind", "code", "expected"),
    [
        ("A street in the look of a Studio Ada film", "Ada", None, "grey.style", "A street in a look of its own"),
        ("A street, Ada style, rain", "Ada", None, "grey.style", "A street, in a look of its own, rain"),
        ("Ada style drawing of two cats", "Ada", None, "grey.style", "drawing of two cats"),
        ("Rain, shot like Ada", "Ada", ElementKind.CHARACTER, "protected.name", "Rain, shot in a look of its own"),
        ("with the Ada vibe", "Ada", ElementKind.CHARACTER, "protected.name", "with the timeless vibe"),
        ("a Ada trailer", "Ada", ElementKind.CHARACTER, "protected.name", "a trailer"),
        ("my niece Ada waves", "Ada", ElementKind.CHARACTER, "possible.name", "my niece waves"),
        ("a cat called Ada waves", "Ada", ElementKind.CHARACTER, "possible.name", "a cat waves"),
        ("Ada the hamster gnaws", "Ada", ElementKind.CREATURE, "protected.name", "A hamster gnaws"),
        ("Lugosi's Ada waves", "Ada", ElementKind.CHARACTER, "protected.name", "Lugosi's original character waves"),
        ("the game Ada, a host", "Ada", ElementKind.CHARACTER, "possible.name", "the game , a host"),
        ("BBC Ada in London", "Ada", ElementKind.CHARACTER, "possible.name", "BBC original character in London"),
        ("Bo Lark Ada walks", "Ada", ElementKind.CHARACTER, "possible.name", "Bo Lark as an original character walks"),
        ("a young Ada waves", "Ada", ElementKind.CHARACTER, "protected.name", "a young original character waves"),
        ("Ada's tears", "Ada's", ElementKind.LIKENESS, "protected.name", "An unknown person's tears"),
    ],
)  # fmt: skip
def test_a_name_goes_with_what_belongs_to_it(
    text: str, name: str, kind: ElementKind | None, code: str, expected: str
) -> None:
    start = text.index(name)
    place = PlainNames().place(_reason(code), kind, text, start, start + len(name), Substitutes())
    assert place is not None
    assert " ".join(f"{text[: place.start]}{place.text}{text[place.end :]}".split()) == expected


def test_a_common_word_is_not_made_a_story() -> None:
    names, text = PlainNames(), "a white six-eyed alien sings"
    place = names.place(_reason("possible.title", ambiguous=True), None, text, 17, 22, Substitutes())
    assert place is not None
    assert place.text == "visitor"
    unknown = names.place(_reason("possible.title", ambiguous=True), None, "a grand prelude", 8, 15, Substitutes())
    assert unknown is None


def _reason(code: str, **evidence: bool) -> Reason:
    return Reason(code, "prompt", "", "", Verdict.REVIEW, evidence=evidence)
