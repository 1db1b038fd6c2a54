from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from faircut.catalogue.identifiers import normalise_identifier
from faircut.errors import InputError

GOOD = "10.5240/7791-8534-2C23-9030-8610-5"


@pytest.mark.parametrize(
    "written",
    [
        GOOD,
        GOOD.lower(),
        "10.5240/779185342C23903086105",
        "urn:eidr:10.5240:7791-8534-2C23-9030-8610-5",
        "https://doi.org/10.5240/7791-8534-2C23-9030-8610-5",
        "http://dx.doi.org/10.5240%2F7791-8534-2c23-9030-8610-5",
        "doi:10.5240/7791-8534-2C23-9030-8610-5",
        "https://ui.eidr.org/view/content?id=10.5240/7791-8534-2C23-9030-8610-5",
    ],
)
def test_every_form_of_an_eidr_becomes_one(written: str) -> None:
    identifier = normalise_identifier("eidr", f" {written} ", field="f")
    assert (identifier.scope, identifier.value) == ("EIDR", GOOD)


@pytest.mark.parametrize(
    ("scope", "written", "canonical"),
    [
        ("ISAN", "0000-0001-8cfa-0000-I-0000-0000-K", "0000-0001-8CFA-0000-I-0000-0000-K"),
        ("ISAN", "URN:ISAN:0000-0000-D07A-0090-Q", "0000-0000-D07A-0090-Q"),
        ("ISAN", "000000018947000000000000", "0000-0001-8947-0000-8-0000-0000-D"),
        ("isrc", "ISRC US-SKG-19-12345", "USSKG1912345"),
        ("ISNI", "https://isni.org/isni/000000012281955X", "000000012281955X"),
        ("ISNI", "0000 0001 2281 955X", "000000012281955X"),
        ("House number", "  A  1 ", "A 1"),
    ],
)
def test_other_scopes(scope: str, written: str, canonical: str) -> None:
    assert normalise_identifier(scope, written, field="f").value == canonical


@pytest.mark.parametrize(
    ("scope", "written"),
    [
        ("EIDR", "10.5240/7791-8534-2C23-9030-8610-6"),
        ("EIDR", "10.5239/7791-8534-2C23-9030-8610-5"),
        ("EIDR", "10.5240/7791-8534-2C23-9030-8610"),
        ("EIDR", "7791-8534-2C23-9030-8610-5"),
        ("ISAN", "0000-0001-8CFA-0000-A-0000-0000-K"),
        ("ISAN", "0000-0001-8CFA"),
        ("ISRC", "XX-SKG-19-12345"),
        ("ISNI", "0000 0001 2281 9551"),
        ("EIDR", ""),
        ("", "x1"),
    ],
)
def test_wrong_ones_are_refused_by_name(scope: str, written: str) -> None:
    with pytest.raises(InputError) as caught:
        normalise_identifier(scope, written, field="identifiers[3]")
    assert (caught.value.field or "").startswith("identifiers[3]")
    assert caught.value.remedy


@given(st.text("0123456789ABCDEF", min_size=20, max_size=20), st.integers(0, 19), st.sampled_from("0123456789ABCDEF"))
def test_one_changed_digit_is_always_noticed(digits: str, at: int, other: str) -> None:
    value = f"10.5240/{digits}{mod_37_36.calc_check_digit(digits)}"
    assert normalise_identifier("EIDR", value, field="f").value.replace("-", "") == value
    if digits[at] != other:
        wrong = value[: 8 + at] + other + value[9 + at :]
        with pytest.raises(InputError):
            normalise_identifier("EIDR", wrong, field="f")


@given(st.sampled_from(["EIDR", "ISAN", "ISRC", "ISNI", "x"]), st.text(max_size=60))
def test_any_text_is_accepted_or_refused(scope: str, value: str) -> None:
    try:
        once = normalise_identifier(scope, value, field="f")
    except InputError:
        return
    assert normalise_identifier(once.scope, once.value, field="f") == once
