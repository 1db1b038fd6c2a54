"""A licence allows exactly what it covers: who, what, which use and when; everything else keeps its verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.detectors.descriptions import MOST_REPORTED
from faircut.domain import (
    CheckOutcome,
    CheckRun,
    ElementKind,
    ElementPolicy,
    Licence,
    Match,
    Naming,
    Segment,
    Subject,
    Use,
    Verdict,
)
from faircut.licences import LicenceGround
from faircut.licences.ground import MOST_DESCRIBED
from faircut.policy import Finding, GreyZoneRules, decide

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WREN = Subject("p", "North", ElementPolicy.BLOCK, "w", "The Salt Road", "wren", "Captain Wren", ElementKind.CHARACTER)
FILM = Subject("p", "North", ElementPolicy.BLOCK, "w", "The Salt Road")
LICENCE = Licence("lic_1", "p", "w", "wren", "key_ada", (Use.WORDS,), NOW, NOW + timedelta(days=1), "", NOW, "somebody")
NAME = Match("names-v1", "prompt", "w", "wren", 1.0, evidence={"span": [0, 12], "matched": "Captain Wren"})
TOLD = Match("descriptions-v1", "prompt", "w", "wren", 0.99, evidence={"matched": "in a coat of gulls"})
QUOTE = Match("quotes-v1", "prompt", "w", "wren", 1.0, evidence={"matched": "The tide keeps no promises"})
PICTURE = Match("pdq-v1", "Image 1", "w", "wren", 0.9, "ref", evidence={"distance": 12})
SOUND = Match("landmarks-v1", "Audio 1", "w", "wren", 0.9, "ref", Segment(0, 4), Segment(8, 12))
PLUGIN = Match("faces-v1", "Image 1", "w", "wren", 0.9)
PASSED = [CheckRun("names", "names-v1", CheckOutcome.PASSED, 1.0)]


def judged(match: Match, subject: Subject = WREN, *licences: Licence, at: datetime = NOW):  # type: ignore[no-untyped-def]
    grounds = [LicenceGround(licences or (LICENCE,), at), GreyZoneRules()]
    return decide("prompt", [Finding(match, subject)], ["names"], PASSED, grounds)


@pytest.mark.parametrize(
    ("match", "uses", "code"),
    [
        (NAME, Use.WORDS, "licensed.name"),
        (TOLD, Use.WORDS, "licensed.description"),
        (QUOTE, Use.WORDS, "licensed.quote"),
        (PICTURE, Use.COPIES, "licensed.picture"),
        (SOUND, Use.COPIES, "licensed.sound"),
    ],
)
def test_a_use_that_is_given_is_allowed_and_no_other(match: Match, uses: Use, code: str) -> None:
    verdict, (reason,) = judged(match, WREN, replace(LICENCE, uses=(uses,)))
    assert (verdict, reason.code, reason.verdict) == (Verdict.ALLOW, code, Verdict.ALLOW)
    assert reason.evidence["licence"] == "lic_1"
    assert "lic_1" in reason.message
    other = next(each for each in Use if each is not uses)
    assert judged(match, WREN, replace(LICENCE, uses=(other,)))[0] is Verdict.BLOCK
    assert judged(match, WREN, replace(LICENCE, uses=tuple(Use)))[0] is Verdict.ALLOW


def test_what_a_plugin_finds_is_no_use_that_anybody_could_name() -> None:
    assert judged(PLUGIN, WREN, replace(LICENCE, uses=tuple(Use)))[0] is Verdict.BLOCK


def test_a_licence_for_an_element_covers_neither_its_work_nor_another_element() -> None:
    for subject in (FILM, replace(WREN, element_id="gull", element="Gull"), replace(WREN, party_id="q")):
        assert judged(NAME, subject)[0] is Verdict.BLOCK


def test_a_licence_for_a_work_covers_all_of_it_and_no_other_work() -> None:
    whole = replace(LICENCE, element_id=None)
    assert judged(NAME, WREN, whole)[0] is judged(NAME, FILM, whole)[0] is Verdict.ALLOW
    assert judged(NAME, replace(WREN, work_id="v"), whole)[0] is Verdict.BLOCK
    person = replace(WREN, work_id=None, work=None)
    assert judged(NAME, person, whole)[0] is Verdict.BLOCK
    assert judged(NAME, person, replace(whole, work_id=None))[0] is Verdict.BLOCK


def test_a_crossover_needs_a_licence_for_each() -> None:
    other = Finding(replace(NAME, work_id="v", element_id="moth"), replace(WREN, work_id="v", element_id="moth"))
    verdict, reasons = decide(
        "prompt", [Finding(NAME, WREN), other], ["names"], PASSED, [LicenceGround([LICENCE], NOW)]
    )
    assert verdict is Verdict.BLOCK
    assert [each.code for each in reasons] == ["protected.name", "licensed.name"]


@given(st.timedeltas(min_value=timedelta(days=-3), max_value=timedelta(days=3)), st.booleans())
def test_it_holds_from_its_beginning_until_just_before_its_end(passed: timedelta, revoked: bool) -> None:
    licence = replace(LICENCE, revoked_at=NOW, revoked_by="somebody") if revoked else LICENCE
    within = timedelta(0) <= passed < timedelta(days=1) and not revoked
    expected = Verdict.ALLOW if within else Verdict.BLOCK
    assert judged(NAME, WREN, licence, at=NOW + passed)[0] is expected


def test_many_licensed_descriptions_in_one_text_might_hide_another() -> None:
    for described, expected in ((MOST_DESCRIBED, Verdict.ALLOW), (MOST_DESCRIBED + 1, Verdict.BLOCK)):
        ground = LicenceGround([LICENCE], NOW, described)
        assert decide("prompt", [Finding(TOLD, WREN)], ["names"], PASSED, [ground])[0] is expected
        assert decide("prompt", [Finding(NAME, WREN)], ["names"], PASSED, [ground])[0] is Verdict.ALLOW


def test_where_as_many_are_reported_as_can_be_somebody_elses_may_be_hidden() -> None:
    assert MOST_DESCRIBED < MOST_REPORTED


def test_the_first_and_the_last_moment() -> None:
    at = [NOW, NOW - timedelta(microseconds=1), LICENCE.until, LICENCE.until - timedelta(microseconds=1)]
    assert [judged(NAME, at=each)[0].value for each in at] == ["allow", "block", "block", "allow"]


def test_what_would_go_to_review_is_allowed_too() -> None:
    doubtful = replace(NAME, evidence={**NAME.evidence, "ambiguous": True})
    parody = replace(
        NAME, evidence={**NAME.evidence, "grey": {"zone": "parody", "cue": "a parody", "checked": True, "also": []}}
    )
    for match in (doubtful, parody):
        assert judged(match)[0] is Verdict.ALLOW
        assert judged(match, WREN, replace(LICENCE, uses=(Use.COPIES,)))[0] is Verdict.REVIEW


def test_the_look_of_a_studio_is_not_in_a_licence_for_one_work() -> None:
    grey = {"zone": "style", "cue": "in the style of", "checked": True, "also": []}
    look = replace(NAME, element_id=None, evidence={"matched": "North", "how": "studio", "grey": grey})
    assert judged(look, FILM, replace(LICENCE, element_id=None))[0] is Verdict.REVIEW


def test_a_check_that_did_not_pass_is_beyond_licences() -> None:
    for outcome in (CheckOutcome.FAILED, CheckOutcome.TIMEOUT, CheckOutcome.MISSING):
        checks = [CheckRun("names", "names-v1", outcome, 1.0)]
        assert decide("prompt", [Finding(NAME, WREN)], ["names"], checks, [LicenceGround([LICENCE], NOW)])[0] is (
            Verdict.BLOCK
        )


def test_the_licence_that_lasts_longest_is_named() -> None:
    longer = replace(LICENCE, id="lic_0", until=LICENCE.until + timedelta(days=1))
    _, (reason,) = judged(NAME, WREN, LICENCE, longer)
    assert reason.evidence["licence"] == "lic_0"


def test_what_may_not_be_named_is_not_named_by_its_licence() -> None:
    _, (reason,) = judged(NAME, replace(WREN, naming=Naming.NOTHING))
    assert "North" not in reason.message
    assert reason.element is None
    assert reason.evidence["licence"] == "lic_1"
    assert "Captain Wren of “The Salt Road” (North)" in reason.in_full.message
