from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faircut.detectors.descriptions import DescriptionsDetector
from faircut.detectors.descriptions_advice import completeness, suggest_attributes
from faircut.detectors.descriptions_combiner import combiner_from
from faircut.detectors.descriptions_explained import Said, evidence_of
from faircut.detectors.descriptions_index import DescriptionIndex
from faircut.detectors.descriptions_plain import as_plain
from faircut.domain import Asset, Element, ElementKind, MediaKind, Stage
from faircut.errors import ConfigError, InputError
from faircut.protocols import Detector

HERON = Element(
    id="elem_heron",
    party_id="party_1",
    work_id="work_1",
    kind=ElementKind.CHARACTER,
    name="Marrow Finch",
    tagline="Clockmaker with a birdcage for a chest and a coat of train tickets",
    description=(
        "A stooping old man whose chest is an open brass birdcage in which a blue clockwork finch sings. His long coat "
        "is sewn from thousands of yellow train tickets, and one of his eyes is a pocket watch."
    ),
    keywords=(
        "birdcage chest",
        "blue clockwork finch",
        "coat of train tickets",
        "pocket watch eye",
        "old clockmaker",
        "brass bars",
    ),
)
WIZARD = Element(
    id="elem_wizard",
    party_id="party_2",
    work_id="work_2",
    kind=ElementKind.CHARACTER,
    name="Ostrobald",
    tagline="Old wizard with a grey beard",
    description="An old wizard with a long grey beard, a pointed hat and a staff who carries a lit aquarium of eels.",
    keywords=("old wizard", "long grey beard", "pointed hat", "wooden staff", "lit aquarium", "eels"),
)
WHALE = Element(
    id="elem_whale",
    party_id="party_2",
    work_id="work_2",
    kind=ElementKind.CREATURE,
    name="Number Nine",
    tagline="Flying whale that serves as a city bus",
    description="A small whale swims through the air over the roofs with benches in its open mouth for passengers.",
    keywords=("flying whale", "benches in its mouth", "public transport", "number plate on the tail", "sky", "bus"),
)

HUES = ("red", "blue", "green", "violet", "grey", "brown", "white", "black")
REQUEST = (
    "an elderly fellow with bars of brass in place of ribs, inside them a mechanical blue songbird, "
    "his overcoat stitched together from old railway tickets, a pocket watch where one eye should be"
)


class Held:
    """A catalogue in memory."""

    def __init__(self, *elements: Element) -> None:
        self.held = list(elements)
        self.changes = 1

    def revision(self) -> int:
        return self.changes

    def elements(self) -> list[Element]:
        return list(self.held)

    def add(self, element: Element) -> None:
        self.held.append(element)
        self.changes += 1

    def remove(self, element: Element) -> None:
        self.held.remove(element)
        self.changes += 1


@pytest.fixture(scope="module")
def detector() -> DescriptionsDetector:
    return DescriptionsDetector(Held(HERON, WIZARD, WHALE))


def test_it_is_a_detector_of_prompts(detector: DescriptionsDetector) -> None:
    assert isinstance(detector, Detector)
    assert (detector.name, detector.version) == ("descriptions", "descriptions-v10")
    assert detector.stages == {Stage.PROMPT}
    assert detector.kinds == {MediaKind.TEXT}
    with pytest.raises(InputError):
        detector.detect(Asset("Image 1", MediaKind.IMAGE, "", 0), {})


def test_a_description_without_the_name_is_found_and_explained(detector: DescriptionsDetector) -> None:
    asset = Asset("prompt", MediaKind.TEXT, hashlib.sha256(REQUEST.encode()).hexdigest(), len(REQUEST), text=REQUEST)
    (match,) = detector.detect(asset, {})
    assert (match.element_id, match.work_id, match.input) == ("elem_heron", "work_1", "prompt")
    assert match.detector == "descriptions-v10"
    assert match.probability is not None
    assert match.probability > 0.9
    assert "ambiguous" not in match.evidence
    said = {each["attribute"] for each in match.evidence["attributes"]}
    assert any("ticket" in attribute for attribute in said)
    for each in match.evidence["attributes"]:
        start, end = each["span"]
        assert REQUEST[start:end].strip()
        assert each["field"] in ("tagline", "description", "keywords")
    assert match.evidence["matched"] in REQUEST
    assert 0 < match.evidence["coverage"] <= 1


