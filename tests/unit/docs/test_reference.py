"""The documents name all that the code has: settings, commands, routes, codes, hooks, events, thresholds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from faircut import wire
from faircut.access import Scope
from faircut.catalogue.reading import fields_of, read_document
from faircut.catalogue.validation import clean_kind, clean_policy
from faircut.detectors import descriptions, names, on_screen, quotes
from faircut.domain import (
    CheckOutcome,
    CheckRun,
    Decision,
    ElementKind,
    ElementPolicy,
    GreyZone,
    JobState,
    JobStep,
    Match,
    MediaKind,
    Reason,
    Stage,
    Subject,
    Verdict,
)
from faircut.errors import InputError
from faircut.hookspecs import FaircutSpec
from faircut.ledger.chain import FORMAT
from faircut.match import (
    candidates,
    hints,
    picture,
    sound,
    sound_chromaprint,
    sound_confirmation,
    sound_landmarks,
    stills,
    stretches,
)
from faircut.policy import POLICY, Finding, GreyZoneRules, decide
from faircut.provenance.check import ProvenanceCheck
from faircut.studio import requests

PLACES = ("settings", "commands", "routes", "error codes", "ark options", "videos options", "frame sizes")
DETECTORS = (
    names.NamesDetector,
    quotes.QuotesDetector,
    descriptions.DescriptionsDetector,
    on_screen.OnScreenTextDetector,
    picture.PictureMatcher,
    sound.SoundMatcher,
)


@pytest.mark.parametrize("place", PLACES)
def test_what_follows_from_the_code_is_up_to_date(generate, place: str) -> None:
    documented, coded = generate.stale(place)
    assert documented == coded, "run: .venv/bin/python docs/generate.py"


def test_every_generated_place_is_tested(generate) -> None:
    assert set(PLACES) == set(generate.PLACES)


def test_a_new_setting_would_be_missed(generate, monkeypatch: pytest.MonkeyPatch) -> None:
    from faircut.config import Settings

    class More(Settings):
        undocumented: int = 7

    monkeypatch.setattr("faircut.config.Settings", More)
    documented, coded = generate.stale("settings")
    assert documented != coded
    assert "`FAIRCUT_UNDOCUMENTED`" in coded


def test_every_address_of_the_service_is_in_the_openapi_document(generate, root: Path) -> None:
    import json

    paths = json.loads((root / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    described = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    assert {(method, path) for method, path, _, _ in generate.api_routes()} == described


def test_every_error_code_has_a_remedy(generate, pages, root: Path) -> None:
    codes = {kind.code for kind in generate.error_kinds()} | set(_literal_codes(root / "src"))
    by_hand = pages["docs/errors.md"].text.partition("<!-- end of error codes -->")[2]
    documented = set(re.findall(r"^\| `([a-z_.]+)` \|", by_hand.partition("## Reason codes")[0], re.MULTILINE))
    assert documented == codes


def _literal_codes(folder: Path) -> Iterator[str]:
    """Codes that are written out where an error is made without an exception."""
    for node in _nodes(folder, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "code" and isinstance(value, ast.Constant):
                yield value.value


def test_every_reason_code_is_explained(pages) -> None:
    by_hand = pages["docs/errors.md"].text.partition("## Reason codes")[2]
    assert set(re.findall(r"^\| `([a-z._]+)` \|", by_hand, re.MULTILINE)) == set(_reason_codes())


def _reason_codes() -> Iterator[str]:
    """What policy says of every kind of match that the built-in detectors make, and of every way not to check."""
    work = Subject("p", "Party", ElementPolicy.BLOCK, "w", "Work")
    element = Subject("p", "Party", ElementPolicy.BLOCK, "w", "Work", "e", "Element", ElementKind.PROP)
    detectors = ("names-v1", "quotes-v1", "descriptions-v1", "pdq-v1", "chromaprint-v1", "plugin-v1")
    doubtful = ("names-v1", "descriptions-v1", "pdq-v1")
    kinds = [(detector, False) for detector in detectors] + [(detector, True) for detector in doubtful]
    for detector, ambiguous in kinds:
        for subject in (work, element):
            evidence = {"ambiguous": ambiguous} | ({} if detector == "plugin-v1" else {"matched": "x"})
            match = Match(detector, "prompt", "w", subject.element_id, 1.0, evidence=evidence)
            yield from (each.code for each in decide("prompt", [Finding(match, subject)], ["names"], [_run()])[1])
    for zone in GreyZone:
        mark = {"zone": zone, "cue": "x", "also": [], "checked": True}
        match = Match("names-v1", "prompt", "w", "e", 1.0, evidence={"matched": "x", "ambiguous": True, "grey": mark})
        rules = GreyZoneRules(dict.fromkeys(GreyZone, Verdict.ALLOW))
        yield from (each.code for each in decide("prompt", [Finding(match, element)], ["names"], [_run()], [rules])[1])
    for outcome in CheckOutcome:
        yield from (each.code for each in decide("prompt", [], ["names"], [_run(outcome)])[1])
    yield from (each.code for each in decide("prompt", [], [], [])[1])
    noted = CheckRun("names", "names-v1", CheckOutcome.PASSED, 1.0, "written in 'ja'")
    yield from (each.code for each in decide("prompt", [], ["names"], [noted], limited=Verdict.REVIEW)[1])


def _run(outcome: CheckOutcome = CheckOutcome.PASSED) -> CheckRun:
    return CheckRun("names", "names-v1", outcome, 1.0)


def test_every_hook_is_explained_and_shown(pages) -> None:
    page = pages["docs/guides/developer.md"]
    hooks = [name for name in vars(FaircutSpec) if name.startswith("faircut_")]
    assert len(hooks) >= 2
    for hook in hooks:
        assert any(row[0].startswith(f"`{hook}(") for row in page.rows()), hook
        assert any(f"def {hook}(" in block for block in page.blocks("python")), hook


def test_every_kind_of_event_is_explained(pages, root: Path) -> None:
    documented = {code for code in pages["docs/ledger.md"].codes_in_first_column() if "." in code}
    documented |= {"decision", "release"} & pages["docs/ledger.md"].codes_in_first_column()
    written = set(_event_kinds(root / "src"))
    assert {"decision", "release", "catalogue.work.added", "job.refused"} <= written
    assert documented == written


def _event_kinds(folder: Path) -> Iterator[str]:
    for node in _nodes(folder, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        position = {"append": 0, "append_in": 1, "record": 0}.get(name)
        if position is None or len(node.args) < position + 2:
            continue
        kind = node.args[position]
        if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
            yield kind.value
        elif isinstance(kind, ast.Name) and kind.id == "RELEASE":
            yield "release"
        elif isinstance(kind, ast.JoinedStr):
            # f"job.{state}": the ends that have an event of their own.
            yield from (f"job.{state}" for state in JobState if state.final and state is not JobState.RELEASED)


def _nodes(folder: Path, kind: type[ast.AST]) -> Iterator:  # type: ignore[type-arg]
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, kind):
                yield node


def test_algorithms_thresholds_and_scores(pages) -> None:
    page = pages["docs/fingerprints.md"]
    rows = {tuple(row[:2]) for row in page.rows()}
    for detector in (*DETECTORS, ProvenanceCheck):
        assert (f"`{detector.name}`", f"`{detector.version}`") in rows
    assert ("search radius", f"{candidates.SEARCH_RADIUS} bits") in rows
    assert ("radius on the line", f"{stretches.VERIFY_RADIUS} bits") in rows
    assert ("still pictures", f"{stretches.STILL_RADIUS} bits") in rows
    assert ("dim stretches", f"{stretches.DIM_RADIUS} bits") in rows
    assert ("hints", f"{stills.HINT_RADIUS} bits, quality from {stills.HINT_QUALITY}, {hints.PLACES} places") in rows
    assert ("differing bits over two seconds", f"{sound_chromaprint.MAX_BIT_ERROR:.0%}".replace("%", " %")) in rows
    assert ("shortest stretch", f"{sound_chromaprint.MIN_SECONDS:g} s") in rows
    assert ("gain over the same codes moved about", f"{sound_chromaprint.MIN_GAIN:.0%}".replace("%", " %")) in rows
    assert ("evidence", f"{sound_landmarks.MIN_EVIDENCE:g} nats") in rows
    assert ("shortest stretch", f"{sound_landmarks.MIN_SECONDS:g} s") in rows
    assert ("compared at all", f"{sound_confirmation.DOUBTFUL:g} nats") in rows
    assert ("above the same two moved about", f"{sound_confirmation.CONFIRMED:g} standard deviations") in rows
    scores = {(row[0], row[2]) for row in page.rows() if len(row) == 3}
    for how, score in names.SCORES.items():
        assert (f"`{how}`", f"{score}") in scores


def test_the_published_vectors_are_those_of_the_tests(pages, module_at, root: Path) -> None:
    text = pages["docs/fingerprints.md"].text
    for name in ("test_pdq.py", "test_framing.py", "test_keypoints.py"):
        vectors = module_at(root / "tests" / "unit" / "fingerprints" / name).VECTORS
        for seed, code in vectors.items():
            assert f"| {seed} | `{code}` |" in text
    chromaprint = module_at(root / "tests" / "unit" / "fingerprints" / "test_chromaprint.py")
    assert ", ".join(map(str, chromaprint.VECTOR)) in text
    landmarks = module_at(root / "tests" / "unit" / "fingerprints" / "test_landmarks.py")
    assert ", ".join(map(str, landmarks.VECTOR[:4])) in text
    levels = module_at(root / "tests" / "unit" / "fingerprints" / "test_levels.py")
    assert f"`{levels.VECTOR}`" in text


def test_the_readme_names_the_checks_of_each_stage(pages) -> None:
    rows = {row[0]: row[2] for row in pages["README.md"].rows() if len(row) == 4}
    for stage, kinds in (("prompt", [MediaKind.TEXT]), ("upload", list(MediaKind)[1:]), ("output", [MediaKind.VIDEO])):
        required = {
            each.version for each in DETECTORS if Stage(stage) in each.stages and not each.kinds.isdisjoint(kinds)
        }
        assert set(re.findall(r"`([\w-]+)`", rows[stage])) == required
    assert f"`{ProvenanceCheck.version}`" in rows["release"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("docs/api.md", [*Scope, *JobState, *JobStep]),
        ("docs/concepts.md", [*ElementKind, *ElementPolicy, *Stage, *Verdict, *JobStep]),
        ("docs/contract-for-scripts.md", [*ElementKind, *ElementPolicy, *Verdict, *CheckOutcome, *MediaKind]),
        ("CHANGELOG.md", [*(each.version for each in DETECTORS), POLICY, FORMAT]),
    ],
)
def test_every_word_of_the_vocabulary_is_there(pages, name: str, words: list[str]) -> None:
    spans = set(pages[name].spans())
    assert [str(word) for word in words if str(word) not in spans] == []


def test_the_change_log_lists_the_algorithms_that_there_are(pages) -> None:
    listed = pages["CHANGELOG.md"].text.partition("### Contracts begun")[2]
    assert [each.version for each in DETECTORS if f"`{each.version}`" not in listed] == []


def test_the_contract_names_every_field(pages) -> None:
    fields = pages["docs/contract-for-scripts.md"].codes_in_first_column()
    for kind in (Decision, Reason, CheckRun):
        assert set(kind.__dataclass_fields__) <= fields, kind.__name__
    assert set(wire.dump(_run())) <= fields


@pytest.mark.parametrize(
    ("document", "of"),
    [
        ({"parties": [{"zz": 1}]}, "party"),
        ({"works": [{"zz": 1}]}, "work"),
        ({"works": [{"title": "Tt", "party": "Pp", "elements": [{"zz": 1}]}]}, "element"),
    ],
)
def test_the_contract_names_every_key_that_import_takes(pages, document: object, of: str) -> None:
    with pytest.raises(InputError) as caught:
        read_document(document, folder=None)
    accepted = set(caught.value.remedy.removeprefix("Accepted are: ").rstrip(".").split(", "))
    documented = {
        key
        for row in pages["docs/contract-for-scripts.md"].rows()
        if len(row) == 3 and of in row[1].split(", ")
        for key in re.findall(r"`(\w+)`", row[0])
    }
    assert documented == accepted


def test_words_of_the_contract_are_accepted(pages) -> None:
    for row in pages["docs/contract-for-scripts.md"].rows():
        codes = re.findall(r"`([\w]+)`", row[2]) if len(row) == 3 else []
        if row[0] == "`kind`" and row[1] == "element":
            assert {clean_kind(code, field="kind") for code in codes} == set(ElementKind)
        if row[0] == "`policy`":
            assert {clean_policy(code, field="policy") for code in codes} == set(ElementPolicy)
    assert fields_of({"scope": 1}, "", ("scope", "value"))


def test_the_limits_of_a_request_are_those_of_the_studio(pages) -> None:
    numbers = {1: "one", 3: "three", 9: "nine", 12: "twelve"}
    text = pages["docs/concepts.md"].text
    images, clips, sounds = (requests.MOST_FILES[kind] for kind in list(MediaKind)[1:])
    assert f"One to {numbers[requests.MOST_SHOTS]} shots" in text
    assert f"up to {numbers[images]} images, {numbers[clips]} clips and {numbers[sounds]} sounds" in text
    assert f"{requests.SHORTEST_S} to {requests.LONGEST_S} seconds" in text
