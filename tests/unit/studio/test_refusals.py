"""Which inputs are at fault, in the order of the request."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

from faircut.domain import CheckOutcome, CheckRun, Decision, MediaKind, Reason, Stage, Verdict
from faircut.studio.refusals import failing, refusal_words


def _decision(label: str, *reasons: tuple[str, Verdict], passed: bool = True) -> Decision:
    outcome = CheckOutcome.PASSED if passed else CheckOutcome.FAILED
    verdict = max((each for _, each in reasons), key=lambda each: each.severity, default=Verdict.ALLOW)
    told = tuple(
        Reason("protected.name", where, f"It shows {n}.", f"Drop {n}.", each) for n, (where, each) in enumerate(reasons)
    )
    return Decision(
        id=f"dec_{label}", input=label, asset_digest="0" * 64, kind=MediaKind.TEXT, stage=Stage.PROMPT, verdict=verdict,
        reasons=told, required=("names",), checks=(CheckRun("names", "names-v1", outcome, 1.0),), policy="p",
        catalogue_revision=1, created_at=datetime.now(UTC),
    )  # fmt: skip


def test_inputs_come_in_the_order_of_the_request_whatever_is_gravest() -> None:
    block, review = Verdict.BLOCK, Verdict.REVIEW
    order = ["Shot 1 and Shot 3", "title of shot 1", "Shot 2", "caption of shot 2", "Shot 10", "Image 2"]
    order += [
        "file name of Image 2",
        "the writing in Image 2",
        "Video 1",
        "Audio 1",
        "an earlier request and this request",
    ]
    for some in permutations(order[:5], 5):
        found = failing(
            [_decision("prompt", *((each, review) for each in some)), _decision("Image 2", ("Image 2", block))]
        )
        assert [each.input for each in found] == [*order[:5], "Image 2"]
    found = failing([_decision("prompt", *((each, block) for each in reversed(order)))])
    assert [each.input for each in found] == order


def test_the_gravest_reason_speaks_for_an_input() -> None:
    decision = _decision("prompt", ("prompt", Verdict.REVIEW), ("prompt", Verdict.BLOCK), ("prompt", Verdict.ALLOW))
    (found,) = failing([decision])
    assert (found.verdict, found.message) == (Verdict.BLOCK, "It shows 1.")
    assert refusal_words([decision]) == "prompt: It shows 1. Drop 1."


def test_a_check_that_did_not_run_is_a_reason() -> None:
    (found,) = failing([_decision("Image 1", passed=False)])
    assert (found.input, found.verdict) == ("Image 1", Verdict.BLOCK)
    assert "did not run" in refusal_words([_decision("Image 1", passed=False)])


def test_what_only_needs_a_review_says_so() -> None:
    words = refusal_words([_decision("prompt", ("Shot 1", Verdict.REVIEW), ("Shot 2", Verdict.REVIEW))])
    assert words.startswith("This needs review by a person before it can be made. Shot 1: It shows 0. Drop 0.")
    assert words.endswith("Besides: Shot 2: It shows 1.")
    assert not failing([_decision("prompt")])