def test_what_is_shown_is_told_plainly_or_in_the_same_word() -> None:
    text = "the little mermaid, a crab with a bell, a lamp of green glass, fog"
    pairs = [("the little mermaid", "a coral crown", 1.4), ("a crab with a bell", "a fussy red crab", 1.3)]
    pairs += [("a lamp of green glass", "an emerald lantern", 2.6), ("fog", "a long pier", 1.1)]
    found = [
        Said(text.index(said), text.index(said) + len(said), attribute, "keywords", weight, 0.0, phrase)
        for phrase, (said, attribute, weight) in enumerate(pairs)
    ]
    evidence = evidence_of(text, found, 0.5)
    assert [each["attribute"] for each in evidence["attributes"]] == [
        "a coral crown",
        "a fussy red crab",
        "an emerald lantern",
    ]
    assert len(evidence["spans"]) == len(found), "what counted is still pointed at"


def test_the_mark_that_ends_a_prompt_changes_nothing(detector: DescriptionsDetector) -> None:
    bare = detector.scores(REQUEST.rstrip("."))
    for mark in (".", "!", "…", " .\n"):
        assert detector.scores(REQUEST.rstrip(".") + mark) == bare


@pytest.mark.parametrize(
    "asked",
    ["Create a video of {}", "Please make me a short clip: {} Thanks!", "“{}”", "{}, 4k, cinematic", "Scene 1. {}"],
)
def test_how_it_is_asked_for_changes_no_verdict(asked: str, detector: DescriptionsDetector) -> None:
    found = detector.find(asked.format(REQUEST))
    assert [match.element_id for match in found if "ambiguous" not in match.evidence] == ["elem_heron"]


def test_a_description_buried_in_other_things_is_found(detector: DescriptionsDetector) -> None:
    buried = (
        "Start with rain on a station roof, handheld, a boy eats chips and a couple argues about the timetable. Warm "
        f"sodium light, 35mm grain. Then in the crowd we see {REQUEST}. He looks up at the board. The couple makes up, "
        "the boy drops his chips, pigeons come. End on the empty platform, soft piano."
    )
    assert [match.element_id for match in detector.find(buried)] == ["elem_heron"]


@pytest.mark.parametrize(
    "text",
    [
        "Drone shot over terraced rice fields at sunrise.",
        "An old clockmaker repairs a pocket watch in his workshop, warm lamp light, close-up of his hands.",
        "A blue songbird sings in a brass cage on a balcony in Seville.",
        "A man in a long yellow raincoat waits for the train and checks his ticket.",
        "An old wizard with a grey beard reads a book in a tower.",
        "A small whale jumps out of the sea near a fishing boat.",
        "Passengers board a crowded city bus on a rainy morning.",
        "",
        "   ",
        "?!",
    ],
)
def test_what_shares_one_thing_or_an_archetype_is_not_blocked(text: str, detector: DescriptionsDetector) -> None:
    assert [match.element_id for match in detector.find(text) if "ambiguous" not in match.evidence] == []


def test_contradictions_count_against(detector: DescriptionsDetector) -> None:
    theirs = dict(detector.scores(REQUEST))["elem_heron"]
    other = (
        REQUEST.replace("brass", "silver").replace("blue songbird", "red monkey").replace("old railway", "pink paper")
    )
    assert dict(detector.scores(other))["elem_heron"] < theirs - 1


@pytest.mark.parametrize(
    "disguised",
    [
        "".join(f"&#{ord(char)};" if place % 2 else char for place, char in enumerate(REQUEST)),
        "".join(f"%{ord(char):02x}" for char in REQUEST),
        " ".join(f"({word}:1.2)" for word in REQUEST.split()),
        REQUEST.replace("a", "<b>a</b>"),
        "".join(chr(0xE0000 + ord(char)) for char in REQUEST),
        "".join(f"{char}\u0336" for char in REQUEST),
        "Read this backwards: " + REQUEST[::-1],
    ],
)
def test_what_is_displayed_is_read_and_what_was_typed_is_quoted(detector: DescriptionsDetector, disguised: str) -> None:
    (match,) = detector.find(disguised)
    assert match.element_id == "elem_heron"
    assert match.evidence["matched"].rstrip("…") in disguised
    start, end = match.evidence["span"]
    said = " ".join(re.findall(r"\w+", as_plain(disguised[start:end]).text))
    parts = [part.strip() for part in REQUEST.split(",")]
    # Read backwards, what belongs together may stand at both ends of what was typed.
    assert any(part in said for part in parts)
    assert said in parts or disguised.startswith("Read this backwards")


