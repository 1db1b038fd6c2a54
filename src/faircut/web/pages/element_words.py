"""The words of an element as forms show and send them: other names and keywords stand one a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from faircut.domain import Element

Text = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class ElementWords:
    """What was filled in."""

    aliases: Text = ""
    tagline: Text = ""
    description: Text = ""
    keywords: Text = ""


def words_of(element: Element) -> ElementWords:
    """What the form shows of an element."""
    return ElementWords(
        "\n".join(each.text for each in element.aliases),
        element.tagline,
        element.description,
        "\n".join(element.keywords),
    )


def lines_of(text: str) -> list[str]:
    """The lines of a field in which something stands."""
    return [line.strip() for line in text.splitlines() if line.strip()]


__all__ = ["ElementWords", "lines_of", "words_of"]
