"""Identifiers of works: checked, and written in one canonical form per scope.

EIDR: `10.5240/` + 20 hex digits + check character (EIDR ID Format 1.2, ISO 7064 mod 37,36). ISAN: ISO 15706-2.
ISRC: ISO 3901. ISNI: ISO 27729. Every other scope is taken as given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from stdnum import isan, isni, isrc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from faircut.catalogue.validation import clean_text
from faircut.domain import Identifier
from faircut.errors import InputError

MAX_SCOPE = 100
MAX_VALUE = 300

_EIDR = re.compile(
    r"(?:HTTPS?://\S+[/=]|URN:EIDR:|INFO:DOI/|DOI:\s*|EIDR:\s*)?10\.5240[/:]((?:[0-9A-F]{4}-?){5})([0-9A-Z])"
)
_ISAN = re.compile(r"[0-9A-F]{16}(?:[0-9A-Z]|[0-9A-F]{8}|[0-9A-Z][0-9A-F]{8}[0-9A-Z])?")


def normalise_identifier(scope: str, value: str, *, field: str) -> Identifier:
    """The identifier in its canonical form. Raises InputError naming ``field`` and what is wrong."""
    scope = clean_text(scope, field=f"{field}.scope", limit=MAX_SCOPE)
    value = clean_text(value, field=f"{field}.value", limit=MAX_VALUE)
    known = _KNOWN.get(scope.upper())
    if known is None:
        return Identifier(scope, value)
    try:
        return Identifier(scope.upper(), known(value))
    except ValidationError as error:
        raise InputError(
            f"{value!r} is no valid {scope.upper()}: {_lower_first(str(error))}",
            field=field,
            remedy=_SHAPES[scope.upper()],
        ) from error


def normalise_identifiers(identifiers: Iterable[Identifier], *, field: str) -> tuple[Identifier, ...]:
    """Each one normalised, repeats dropped, sorted by scope and value."""
    found = {
        normalise_identifier(each.scope, each.value, field=f"{field}[{index}]")
        for index, each in enumerate(identifiers)
    }
    return tuple(sorted(found, key=lambda each: (each.scope, each.value)))


def _eidr(value: str) -> str:
    found = _EIDR.fullmatch(unquote(value).strip().upper())
    if found is None:
        raise ValidationError("it has another form.")
    digits, check = found[1].replace("-", ""), found[2]
    expected = mod_37_36.calc_check_digit(digits)
    if check != expected:
        raise ValidationError("its check character does not fit its digits.")
    return "10.5240/" + "-".join(digits[start : start + 4] for start in range(0, 20, 4)) + "-" + check


def _isan(value: str) -> str:
    bare = re.sub(r"^(?:urn:)?isan[:\s]*", "", value, flags=re.IGNORECASE)
    compact = re.sub(r"[\s-]", "", bare).upper()
    if not _ISAN.fullmatch(compact):
        raise ValidationError("it has another form.")
    return str(isan.format(isan.validate(compact)))


def _isrc(value: str) -> str:
    return str(isrc.validate(re.sub(r"^(?:urn:)?isrc[:\s]*", "", value, flags=re.IGNORECASE)))


def _isni(value: str) -> str:
    return str(isni.validate(re.sub(r"^(?:https?://(?:www\.)?isni\.org/(?:isni/)?|isni[:\s]*)", "", value, flags=re.I)))


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


_KNOWN: dict[str, Callable[[str], str]] = {"EIDR": _eidr, "ISAN": _isan, "ISRC": _isrc, "ISNI": _isni}
_SHAPES = {
    "EIDR": "Write it as 10.5240/XXXX-XXXX-XXXX-XXXX-XXXX-C, as the registry shows it.",
    "ISAN": "Write it as XXXX-XXXX-XXXX-XXXX-C or XXXX-XXXX-XXXX-XXXX-C-XXXX-XXXX-C.",
    "ISRC": "Write it as CC-XXX-YY-NNNNN: country, registrant, year, number.",
    "ISNI": "Write it as sixteen digits, the last of which may be X.",
}