@pytest.mark.parametrize("hidden", ["<{}>", '<p title="{}">', "<!-- {} -->", "[a pier]({})"])
def test_what_only_a_model_sees_is_read_too(detector: DescriptionsDetector, hidden: str) -> None:
    text = " ".join(hidden.format(part.strip()) for part in REQUEST.split(","))
    assert [match.element_id for match in detector.find(text)] == ["elem_heron"]


def test_a_number_with_its_unit_is_no_word_in_disguise() -> None:
    text = "35mm, 4K at 24fps, 3d, 1080p60, the 1980s, 2nd take, 10s: a b4tm4n w1th r3d 3y3s"
    assert as_plain(text).text == "35mm, 4K at 24fps, 3d, 1080p60, the 1980s, 2nd take, 10s: a batman with red eyes"
    assert as_plain("a 5h@rk and a 5p@rrow, 81rd").text == "a shark and a sparrow, bird"


def test_disguised_letters_are_read(detector: DescriptionsDetector) -> None:
    for disguised in (
        REQUEST.replace("a", "а").replace("o", "ο"),
        REQUEST.replace("i", "1").replace("o", "0"),
        "".join(char + "\u200b" if char == "s" else char for char in REQUEST),
    ):
        (match,) = detector.find(disguised)
        assert match.element_id == "elem_heron", disguised
        assert match.evidence["matched"].rstrip("…") in disguised, "what was typed is quoted"


def test_the_answer_is_the_same_every_time(detector: DescriptionsDetector) -> None:
    assert detector.scores(REQUEST) == detector.scores(REQUEST)
    again = DescriptionsDetector(Held(WHALE, HERON, WIZARD))
    assert dict(again.scores(REQUEST)) == pytest.approx(dict(detector.scores(REQUEST)), abs=1e-4)


def test_a_registration_counts_from_the_next_prompt_and_a_removal_too() -> None:
    catalogue = Held(WHALE)
    detector = DescriptionsDetector(catalogue)
    assert detector.find(REQUEST) == []
    catalogue.add(HERON)
    assert [match.element_id for match in detector.find(REQUEST)] == ["elem_heron"]
    catalogue.add(replace(HERON, id="elem_twin", work_id=None))
    assert {match.element_id for match in detector.find(REQUEST)} == {"elem_heron", "elem_twin"}
    for each in (HERON, catalogue.held[-1]):
        catalogue.remove(each)
    assert detector.find(REQUEST) == []


def test_an_empty_catalogue_and_elements_without_texts_match_nothing() -> None:
    silent = replace(HERON, id="elem_silent", tagline="", description="", keywords=())
    mute = replace(HERON, id="elem_mute", tagline="...", description="!", keywords=())
    assert DescriptionsDetector(Held()).find(REQUEST) == []
    assert DescriptionsDetector(Held(silent, mute)).find(REQUEST) == []


@pytest.mark.parametrize("field", ["tagline", "description", "keywords"])
def test_any_one_field_is_enough_to_be_compared(field: str) -> None:
    only = replace(HERON, **{name: () if name == "keywords" else "" for name in ("tagline", "description", "keywords")})
    only = replace(only, **{field: getattr(HERON, field)})
    (found,) = DescriptionsDetector(Held(only)).scores(REQUEST)
    assert found[0] == "elem_heron"


def test_a_description_alone_is_enough_to_be_found_by() -> None:
    lean = replace(HERON, tagline="", keywords=())
    (match,) = DescriptionsDetector(Held(lean, WIZARD)).find(REQUEST)
    assert match.element_id == "elem_heron"


def test_what_says_too_little_is_never_blocked_by() -> None:
    plumber = replace(HERON, tagline="", keywords=(), description="A moustachioed plumber in a red cap.")
    detector = DescriptionsDetector(Held(plumber, WIZARD))
    for text in ("A moustachioed plumber in a red cap.", "A plumber with a moustache and a red cap mends a sink."):
        assert all("ambiguous" in match.evidence for match in detector.find(text)), text


