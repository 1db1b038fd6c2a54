"""When a disguised name is still that name, and when a text still shows an element."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.domain import Element, ElementKind
from faircut.redteam.bounds import upper_bound
from faircut.redteam.deliveries import DESCRIPTION_DELIVERIES
from faircut.redteam.disguises import BY_CONSTRUCTION, DISGUISES
from faircut.redteam.likeness import likeness_of
from faircut.redteam.phrasings import written_so
from faircut.redteam.reader import reads
from faircut.redteam.sounds import SCRIPTS, in_script
from faircut.redteam.thesaurus import words_of

NAME = "Ysolde Marrinquay"


@pytest.mark.parametrize(
    "written",
    [
        "ysolde marrinquay",
        "Ysоldе Mаrrinquау",
        "𝒴𝓈ℴ𝓁𝒹ℯ 𝑀𝒶𝓇𝓇𝒾𝓃𝓆𝓊𝒶𝓎",
        "y50ld3 m4rr1nqu4y",
        "Y.s.o.l.d.e M.a.r.r.i.n.q.u.a.y",
        "Y\u200bsolde Mar\u00adrinquay",
        "yauqnirram edlosy",
        "edlosY yauqnirraM",
        "Marrinquay Ysolde",
        "Ysolde Marinquay",
        "Ysolda Marinquay",
        "Ys*lde M*rrinquay",
        "Ysld Mrrnqy",
        "Isolde Marrinkway",
        "#YsoldeMarrinquay2026",
        "Ysooolde Marrrinquay",
        "ysolde rnarrinq|_|ay",
    ],
)
def test_what_people_still_read(written: str) -> None:
    assert reads(written, NAME)


@pytest.mark.parametrize(
    "written", ["Ysolde", "Isabel Martinez", "Yslda Mrnqua", "a tall woman", "", "Ysolde Harrington", "Osmond Quay"]
)
def test_what_is_somebody_else(written: str) -> None:
    assert not reads(written, NAME)


def test_another_word_of_the_language_is_read_as_that_word() -> None:
    assert reads("Marlwo", "Marlow")
    assert not reads("Mellow", "Marlow")
    assert not reads("marrow", "Marlow")


def test_slips_are_judged_word_by_word() -> None:
    assert reads("the Graftter", "the Grafter")
    assert reads("teh Grafter", "the Grafter")
    assert reads("the wishing kyte", "the Wishing Kite")
    assert not reads("the wishing kit", "the Wishing Kite")
    assert not reads("the ride clock", "the Tide Clock")
    assert not reads("the Hsh Cafr", "the Hush Car")
    assert not reads("809913", "Boggle")


def test_short_names_bear_no_slip() -> None:
    assert reads("Kiv", "Kiv")
    assert not reads("Kib", "Kiv")


@pytest.mark.parametrize("family", [each for each in DISGUISES if each not in BY_CONSTRUCTION])
def test_every_family_makes_something_that_is_read(family: str) -> None:
    dice = random.Random(3)
    made = [DISGUISES[family]("Ysolde Marrinquay", dice) for _ in range(30)]
    assert any(each is not None and reads(each, "Ysolde Marrinquay") for each in made)


@given(st.text(max_size=40), st.sampled_from(sorted(DISGUISES)), st.integers(0, 2**16))
def test_no_name_breaks_a_disguise_or_the_reader(name: str, family: str, seed: int) -> None:
    if not any(char.isalpha() for char in name):
        return
    written = DISGUISES[family](name, random.Random(seed))
    if written is not None:
        reads(written, name)


def test_names_in_other_scripts_are_written_as_they_sound() -> None:
    assert in_script("tide clock", "Cyrillic") == "таид клок"
    assert in_script("kaldoran", "Cyrillic") == "калдоран"
    assert in_script("kaldoran", "Japanese") == "カルドラン"
    assert in_script("kaldoran", "Korean") == "칼도란"
    assert all(in_script("mirabel", script) for script in SCRIPTS)


def described() -> Element:
    return Element(
        "el",
        "party",
        "work",
        ElementKind.CREATURE,
        "Grumblethatch",
        keywords=("walking haystack", "copper kettle eyes", "six wooden stilts", "black iron weathercock", "steam"),
    )


def test_synonyms_keep_a_likeness_and_other_things_do_not() -> None:
    likeness = likeness_of(described())
    assert likeness is not None
    assert likeness.needed == 4
    kept = "A striding haystack, bronze kettles for eyeballs, half a dozen timber stilts, a weathercock of inky steel"
    assert likeness.kept_in(kept)
    assert not likeness.kept_in(kept.replace("half a dozen timber stilts", "long legs"))
    assert not likeness.kept_in("A haystack beside six wooden stilts and a kettle, weathercock on the barn")
    assert not likeness.kept_in("")


def test_what_is_hardly_described_cannot_be_attacked_by_description() -> None:
    assert likeness_of(Element("el", "p", "w", ElementKind.CREATURE, "X", keywords=("a big dog",))) is None


@pytest.mark.parametrize(
    ("events", "trials", "bound"), [(0, 3000, 0.000998), (0, 60, 0.0487), (1, 100, 0.0466), (30, 3000, 0.01355)]
)
def test_bounds_are_those_of_the_books(events: int, trials: int, bound: float) -> None:
    assert upper_bound(events, trials) == pytest.approx(bound, rel=0.01)


def test_no_trials_bound_nothing() -> None:
    assert upper_bound(0, 0) == upper_bound(5, 5) == 1.0


@pytest.mark.parametrize("delivery", DESCRIPTION_DELIVERIES)
def test_what_is_cut_up_or_disguised_says_what_it_said(delivery: str) -> None:
    text = "A brass monocle, a copper moth, seven wicks on a pipe, an eyepatch of velvet, boots of walrus leather"
    attack = None
    for seed in range(20):
        attack = DESCRIPTION_DELIVERIES[delivery](text, random.Random(seed))
        if attack is not None:
            break
    assert attack is not None
    said = {found[0] for found in words_of(attack.said)}
    assert {found[0] for found in words_of(text)} <= said
    disguised = attack.written(lambda piece: written_so(piece, {"monocle": "m0n0cle", "velvet": "vel\u0301vet"}))
    assert disguised.said.replace("m0n0cle", "monocle").replace("\u0301", "") == attack.said


@pytest.mark.parametrize("seed", range(40))
def test_two_slips_in_a_single_letter_are_no_crash(seed: int) -> None:
    assert len(DISGUISES["two slips"]("K", random.Random(seed))) <= 3
