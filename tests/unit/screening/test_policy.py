from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.domain import (
    CheckOutcome,
    CheckRun,
    ElementKind,
    ElementPolicy,
    Match,
    MediaKind,
    Segment,
    Stage,
    Subject,
    Verdict,
)
from faircut.policy import Finding, GreyZoneRules, decide, required_checks
from faircut.wording import chance, clock

ADA = Subject("p", "North Pictures", ElementPolicy.BLOCK, "w", "Lantern Street", "e", "Ada", ElementKind.CHARACTER)
NAMED = Match("names-v1", "Shot 2", "w", "e", 1.0, evidence={"span": [3, 6], "matched": "Ada"})
COPIED = Match(
    "pdq-v1", "Video 1", "w", None, 0.93, "ref_1", Segment(2, 9.5), Segment(62, 69.5),
    {"transform": "mirrored", "speed": 1.25},
)  # fmt: skip


class Looks:
    def __init__(self, name: str, *kinds: MediaKind) -> None:
        self.name, self.version = name, f"{name}-v1"
        self.stages, self.kinds = frozenset(Stage), frozenset(kinds)

    def detect(self, asset, fingerprints):  # type: ignore[no-untyped-def]
        return ()


def passed(*names: str) -> list[CheckRun]:
    return [CheckRun(name, f"{name}-v1", CheckOutcome.PASSED, 1.0) for name in names]


def test_nothing_found_and_everything_checked_allows() -> None:
    assert decide("prompt", [], ["names"], passed("names")) == (Verdict.ALLOW, ())


@given(st.lists(st.sampled_from(list(CheckOutcome)), min_size=1, max_size=5), st.booleans())
def test_only_a_full_set_of_passed_checks_can_allow(outcomes: list[CheckOutcome], leave_one_out: bool) -> None:
    required = [f"check{number}" for number in range(len(outcomes))]
    checks = [CheckRun(name, f"{name}-v1", outcome, 1.0) for name, outcome in zip(required, outcomes, strict=True)]
    verdict, reasons = decide("prompt", [], required, checks[1:] if leave_one_out else checks)
    complete = not leave_one_out and set(outcomes) == {CheckOutcome.PASSED}
    assert (verdict is Verdict.ALLOW) == complete
    assert bool(reasons) != complete


def test_what_a_check_could_not_read_goes_to_review_where_the_operator_says_so() -> None:
    check = CheckRun("descriptions", "descriptions-v9", CheckOutcome.PASSED, 1.0, "written in 'ja'")
    assert decide("prompt", [], ["descriptions"], [check])[0] is Verdict.ALLOW
    verdict, (reason,) = decide("prompt", [], ["descriptions"], [check], limited=Verdict.REVIEW)
    assert verdict is reason.verdict is Verdict.REVIEW
    assert reason.code == "check.limited"
    assert "written in 'ja'" in reason.message
    assert decide("prompt", [], ["names"], passed("names"), limited=Verdict.REVIEW) == (Verdict.ALLOW, ())


def test_the_policy_is_called_by_what_is_done_with_what_was_not_read() -> None:
    assert GreyZoneRules().name == GreyZoneRules(limited=Verdict.ALLOW).name
    assert GreyZoneRules(limited=Verdict.REVIEW).name != GreyZoneRules().name


def test_an_asset_that_nothing_looks_at_is_blocked() -> None:
    verdict, reasons = decide("Image 1", [], [], [])
    assert verdict is Verdict.BLOCK
    assert reasons[0].code == "check.missing"


@pytest.mark.parametrize(
    ("policy", "kind", "ambiguous", "expected"),
    [
        (ElementPolicy.BLOCK, ElementKind.CHARACTER, False, Verdict.BLOCK),
        (ElementPolicy.REVIEW, ElementKind.CHARACTER, False, Verdict.REVIEW),
        (ElementPolicy.LICENCE, ElementKind.CHARACTER, False, Verdict.BLOCK),
        (ElementPolicy.BLOCK, ElementKind.STYLE, False, Verdict.REVIEW),
        (ElementPolicy.BLOCK, ElementKind.CHARACTER, True, Verdict.REVIEW),
    ],
)
def test_the_owners_policy_decides(policy, kind, ambiguous, expected) -> None:  # type: ignore[no-untyped-def]
    match = replace(NAMED, evidence={**NAMED.evidence, "ambiguous": ambiguous})
    verdict, reasons = decide(
        "prompt", [Finding(match, replace(ADA, policy=policy, kind=kind))], ["names"], passed("names")
    )
    assert verdict is expected
    assert ("licence" in reasons[0].remedy) == (policy is not ElementPolicy.BLOCK and not ambiguous)


