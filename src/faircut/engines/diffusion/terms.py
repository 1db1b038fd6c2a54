"""The licences of open weights, as far as a program can hold an operator to them.

Facts, each from the licence's own text: MiniMax H3 Community License Agreement (2 August 2026), definitions 3 and 5,
and sections on attribution and revenue; LTX-2 Community License Agreement (Lightricks). Faircut gives no legal
advice: it asks that the operator has read the licence, says where it is, and does not run weights where their licence
grants nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from faircut.errors import EngineNotReady

EU: Final = frozenset(
    [
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    ]
)
"""Member states of the European Union, ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of weights. ``id`` is what an operator writes to say that it was read and accepted.

    ``excluded`` are countries (ISO 3166-1 alpha-2) in which the licence grants nothing.
    """

    id: str
    name: str
    url: str
    excluded: frozenset[str] = frozenset()


LTX2_LICENCE: Final = Licence(
    "ltx-2-community", "LTX-2 Community License Agreement", "https://huggingface.co/Lightricks/LTX-2"
)
H3_LICENCE: Final = Licence(
    "minimax-h3-2026-08-02",
    "MiniMax H3 Community License Agreement of 2 August 2026",
    "https://huggingface.co/MiniMaxAI/MiniMax-H3/raw/main/LICENSE",
    EU | {"GB", "KR", "US"},
)


def check_terms(licence: Licence, *, engine: str, accepted: str, territory: str, permission: str) -> None:
    """Raises EngineNotReady unless the licence was accepted by its id and covers ``territory``.

    ``permission`` names a written permission of the licensor and stands in for the territory.
    """
    field = f"engine_options.{engine}"
    if accepted != licence.id:
        raise EngineNotReady(
            f"The weights of {engine} come under the {licence.name}, which has not been accepted here.",
            field=f"{field}.accept_licence",
            remedy=f'Read {licence.url}; if you accept it, set accept_licence = "{licence.id}".',
        )
    if not licence.excluded or permission:
        return
    if not territory:
        raise EngineNotReady(
            f"The {licence.name} does not cover every country, and this service does not say where it runs.",
            field=f"{field}.territory",
            remedy='Set territory to the country of the service, such as territory = "JP" (ISO 3166-1 alpha-2).',
        )
    if territory in licence.excluded:
        raise EngineNotReady(
            f"The {licence.name} grants nothing in {territory}.",
            field=f"{field}.territory",
            remedy="Choose another engine, or obtain the licensor's permission and name it in written_permission.",
        )
