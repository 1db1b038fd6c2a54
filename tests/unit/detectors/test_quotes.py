from __future__ import annotations

import hashlib
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faircut.detectors.quotes import QuotesDetector
from faircut.domain import Asset, Match, MediaKind
from faircut.errors import NotFound
from faircut.protocols import Detector

SCRIPT = """INT. LIGHTHOUSE - NIGHT. The keeper counts the turns of the lamp.
KEEPER: Nobody has come up these stairs since the winter my brother took the boat and did not bring it home again.
The door opens by itself, slowly, as doors do that have waited for somebody."""


def as_prompt(text: str) -> Asset:
    data = text.encode("utf-8", errors="replace")
    return Asset("prompt", MediaKind.TEXT, hashlib.sha256(data).hexdigest(), len(data), text=text)


def find(catalogue: Any, text: str) -> list[Match]:
    return list(QuotesDetector(catalogue).detect(as_prompt(text), {}))


def test_a_quoted_line_is_found_with_its_words(catalogue: Any) -> None:
    reference = catalogue.add_text(SCRIPT)
    catalogue.add_text(SCRIPT.upper().replace("BOAT", "CAR").replace("WINTER", "SUMMER")[80:], name="other")
    text = "An old man says: “since the WINTER my bröther   took the boat, and did not”. He weeps."
    (match,) = find(catalogue, text)
    assert match.reference_id == reference.id
    assert match.work_id == "w"
    start, end = match.evidence["span"]
    assert text[start:end] == "since the WINTER my bröther   took the boat, and did not"
    assert match.evidence["matched"] == text[start:end]
    assert match.evidence["words"] == 11
    assert 0.9 < match.score < 1.0
    assert {match.reference_id: match.score for match in find(catalogue, SCRIPT)}[reference.id] == 1.0


def test_it_is_a_detector(catalogue: Any) -> None:
    detector = QuotesDetector(catalogue)
    assert isinstance(detector, Detector)
    assert (detector.name, detector.version) == ("quotes", "quotes-v1")
    assert detector.detect(as_prompt("nothing is registered"), {}) == []


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        ("Nobody has come up these stairs since the winter", 1),
        ("Nobody has come up these stairs since the", 0),
        ("has nobody come up the stairs since that winter when my brother took it", 0),
        ("", 0),
    ],
)
def test_nine_words_in_order_are_a_quotation_and_eight_are_not(catalogue: Any, quoted: str, expected: int) -> None:
    catalogue.add_text(SCRIPT)
    assert len(find(catalogue, quoted)) == expected


def test_a_short_text_must_be_quoted_whole(catalogue: Any) -> None:
    catalogue.add_text("Extraordinary lighthouses remember everybody")
    assert find(catalogue, "extraordinary lighthouses remember") == []
    (match,) = find(catalogue, "he says EXTRAORDINARY lighthouses remember everybody, always")
    assert match.evidence["matched"] == "EXTRAORDINARY lighthouses remember everybody"


def test_scripts_without_spaces(catalogue: Any) -> None:
    chinese = "灯塔看守人数着灯的转动从冬天我哥哥把船开走再没有带回来以后就没有人上过这楼梯门自己慢慢地打开了"
    thai = "ผู้เฝ้าประภาคารนับรอบการหมุนของโคมไฟในคืนที่ไม่มีใครขึ้นบันไดมาอีกเลย"
    catalogue.add_text(chinese, name="zh")
    catalogue.add_text(thai, name="th")
    (match,) = find(catalogue, "他说" + chinese[5:25] + "然后离开")
    assert (match.reference_id, match.evidence["matched"]) == ("ref:zh", chinese[5:25])
    assert find(catalogue, "他说" + chinese[5:15] + "然后离开") == []
    (match,) = find(catalogue, "เขาพูดว่า" + thai[3:43])
    assert match.reference_id == "ref:th"
    assert find(catalogue, "เขาพูดว่า" + thai[3:18]) == []


def test_a_refrain_counts_once_however_often_it_is_sung(catalogue: Any) -> None:
    catalogue.add_text("la " * 200)
    (match,) = find(catalogue, "sing la la la la la la la la la la la")
    assert match.evidence["words"] == 11
    start = time.perf_counter()
    find(catalogue, "la " * 6_000)
    assert time.perf_counter() - start < 2


def test_two_quotations_of_one_text_are_one_match(catalogue: Any) -> None:
    catalogue.add_text(SCRIPT)
    ending = "as doors do that have waited for somebody"
    (match,) = find(
        catalogue, f"Nobody has come up these stairs since the winter. So: the door opens by itself, slowly, {ending}"
    )
    assert match.evidence["occurrences"] == 2
    assert match.evidence["words"] == 14


def test_it_follows_the_catalogue(catalogue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    detector = QuotesDetector(catalogue)
    asset = as_prompt(SCRIPT)
    assert detector.detect(asset, {}) == []
    reference = catalogue.add_text(SCRIPT)
    assert len(detector.detect(asset, {})) == 1
    read: list[str] = []
    monkeypatch.setattr(type(catalogue), "reference_text", lambda self, one: read.append(one) or self.texts[one][1])
    catalogue.add_text("Another text altogether, of which there are quite a few words to read.", name="b")
    assert len(detector.detect(asset, {})) == 1
    assert read == ["ref:b"], "what is known is not read again"
    del catalogue.texts[reference.id]
    catalogue.changes += 1
    assert detector.detect(asset, {}) == []


def test_a_text_whose_words_are_gone_fails_the_check(catalogue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.add_text(SCRIPT)

    def gone(self: Any, reference_id: str) -> str:
        raise NotFound("No stored file.", remedy="Look at the ledger.")

    monkeypatch.setattr(type(catalogue), "reference_text", gone)
    with pytest.raises(NotFound):
        find(catalogue, "anything")


@settings(deadline=None)
@given(text=st.text(max_size=300), cut=st.integers(0, 100))
def test_any_text_is_read_and_every_span_is_a_slice_of_it(memory_catalogue: Any, text: str, cut: int) -> None:
    memory = memory_catalogue()
    memory.add_text(SCRIPT)
    query = text + SCRIPT[cut : cut + 100] + text
    for match in find(memory, query):
        start, end = match.evidence["span"]
        assert 0 <= start < end <= len(query)
        assert query[start:end].startswith(match.evidence["matched"])


def test_prompts_of_other_words_are_left_alone(catalogue: Any) -> None:
    words = sorted(set(SCRIPT.lower().replace(".", "").replace(",", "").split()))
    chance = random.Random(7)
    catalogue.add_text(SCRIPT)
    assert not any(find(catalogue, " ".join(chance.choices(words, k=300))) for _ in range(20))
