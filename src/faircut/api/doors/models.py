"""Names that clients send as ``model``, and the engine that each means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from faircut.errors import NotFound

SEEDANCE: Final = ("doubao-seedance-", "dreamina-seedance-")
"""How the names of all Seedance models begin, in China and elsewhere; versions and dates follow."""
SORA: Final = frozenset({"sora-2", "sora-2-pro"})


class UnknownModel(NotFound):
    """No engine has this name, and no alias stands for one."""

    code = "model.unknown"


def engine_for(model: str, *, aliases: Mapping[str, str], engines: Collection[str], default: str) -> str:
    """The engine that a model's name means: an alias of the operator's, an engine itself, or a well-known name.

    What clients of Seedance and Sora have in their settings means the operator's default engine. Raises UnknownModel.
    """
    if model in aliases:
        return aliases[model]
    if model in engines:
        return model
    if model.startswith(SEEDANCE) or model in SORA:
        return default
    raise UnknownModel(
        f"There is no model {model[:100]!r}.",
        field="model",
        remedy=f"Use {', '.join(sorted(engines))}, or have the operator add it to the setting `model_aliases`.",
    )