def test_a_reason_says_which_input_which_element_why_and_what_to_change() -> None:
    _, (reason,) = decide("prompt", [Finding(NAMED, ADA)], ["names"], passed("names"))
    assert (reason.code, reason.input, reason.work, reason.element) == (
        "protected.name",
        "Shot 2",
        "Lantern Street",
        "Ada",
    )
    assert reason.message == "“Ada” in Shot 2 names the character Ada of “Lantern Street” (North Pictures)."
    assert reason.remedy == "Describe a character of your own instead."


@pytest.mark.parametrize(
    ("kind", "thing", "own"),
    [
        (ElementKind.LIKENESS, "the person Ada of “Lantern Street”", "a person"),
        (ElementKind.VOICE, "the voice of Ada of “Lantern Street”", "a speaker"),
        (ElementKind.SET, "the set Ada of “Lantern Street”", "a place"),
        (ElementKind.SOUNDTRACK, "the soundtrack “Ada” of “Lantern Street”", "a tune"),
        (ElementKind.TITLE, "the title “Ada” of “Lantern Street”", "a story"),
        (ElementKind.SCRIPT, "the script Ada of “Lantern Street”", "a story"),
        (ElementKind.STYLE, "the style Ada of “Lantern Street”", "a look"),
    ],
)
def test_each_kind_is_called_what_people_say(kind: ElementKind, thing: str, own: str) -> None:
    _, (reason,) = decide("prompt", [Finding(NAMED, replace(ADA, kind=kind))], ["names"], passed("names"))
    assert reason.message == f"“Ada” in Shot 2 names {thing} (North Pictures)."
    assert reason.remedy == f"Describe {own} of your own instead."


def test_nothing_is_told_twice_where_names_are_the_same() -> None:
    face = replace(ADA, kind=ElementKind.LIKENESS, work=None, work_id=None, party="Ada")
    title = replace(ADA, kind=ElementKind.TITLE, element="Lantern Street")
    _, reasons = decide("prompt", [Finding(NAMED, face)], ["names"], passed("names"))
    assert reasons[0].message.endswith("names the person Ada.")
    _, reasons = decide("prompt", [Finding(NAMED, title)], ["names"], passed("names"))
    assert reasons[0].message.endswith("names the title “Lantern Street” (North Pictures).")


def test_a_picture_reason_says_from_when_to_when_and_how_it_was_changed() -> None:
    whole = replace(ADA, element=None, element_id=None, kind=None)
    _, (reason,) = decide("Video 1", [Finding(COPIED, whole)], ["picture"], passed("picture"))
    assert reason.message == (
        "Video 1 at 2.0 s to 9.5 s shows “Lantern Street” (North Pictures), 1:02.0 to 1:09.5 of it "
        "(mirrored, at 1.25 times its speed)."
    )
    assert reason.remedy == "Cut out 2.0 s to 9.5 s, or use material of your own."
    assert (reason.query_segment, reason.reference_segment) == (Segment(2, 9.5), Segment(62, 69.5))


def test_the_gravest_reason_comes_first_and_repeated_names_are_told_once() -> None:
    mild = replace(ADA, policy=ElementPolicy.REVIEW, element="Old Tom", element_id="e2")
    again = replace(NAMED, evidence={"span": [40, 43], "matched": "Ada"})
    found = [Finding(replace(NAMED, element_id="e2"), mild), Finding(NAMED, ADA), Finding(again, ADA)]
    verdict, reasons = decide("prompt", found, ["names"], passed("names"))
    assert verdict is Verdict.BLOCK
    assert [each.element for each in reasons] == ["Ada", "Old Tom"]


def test_required_checks_follow_kind_stage_and_delivery() -> None:
    detectors = [Looks("names", MediaKind.TEXT), Looks("picture", MediaKind.IMAGE, MediaKind.VIDEO)]
    assert required_checks(detectors, MediaKind.TEXT, Stage.PROMPT) == ("names",)
    assert required_checks(detectors, MediaKind.IMAGE, Stage.UPLOAD) == ("media", "picture")
    assert required_checks(detectors, MediaKind.VIDEO, Stage.OUTPUT, deliverable=True) == (
        "media",
        "picture",
        "provenance",
    )


@pytest.mark.parametrize(("seconds", "words"), [(0, "0.0 s"), (59.94, "59.9 s"), (62, "1:02.0"), (3723.4, "1:02:03")])
def test_clock(seconds: float, words: str) -> None:
    assert clock(seconds) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.97, "97 %"), (0.9984, "99.8 %"), (0.99951, "over 99.9 %"), (1.0, "over 99.9 %"), (0.004, "under 1 %")],
)
def test_a_chance_is_never_rounded_to_certainty(probability: float, words: str) -> None:
    assert chance(probability) == words
