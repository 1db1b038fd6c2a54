"""Appeals: bounded, answered once, on record, and a labelled set without media or people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest

from faircut.app import Faircut
from faircut.appeals import MOST_WORDS, AppealState
from faircut.config import Settings
from faircut.detectors.names import NamesDetector
from faircut.domain import Decision
from faircut.errors import Conflict, InputError, LimitExceeded, NotFound, QuotaExceeded
from support.writing import lettered

PROMPT = "Orimund Vale walks home"


@pytest.fixture
def open_home(tmp_path: Path) -> Iterator[Callable[..., Faircut]]:
    made: list[Faircut] = []

    def make(**settings: object) -> Faircut:
        faircut = Faircut(Settings(home=tmp_path / "home", **settings))  # type: ignore[arg-type]
        if not faircut.catalogue.parties():
            party = faircut.catalogue.add_party("North Lantern Pictures", actor="tests")
            faircut.catalogue.add_element("character", "Orimund Vale", party=party.id, actor="tests")
        made.append(faircut)
        return faircut

    yield make
    for each in made:
        each.close()


def refused(faircut: Faircut, prompt: str = PROMPT, actor: str = "me") -> Decision:
    decision = faircut.screen_text(prompt, actor=actor)
    assert not decision.allows
    return decision


def test_an_appeal_is_made_answered_and_on_record(open_home: Callable[..., Faircut]) -> None:
    faircut = open_home()
    decision = refused(faircut)
    made = faircut.appeals.make(decision.id, "That is my uncle\x07", owner="me", texts=["other words", PROMPT])
    assert (made.state, made.words, made.text) == (AppealState.OPEN, "That is my uncle", PROMPT)
    assert faircut.appeals.against(decision.id) == made
    answered = faircut.appeals.answer(made.id, AppealState.OVERTURNED, "Sorry.", actor="boss")
    assert (answered.state, answered.note, answered.answered_by) == (AppealState.OVERTURNED, "Sorry.", "boss")
    assert faircut.appeals.get(made.id) == answered
    events = list(faircut.ledger.events(subject=made.id))
    assert [(event.kind, event.actor) for event in events] == [("appeal.made", "me"), ("appeal.answered", "boss")]
    assert events[1].payload["outcome"] == "overturned"
    assert "uncle" not in json.dumps([dict(event.payload) for event in events]), "the ledger holds digests of words"
    assert not refused(faircut).allows, "an answer changes no verdict"


def test_an_answer_stands_and_a_decision_has_one_appeal(open_home: Callable[..., Faircut]) -> None:
    faircut = open_home()
    decision = refused(faircut)
    made = faircut.appeals.make(decision.id, "Why?", owner="me")
    with pytest.raises(Conflict, match="already"):
        faircut.appeals.make(decision.id, "Why?", owner="other")
    faircut.appeals.answer(made.id, AppealState.UPHELD, "It names him.", actor="boss")
    with pytest.raises(Conflict, match="upheld already"):
        faircut.appeals.answer(made.id, AppealState.OVERTURNED, "No.", actor="boss")
    assert len(list(faircut.ledger.events(kind="appeal.made"))) == 1


def test_what_cannot_be_appealed(open_home: Callable[..., Faircut]) -> None:
    faircut = open_home()
    allowed = faircut.screen_text("a quiet harbour", actor="me")
    with pytest.raises(Conflict, match="Nothing was refused"):
        faircut.appeals.make(allowed.id, "Why?", owner="me")
    with pytest.raises(NotFound):
        faircut.appeals.make("dec_none", "Why?", owner="me")
    decision = refused(faircut)
    with pytest.raises(InputError):
        faircut.appeals.make(decision.id, " \x00\n ", owner="me")
    with pytest.raises(LimitExceeded):
        faircut.appeals.make(decision.id, "x" * (MOST_WORDS + 1), owner="me")
    with pytest.raises(NotFound):
        faircut.appeals.answer("app_none", AppealState.UPHELD, "No.", actor="boss")
    made = faircut.appeals.make(decision.id, "x" * MOST_WORDS, owner="me")
    with pytest.raises(InputError):
        faircut.appeals.answer(made.id, AppealState.OPEN, "Hm.", actor="boss")
    with pytest.raises(NotFound):
        faircut.appeals.get(made.id, owner="other")
    assert faircut.appeals.list("other") == []


def test_a_caller_makes_only_so_many_a_day(open_home: Callable[..., Faircut]) -> None:
    faircut = open_home(max_appeals_a_day=2)
    decisions = [refused(faircut, f"{PROMPT} {number}") for number in range(4)]
    for decision in decisions[:2]:
        faircut.appeals.make(decision.id, "Why?", owner="me")
    with pytest.raises(QuotaExceeded) as caught:
        faircut.appeals.make(decisions[2].id, "Why?", owner="me")
    assert 86_000 < caught.value.retry_after <= 86_400
    assert faircut.appeals.make(decisions[2].id, "Why?", owner="other").state is AppealState.OPEN
    assert open_home(max_appeals_a_day=0).appeals.make(decisions[3].id, "Why?", owner="me")


def test_answers_become_a_labelled_set(open_home: Callable[..., Faircut], tmp_path: Path) -> None:
    faircut = open_home()
    cv2.imwrite(str(tmp_path / "sign.png"), lettered("Orimund Vale"))
    picture = faircut.screen_file(tmp_path / "sign.png", actor="me")
    text = refused(faircut)
    waiting = refused(faircut, f"{PROMPT} again")
    outcomes = {picture.id: AppealState.OVERTURNED, text.id: AppealState.UPHELD}
    for decision_id, outcome in outcomes.items():
        made = faircut.appeals.make(decision_id, "Why?", owner="key_of_somebody", texts=[PROMPT])
        faircut.appeals.answer(made.id, outcome, "So.", actor="key_of_the_boss")
    faircut.appeals.make(waiting.id, "Why?", owner="me")
    lines = [json.dumps(each) for each in faircut.appeals.labelled()]
    first, second = (json.loads(line) for line in lines)
    assert (first["label"], first["kind"], first["text"], first["sha256"]) == (
        "wrongly_refused",
        "image",
        None,
        picture.asset_digest,
    )
    assert (second["label"], second["text"], second["verdict"]) == ("rightly_refused", PROMPT, "block")
    reason = second["reasons"][0]
    assert (reason["code"], reason["detector"], reason["score"]) == ("protected.name", NamesDetector.version, 1.0)
    assert reason["element"] == text.reasons[0].element_id
    assert reason["evidence"]["matched"] == "Orimund Vale"
    assert "key_of" not in "".join(lines), "nobody is named"
    assert "pictures" not in "".join(lines)
