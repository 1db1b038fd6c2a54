"""The corpora that measure the prompt guard: what is shipped is sound, and unsound files are refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
from benchmarks.corpora import (
    FOLDER,
    MIN_PHRASING_LENGTH,
    MIN_PHRASINGS,
    CorpusError,
    Element,
    Kind,
    Style,
    load_benign,
    load_elements,
)
from benchmarks.description_sets import (
    PLAIN,
    all_elements,
    honest_lessons,
    known,
    later_elements,
    learns,
    learns_honest,
    lessons,
)
from benchmarks.other_languages import load_languages


def test_the_shipped_corpora_are_sound_and_mixed() -> None:
    elements = load_elements()
    assert set(get_args(Kind)) == {element.kind for element in elements}
    assert all({"long", "short", "buried"} <= {item.style for item in element.phrasings} for element in elements)
    assert len({element.work for element in elements}) * 6 >= len(elements)
    styles = Counter(item.style for element in elements for item in element.phrasings)
    assert set(styles) == set(get_args(Style))


def test_requests_are_not_the_registered_words_again() -> None:
    """A phrasing that repeats long runs of what is registered would measure string search."""
    for element in (*load_elements(), *(each for each in all_elements() if not learns(each) and not known(each))):
        registered = _runs(f"{element.tagline} {element.description} {' '.join(element.keywords)}", 6)
        for item in element.phrasings:
            assert not registered & _runs(item.text, 6), f"{element.name}: {item.text}"


def test_lessons_are_sound_and_nothing_that_is_reported_is_among_them() -> None:
    taught = lessons()
    assert all(each.description and each.keywords and len(each.requests) >= 3 for each in taught)
    assert all(each.near_misses for each in taught)
    reported = [text for each in all_elements() if not learns(each) for text in _said(each)]
    learnt = [text for each in taught for text in (*each.requests, *each.near_misses)]
    assert not {_plain(text) for text in reported} & {_plain(text) for text in learnt}
    twice = [text for text, count in Counter(_plain(text) for text in (*reported, *learnt)).items() if count > 1]
    assert not twice
    registered = Counter(_plain(each.description) for each in taught)
    assert max(registered.values()) == 1


def test_honest_prompts_that_are_learnt_are_none_that_are_reported() -> None:
    learnt = [_plain(text) for text in honest_lessons()]
    assert len(set(learnt)) == len(learnt) >= 3000
    assert not set(learnt) & {_plain(text) for text in load_benign() if not learns_honest(text)}
    assert not set(learnt) & {_plain(text) for each in all_elements() for text in _said(each)}
    # As names are written: the hush of twilight is nobody's.
    named = [each.name for each in load_elements() if any(each.name in text for text in honest_lessons())]
    assert not named


def test_elements_written_last_are_whole_and_some_are_known_to_everybody() -> None:
    later = later_elements()
    assert len({each.name for each in (*load_elements(), *later)}) == len(load_elements()) + len(later)
    assert all(len(each.phrasings) >= MIN_PHRASINGS and len(each.near_misses) == 4 for each in later)
    famous = [each for each in later if known(each)]
    assert len(famous) >= 30
    assert len(later) - len(famous) >= 30
    for each in later:
        said = [text for text in _said(each) if each.name.casefold() in text.casefold()]
        assert not said, each.name


def test_each_invented_element_that_is_reported_has_ten_requests_of_the_plain_styles() -> None:
    written = {each.tagline for each in (*load_elements(), *later_elements())}
    further = [path.read_text(encoding="utf-8").splitlines() for path in FOLDER.glob("further_*.txt")]
    assert {line[2:] for lines in further for line in lines if line.startswith("T ")} <= written
    for each in all_elements():
        if not learns(each) and not known(each):
            own = [phrasing.text for phrasing in each.phrasings if phrasing.style in PLAIN]
            assert len(own) >= MIN_PHRASINGS, each.name
            assert min(map(len, own)) >= MIN_PHRASING_LENGTH
            assert not [text for text in own if each.name.casefold() in text.casefold()], each.name


def test_no_benign_prompt_names_an_element() -> None:
    benign = [f" {' '.join(prompt.casefold().split())} " for prompt in load_benign()]
    assert len(benign) >= 400
    for element in load_elements():
        said = [prompt for prompt in benign if f" {element.name.casefold()} " in prompt]
        assert not said, f"{element.name}: {said}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "vehicle"}, "none of character"),
        ({"phrasings": []}, "0 phrasings"),
        ({"near_misses": []}, "0 near-misses"),
        ({"keywords": ["hat"]}, "1 keywords"),
        ({"tagline": "long " * 30}, "tagline of 150"),
        ({"name": "Lamp-lit Ostler"}, "is named"),
        ({"aliases": ["Lámp Lit Ostler"]}, "is named"),
    ],
)
def test_a_faulty_element_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    _write(tmp_path, _entry() | change)
    with pytest.raises(CorpusError, match=message):
        load_elements(tmp_path)


def test_a_short_phrasing_is_refused(tmp_path: Path) -> None:
    entry = _entry()
    entry["phrasings"][3]["text"] = "too short to be a request"
    _write(tmp_path, entry)
    with pytest.raises(CorpusError, match="under 60"):
        load_elements(tmp_path)


def test_duplicates_are_refused_however_they_are_punctuated(tmp_path: Path) -> None:
    entry = _entry()
    entry["phrasings"][3]["text"] = entry["phrasings"][2]["text"].upper() + "!"
    _write(tmp_path, entry)
    with pytest.raises(CorpusError, match="twice"):
        load_elements(tmp_path)
    (tmp_path / "benign_x.txt").write_text("A quiet lake.\n\na quiet lake\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="benign prompts"):
        load_benign(tmp_path)


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elements_x.json").write_text('{"works": [{"title": "Untold"}]}', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"elements_x\.json"):
        load_elements(tmp_path)


def test_a_sound_file_is_read_whole(tmp_path: Path) -> None:
    _write(tmp_path, _entry())
    (element,) = load_elements(tmp_path)
    assert (element.work, element.kind, element.names) == ("Untold", "character", ("Ostler Voo", "Voo"))
    assert [item.style for item in element.phrasings[:2]] == ["long", "long"]
    assert len(element.near_misses) == 4


def _entry() -> dict[str, Any]:
    return {
        "kind": "character",
        "name": "Ostler Voo",
        "aliases": ["Voo"],
        "tagline": "A groom who rides backwards",
        "description": "He sits the wrong way round on his horse.",
        "keywords": ["groom", "backwards rider", "apples", "hail", "seven stables", "lamp"],
        "phrasings": [
            {"style": "long", "text": f"Request {number}: by a lamp-lit ostler the seven stables are swept of apples."}
            for number in range(10)
        ],
        "near_misses": [{"why": "no rider", "text": f"A stable at dawn, take {number}."} for number in range(4)],
    }


def _write(folder: Path, entry: dict[str, Any]) -> None:
    works = [{"title": "Untold", "party": "Nobody", "elements": [entry]}]
    (folder / "elements_x.json").write_text(json.dumps({"works": works}), encoding="utf-8")


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def _said(element: Element) -> list[str]:
    return [*(each.text for each in element.phrasings), *(each.text for each in element.near_misses)]


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def test_requests_in_other_languages_are_for_elements_of_the_corpora_and_no_copies() -> None:
    named = {each.name for each in load_elements()}
    texts = []
    for tag, each in load_languages().items():
        assert set(each.requests) <= named, tag
        assert len(each.requests) == len(each.honest) == 12, tag
        texts += [*each.requests.values(), *each.honest]
    assert len({_plain(text) for text in texts}) == len(texts)
    assert not [text for text in texts if any(name.casefold() in text.casefold() for name in named if " " in name)]
