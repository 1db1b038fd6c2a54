"""A find in several requests together tells a caller nothing that another caller wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from faircut.api.schemas import decision_out
from faircut.app import Faircut
from faircut.config import Settings
from faircut.corroboration import TOGETHER
from faircut.domain import Asset, CheckOutcome, CheckRun, Decision, Match, Shot, Verdict
from faircut.media.assets import asset_from_file
from faircut.private_words import OwnWords
from faircut.request_text import compose, continue_with

_WORD = re.compile(r"[^\W\d_]{4,}")

# What Alice sent, what Mallory goes on with, and what Mallory may be quoted.
CASES = {
    "a name split over two": (
        "My diary: pearl diver on the wooden pier at dusk beside lanterns, secretly called Mirabel",
        "Quench, pearl diver beside lanterns on the wooden pier",
        "Quench",
    ),
    "a name in the other order": (
        "Quist mends nets on the wooden pier at dusk, lanterns, herring gulls",
        "Wooden pier at dusk with herring gulls and lanterns, a nurse called Velmora",
        "Velmora",
    ),
    "a name that is withheld": (
        "Lemon eclairs in a smoky kitchen, thrown at a sleepy author called Sable",
        "Ostrander throws lemon eclairs at a sleepy author, smoky kitchen",
        "Ostrander",
    ),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path_factory.mktemp("home"))) as faircut:
        add = faircut.catalogue
        add.add_party("Lantern House", actor="tests")
        add.add_work("The Tin Heron", "Lantern House", actor="tests")
        add.add_work("Reckoning of Skylarks", "Lantern House", naming="nothing", actor="tests")
        add.add_element("character", "Mirabel Quench", work="The Tin Heron", actor="tests")
        add.add_element("character", "Velmora Quist", work="The Tin Heron", actor="tests")
        add.add_element("character", "Sable Ostrander", work="Reckoning of Skylarks", actor="tests")
        yield faircut


def ask(service: Faircut, text: str, owner: str, *files: Asset) -> tuple[Decision, ...]:
    request = replace(service.build_request(shots=[Shot(text)]), images=files)
    return service.screener.screen_request(request, actor=owner)


def everything_in(service: Faircut, decision: Decision) -> str:
    """All that is kept and all that is answered, with what is withheld from callers as well."""
    stored = service.decisions.get(decision.id)
    answers = [decision_out(stored, in_full=full).model_dump_json() for full in (False, True)]
    return json.dumps([repr(decision), repr(stored), *answers], ensure_ascii=False)


@pytest.mark.parametrize("case", CASES)
def test_what_another_caller_wrote_is_told_nobody(service: Faircut, case: str) -> None:
    theirs, mine, quoted = CASES[case]
    (first,) = ask(service, theirs, f"alice {case}")
    assert first.allows
    decision = ask(service, mine, f"mallory {case}")[-1]
    assert (decision.input, decision.verdict) == (TOGETHER, Verdict.BLOCK)
    (reason,) = decision.reasons
    assert str(reason.evidence["matched"]).startswith(quoted)
    assert reason.evidence["matched"] in mine
    assert not {"span", "spans", "also"} & reason.evidence.keys(), "places tell how much the others wrote"
    told = everything_in(service, decision).casefold()
    for word in (
        set(_WORD.findall(theirs.casefold()))
        - set(_WORD.findall(mine.casefold()))
        - {"mirabel", "velmora", "quist", "sable"}
    ):
        assert word not in told, word
    assert theirs.casefold()[-20:] not in told


def test_nor_is_it_told_whoever_sends_the_same_file(service: Faircut, tmp_path: Path) -> None:
    Image.linear_gradient("L").save(tmp_path / "shared.png")
    file = replace(asset_from_file(tmp_path / "shared.png", "Image 1"), name=None)
    ask(service, "My aunt's garden, and a nurse called Velmora", "carol", file)
    decision = ask(service, "Quist waters the roses", "dave", file)[-1]
    assert (decision.input, decision.reasons[0].element) == (TOGETHER, "Velmora Quist")
    assert decision.reasons[0].evidence["matched"] == "Quist"
    assert not re.search("aunt|garden|nurse", everything_in(service, decision))


@pytest.mark.parametrize("other", ["alice", "mallory"])
def test_first_letters_spell_a_name_in_the_requests_of_one_caller_alone(service: Faircut, other: str) -> None:
    first = "Visiting elderly lady, my own rented apartment, quarrel under ivy"
    ask(service, first, f"{other} of the letters")
    decisions = ask(service, "Some tulips, visiting elderly rented apartment quarrel", "mallory of the letters")
    assert [each.allows for each in decisions] == ([True] if other == "alice" else [True, False])
    for caller in ("alice", "mallory"):
        service.screener._recent.forget(f"{caller} of the letters")


def test_where_a_name_is_the_callers_alone_all_of_it_is_quoted(service: Faircut) -> None:
    ask(service, "A diver on the pier at dusk, she is called Mirabel", "ada")
    decision = ask(service, "Quench lights her lamp and goes down", "ada")[-1]
    assert decision.input == TOGETHER
    assert decision.reasons[0].evidence["matched"] == "Mirabel … Quench"
    assert "“Mirabel … Quench”" in decision.reasons[0].message


OTHERS, OWN, NOW = "a secret sealskin coat", "a brass eyepatch", "seven wicks on a pipe"


def told(match: Match, *, own: Sequence[int] = (1, 2)) -> Match:
    together = continue_with([OTHERS, OWN], compose([NOW]))
    places = tuple((start, end) for number, start, end in together.whose if number in own)
    found = OwnWords(together.words, places, NOW).locate(match)
    assert found is not None
    return found


def described(start: int, end: int, **evidence: object) -> Match:
    text = "\n".join((OTHERS, OWN, NOW))
    known: Mapping[str, object] = {"span": [start, end], "matched": text[start:end], "log_odds": 9.0, **evidence}
    return Match("descriptions-v2", TOGETHER, "w", "e", 0.99, evidence=known)


def test_of_a_description_only_what_the_caller_said_is_told() -> None:
    at = len(OTHERS) + 1
    attributes = [
        {"span": [2, 22], "attribute": "sealskin coat", "field": "keywords", "weight": 3.0},
        {"span": [at, at + len(OWN)], "attribute": "brass eyepatch", "field": "keywords", "weight": 2.0},
        {"span": [15, at + 4], "attribute": "coat of brass", "field": "keywords", "weight": 1.0},
    ]
    found = told(described(2, 22, attributes=attributes, spans=[[2, 22], [at, at + len(OWN)]])).evidence
    assert found == {
        "matched": OWN,
        "log_odds": 9.0,
        "attributes": [{"attribute": "brass eyepatch", "field": "keywords", "weight": 2.0}],
    }
    assert told(described(2, 22)).evidence["matched"] == NOW
    assert told(described(2, 22, attributes=attributes), own=(2,)).evidence["attributes"] == []


def test_what_a_plugin_says_of_words_is_not_passed_on() -> None:
    match = Match("sniffer-v1", TOGETHER, "w", None, 1.0, evidence={"sentence": OTHERS, "name": OTHERS})
    assert told(match).evidence == {}
    runs = [
        CheckRun("sniffer", "sniffer-v1", CheckOutcome.FAILED, 1.0, f"ValueError: {OTHERS}"),
        CheckRun("slow", "slow-v1", CheckOutcome.TIMEOUT, 1.0, "no answer within 3 s"),
    ]
    assert [each.detail for each in OwnWords(compose([NOW]), ()).checks(runs)] == ["", "no answer within 3 s"]