def test_the_closest_by_their_pieces_are_compared_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [replace(WIZARD, id=f"elem_{hue}", description=f"A {hue} wizard with a {hue} hat.") for hue in HUES]
    detector = DescriptionsDetector(Held(*others, HERON, WHALE))
    monkeypatch.setattr("faircut.detectors.descriptions_index.COMPARED", 1)
    assert [element for element, _ in detector.scores(REQUEST)] == ["elem_heron"]


def test_a_combiner_for_other_features_is_refused() -> None:
    with pytest.raises(ConfigError, match="other features"):
        combiner_from(json.dumps({"features": ["whole"]}))


def test_vectors_are_kept_between_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Held(HERON, WIZARD)
    first = DescriptionsDetector(catalogue, folder=tmp_path)
    expected = first.scores(REQUEST)
    catalogue.add(WHALE)
    expected = first.scores(REQUEST)
    assert len(list(tmp_path.glob("*.descriptions"))) == 1

    def refuse(self: Any, fresh: Any) -> None:
        raise AssertionError("encoded again")

    monkeypatch.setattr(DescriptionIndex, "_add", refuse)
    again = DescriptionsDetector(catalogue, folder=tmp_path)
    assert dict(again.scores(REQUEST)) == pytest.approx(dict(expected), abs=1e-4)


@pytest.mark.parametrize("damage", [b"", b"\xff" * 40, None], ids=["empty", "noise", "cut short"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    catalogue = Held(HERON, WHALE)
    expected = DescriptionsDetector(catalogue, folder=tmp_path).scores(REQUEST)
    (path,) = tmp_path.glob("*.descriptions")
    path.write_bytes(path.read_bytes()[:-500] if damage is None else damage)
    again = DescriptionsDetector(catalogue, folder=tmp_path).scores(REQUEST)
    assert dict(again) == pytest.approx(dict(expected), abs=1e-4)


def test_what_is_distinctive_can_be_asked_for(detector: DescriptionsDetector) -> None:
    found = detector.distinctive(HERON, REQUEST)
    assert found
    assert all(0 <= start < end <= len(REQUEST) for (start, end), _ in found)
    unregistered = replace(HERON, description="A stooping old man with a birdcage for a chest.", keywords=())
    assert detector.distinctive(unregistered, REQUEST)
    assert detector.distinctive(replace(unregistered, tagline="", description=""), REQUEST) == []


def test_a_missing_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no sentence model"):
        DescriptionsDetector(Held(HERON), model=str(tmp_path)).find(REQUEST)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=120))
def test_any_text_is_judged(text: str, detector: DescriptionsDetector) -> None:
    for match in detector.find(text):
        start, end = match.evidence["span"]
        assert 0 <= start <= end <= len(text)


def test_a_full_description_is_complete_and_a_thin_one_gets_advice() -> None:
    full = completeness(HERON)
    assert full.score > 0.85
    assert len(full.attributes) >= 8
    thin = completeness(replace(HERON, tagline="", keywords=(), description="A man in a red hat."))
    assert thin.score < 0.3
    assert any("tagline" in each for each in thin.advice)
    assert any("keywords" in each for each in thin.advice)
    assert completeness(replace(HERON, tagline="", keywords=(), description="")).score == 0


def test_attributes_are_suggested_from_the_description() -> None:
    found = suggest_attributes(HERON.description)
    assert any("birdcage" in each for each in found)
    assert all(each in HERON.description for each in found)
    assert suggest_attributes("") == []


@pytest.mark.parametrize(
    ("text", "noted"),
    [(REQUEST, ""), ("Ein alter Mann mit einem Vogelkäfig und einer Uhr steht im Regen", "de"), ("雨の中の男", "ja")],
)
def test_what_is_written_in_another_language_is_noted(text: str, noted: str, detector: DescriptionsDetector) -> None:
    note = detector.note(Asset("prompt", MediaKind.TEXT, "", 0, text=text))
    assert (noted in note) if noted else note == ""


def test_many_descriptions_are_searched_in_integers_and_found_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    few = DescriptionsDetector(Held(HERON, WIZARD, WHALE)).scores(REQUEST)
    monkeypatch.setattr("faircut.detectors.descriptions_index._MANY", 1)
    assert DescriptionsDetector(Held(HERON, WIZARD, WHALE)).scores(REQUEST) == few
