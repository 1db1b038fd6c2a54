"""Markup, escapes and turned writing, resolved before names, quotations and descriptions are looked for."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.detectors.displayed import displayed
from faircut.detectors.names import NamesDetector
from faircut.detectors.quotes import QuotesDetector
from faircut.domain import Asset, MediaKind

NAME = "Ozwinna Tarrow"
SONG = "Eleven herons walk the frozen harbour and nobody but me has counted them"


def as_prompt(text: str) -> Asset:
    return Asset("prompt", MediaKind.TEXT, hashlib.sha256(text.encode()).hexdigest(), len(text), text=text)


def named(catalogue: Any, text: str) -> list[str]:
    catalogue.add_name(NAME)
    return [each.evidence["matched"] for each in NamesDetector(catalogue).detect(as_prompt(text), {})]


def each_as(form: str, text: str) -> str:
    return "".join(form.format(ord(char)) for char in text)


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("A (", "Ozwinna:1.3) (Tarrow", ":1.2) swims"),
        ("A ", "Ozwinna::2 Tarrow", "::1.5 swims"),
        ("A [", "Ozwinna](https://a.b/c) [Tarrow", "](https://a.b/d) swims"),
        ("A [", "Ozw](http://x.y)inna Tarrow", " swims"),
        ("A <b>", "Ozwi</b><i>nna Tarrow", "</i> swims"),
        ("A ", "Ozw<!-- x -->inna<br>Tarrow", " swims"),
        ("A ", 'Ozw<span class="y">inna</span> Tarrow', " swims"),
        ("A ", "Ozwinna&nbsp;Tarrow", " swims"),
        ("A ", "Oz&shy;winna Tarro&#119;", " swims"),
        ("A ", each_as("&#{};", NAME), " swims"),
        ("A ", each_as("%{:02x}", NAME), " swims"),
        ("A ", "Ozwinna%2520Tarrow", " swims"),
        ("A ", "&amp;#x4f;zwinna Tarrow", " swims"),
        ("A ", "Ozwinna\\u0020Tarrow", " swims"),
        ("A ", each_as("\\u{:04x}", NAME), " swims"),
    ],
)
def test_a_name_in_markup_is_found_where_it_was_typed(catalogue: Any, before: str, typed: str, after: str) -> None:
    assert named(catalogue, before + typed + after) == [typed]


@pytest.mark.parametrize(
    "typed",
    [
        "".join(chr(0xE0000 + ord(char)) for char in NAME),
        "Ozw\u202eworraT anni\u202c",
        "\u202eworraT anniwzO\u202c",
        "ʍoɹɹɐʇ ɐuuᴉʍzo",
        base64.b64encode(NAME.encode()).decode(),
        base64.b64encode(base64.b64encode(NAME.encode())).decode().rstrip("="),
        NAME.encode().hex(),
        NAME.encode().hex(" ").upper(),
    ],
)
def test_a_name_that_is_only_displayed_is_found_where_it_was_typed(catalogue: Any, typed: str) -> None:
    assert [each.rstrip("\u202c") for each in named(catalogue, f"A film: {typed} on a pier")] == [
        typed.rstrip("\u202c")
    ]


@pytest.mark.parametrize(
    "typed", ["O²z²w²i²n²n²a² T²a²r²r²o²w", "O₁zwinna Tarr₂ow", "O₁z₁w₁i₁n₁n₁a₁ ₁T₁a₁r₁r₁o₁w", "Oz①w②inna Tarrow"]
)
def test_digits_above_and_below_the_line_are_digits(catalogue: Any, typed: str) -> None:
    assert named(catalogue, f"A film of {typed} on a pier, 85 m² of it") == [typed]


@pytest.mark.parametrize(
    "text",
    [
        "a cat & a dog; 50% off, x < y > z",
        "at 10:30 (or 11:15), scene 2: [the pier](see below)",
        "CO₂ and H₂O, E=mc², 1st and 2nd, R2D2, H2O2",
        "Tom &amp; the <b>old</b> dog, 100%25 wool",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f over a pier",
        "我爱🔥你们，李雲和🔥霜花, ありがとうございますと言う",
        "He says /ˈtærəʊ/ and /ɹʌn/, \u202eשלום\u202c",
    ],
)
def test_honest_signs_name_nobody(catalogue: Any, text: str) -> None:
    assert named(catalogue, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A heron at 10:30",
        "R&D, 50% off",
        "x < y",
        "\\d+",
        "%ff%fe",
        "\\ud800",
        "&nosuchthing;",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB",
        "at 12:34:56:10:11:12",
        "cinematographers/photographers",
    ],
)
def test_what_is_displayed_as_typed(text: str) -> None:
    assert displayed(text) is None


@pytest.mark.parametrize("form", ["&#{};", "%{:02x}", "\\u{:04x}"])
def test_a_song_in_escapes_is_quoted(catalogue: Any, form: str) -> None:
    catalogue.add_text(SONG)
    (match,) = QuotesDetector(catalogue).detect(as_prompt(f"He sings: {each_as(form, SONG)} and leaves."), {})
    assert match.evidence["matched"] == each_as(form, SONG)[:300]


def test_a_song_between_and_inside_tags_is_quoted_once_each(catalogue: Any) -> None:
    catalogue.add_text(f"<p>{SONG.replace(' ', '&nbsp;')}</p>")
    text = f"He sings {SONG.replace(' ', '<br>')} twice <p title='{SONG}'> and {SONG}."
    (match,) = QuotesDetector(catalogue).detect(as_prompt(text), {})
    spans = sorted(match.evidence["spans"])
    assert [text[start:end] for start, end in spans] == [SONG.replace(" ", "<br>"), SONG, SONG]


@pytest.mark.parametrize(
    ("name", "typed", "text"),
    [
        ("زهرة الرماد", "زهره الرماد", "ارسم {} في الغابة"),
        ("زهرة الرماد", "زهرۃ الرماد", "ارسم {} في الغابة"),
        ("سلمى القاضي", "سلمي القاضى", "ارسم {} في الغابة"),
        ("李雲霜", "李雲🔥霜", "画{}在雨中"),
        ("李雲霜", "李❄️雲霜", "画{}在雨中"),
        ("オズウィンナ・タロウ", "おずうぃんなたろう", "{}が歩く"),
        ("オズウィンナ・タロウ", "おずうぃんなたろう", "雨の夜、{}の家"),
    ],
)
def test_other_scripts_as_they_are_typed(catalogue: Any, name: str, typed: str, text: str) -> None:
    catalogue.add_name(name)
    found = NamesDetector(catalogue).detect(as_prompt(text.format(typed)), {})
    assert [each.evidence["matched"] for each in found] == [typed]


@given(st.text(alphabet="ab &#8;6%25\\u0041<>/![]():.1-\u202e\u202cʇɐn\n\U000e0061", max_size=60), st.booleans())
def test_every_character_has_its_place(text: str, with_unseen: bool) -> None:
    shown = displayed(text, with_unseen=with_unseen)
    if shown is None:
        return
    assert len(shown.text) == len(shown.starts) == len(shown.ends)
    for index in range(len(shown.text)):
        start, end = shown.span(index, index + 1)
        assert 0 <= start < end <= len(text)
