"""What the catalogue accepts: each check returns the value in canonical form or raises InputError naming the field."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

from faircut.domain import Alias, ElementKind, ElementPolicy, Naming, NeverMatch, Segment
from faircut.errors import InputError, LimitExceeded

T = TypeVar("T")

MAX_NAME = 300
MAX_TITLE = 500
MAX_TAGLINE = 500
MAX_DESCRIPTION = 5_000
MAX_KEYWORD = 100
MAX_KEYWORDS = 100
MAX_ALIASES = 200
MAX_EXCLUDES = 1_000
# Containers round durations: an end this far past the last frame is still "the end".
DURATION_SLACK_S = 0.5

_POLICY_WORDS = {
    "block": ElementPolicy.BLOCK,
    "review": ElementPolicy.REVIEW,
    "licence": ElementPolicy.LICENCE,
    "license": ElementPolicy.LICENCE,
    "allow with licence": ElementPolicy.LICENCE,
    "allow with license": ElementPolicy.LICENCE,
}

# RFC 5646 section 2.1, without the grandfathered tags.
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wy-z\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?",
    re.IGNORECASE,
)


def comparison_key(text: str) -> str:
    """What two names share when they are the same name: NFKC, case-folded, spaces collapsed."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def clean_text(value: object, *, field: str, limit: int, required: bool = True, multiline: bool = False) -> str:
    """A string in NFC, trimmed, with white space collapsed (kept in ``multiline``) and no control characters."""
    if not isinstance(value, str):
        raise InputError(f"A text is expected, not {_kind_of(value)}.", field=field, remedy='Write it as "text".')
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n")
    text = text.strip() if multiline else " ".join(text.split())
    if bad := next((char for char in text if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"), None):
        raise InputError(
            f"It holds the character U+{ord(bad):04X}, which is not text.", field=field, remedy="Remove that character."
        )
    if len(text) > limit:
        raise LimitExceeded(f"It has {len(text)} characters; {limit} are accepted.", field=field, remedy="Shorten it.")
    if required and not text:
        raise InputError("It is empty.", field=field, remedy="Fill it in.")
    return text


def clean_name(value: object, *, field: str, limit: int = MAX_NAME) -> str:
    """A name that can be looked for: at least two letters or digits."""
    name = clean_text(value, field=field, limit=limit)
    if sum(unicodedata.category(char)[0] in "LN" for char in name) < 2:
        raise InputError(
            f"{name!r} has fewer than two letters or digits.", field=field, remedy="Write the name out in full."
        )
    return name


def clean_title(value: object, *, field: str) -> str:
    """The title of a work: a name of up to 500 characters."""
    return clean_name(value, field=field, limit=MAX_TITLE)


def clean_tagline(value: object, *, field: str) -> str:
    """One line that people know the element by; may be empty."""
    return clean_text(value, field=field, limit=MAX_TAGLINE, required=False)


def clean_description(value: object, *, field: str) -> str:
    """What it looks or sounds like; may be empty and may have several lines."""
    return clean_text(value, field=field, limit=MAX_DESCRIPTION, required=False, multiline=True)


def clean_kind(value: object, *, field: str) -> ElementKind:
    """An ElementKind from its word, in any case."""
    word = str(value).strip().casefold()
    if word not in list(ElementKind):
        raise InputError(
            f"There is no element kind {str(value)[:40]!r}.",
            field=field,
            remedy=f"Choose one of: {', '.join(ElementKind)}.",
        )
    return ElementKind(word)


def clean_policy(value: object, *, field: str) -> ElementPolicy:
    """An ElementPolicy from its word; "allow with licence" and "license" mean ``licence``."""
    word = re.sub(r"[\s_-]+", " ", str(value).strip().casefold())
    if word not in _POLICY_WORDS:
        raise InputError(
            f"There is no policy {str(value)[:40]!r}.",
            field=field,
            remedy=f"Choose one of: {', '.join(ElementPolicy)} (allow with licence).",
        )
    return _POLICY_WORDS[word]


def clean_naming(value: object, *, field: str) -> Naming:
    """A Naming from its word."""
    word = str(value).strip().casefold()
    if word not in set(Naming):
        raise InputError(
            f"There is no way of naming {str(value)[:40]!r}.",
            field=field,
            remedy="Choose one of: full (by name), work (only the work), nothing.",
        )
    return Naming(word)


def clean_negative(value: object, *, field: str) -> NeverMatch | None:
    """Whose matches a negative reference takes away; None and "" mean that it is an ordinary one."""
    if value is None or value == "":
        return None
    word = str(value).strip().casefold()
    if word not in set(NeverMatch):
        raise InputError(
            f"A negative reference takes away matches of its party or of everyone, not of {str(value)[:40]!r}.",
            field=field,
            remedy=f"Choose one of: {', '.join(NeverMatch)}; or leave it out for an ordinary reference.",
        )
    return NeverMatch(word)


def clean_language(value: object, *, field: str) -> str | None:
    """A BCP 47 tag in its usual case (``zh-Hant-TW``); None and "" mean unknown."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 35 or not _LANGUAGE.fullmatch(value):
        raise InputError(
            f"{str(value)[:40]!r} is no language tag.",
            field=field,
            remedy='Write a BCP 47 tag such as "en", "pt-BR" or "zh-Hant".',
        )
    parts = value.lower().split("-")
    singleton = next((index for index, part in enumerate(parts) if len(part) == 1), len(parts))
    for index in range(1, singleton):
        if len(parts[index]) == 4 and parts[index].isalpha():
            parts[index] = parts[index].title()
        elif len(parts[index]) == 2:
            parts[index] = parts[index].upper()
    return "-".join(parts)


def clean_aliases(values: Iterable[Alias], *, field: str) -> tuple[Alias, ...]:
    """Aliases as names, repeats dropped, in the order given."""
    found: dict[tuple[str, str | None], Alias] = {}
    for index, alias in enumerate(values):
        where = f"{field}[{index}]"
        text = clean_name(alias.text, field=where)
        language = clean_language(alias.language, field=f"{where}.language")
        found.setdefault((comparison_key(text), language), Alias(text, language))
    return _at_most(tuple(found.values()), MAX_ALIASES, field)


def clean_keywords(values: Iterable[str], *, field: str) -> tuple[str, ...]:
    """Keywords, repeats dropped, in the order given."""
    found: dict[str, str] = {}
    for index, value in enumerate(values):
        word = clean_text(value, field=f"{field}[{index}]", limit=MAX_KEYWORD)
        found.setdefault(comparison_key(word), word)
    return _at_most(tuple(found.values()), MAX_KEYWORDS, field)


def clean_exclude(
    segments: Sequence[Sequence[float]], *, field: str, duration: float | None = None
) -> tuple[Segment, ...]:
    """Excluded segments in order, overlapping ones joined. With ``duration`` they must lie within it (seconds)."""
    checked: list[Segment] = []
    for index, pair in enumerate(_at_most(tuple(segments), MAX_EXCLUDES, field)):
        where = f"{field}[{index}]"
        start, end = _seconds(pair, where)
        if not 0 <= start < end:
            raise InputError(
                f"The segment {start:g} to {end:g} s does not run forward.",
                field=where,
                remedy="Give [start, end] in seconds with 0 ≤ start < end.",
            )
        if duration is not None and end > duration + DURATION_SLACK_S:
            raise InputError(
                f"The segment ends at {end:g} s, after the end of the reference at {duration:.2f} s.",
                field=where,
                remedy="Give segments within the reference.",
            )
        checked.append(Segment(start, end))
    joined: list[Segment] = []
    for segment in sorted(checked):
        if joined and segment.start <= joined[-1].end:
            joined[-1] = Segment(joined[-1].start, max(joined[-1].end, segment.end))
        else:
            joined.append(segment)
    return tuple(joined)


def _seconds(pair: object, field: str) -> tuple[float, float]:
    if isinstance(pair, (list, tuple)) and len(pair) == 2:
        numbers = [each for each in pair if isinstance(each, (int, float)) and not isinstance(each, bool)]
        if len(numbers) == 2 and all(math.isfinite(each) for each in numbers):
            return float(numbers[0]), float(numbers[1])
    raise InputError("A segment is two numbers.", field=field, remedy="Give [start, end] in seconds.")


def _at_most(values: tuple[T, ...], limit: int, field: str) -> tuple[T, ...]:
    if len(values) > limit:
        raise LimitExceeded(
            f"It has {len(values)} entries; {limit} are accepted.", field=field, remedy="Keep the most telling ones."
        )
    return values


def _kind_of(value: object) -> str:
    return {type(None): "nothing", list: "a list", dict: "an object", bool: "true or false"}.get(
        type(value), "a number"
    )
