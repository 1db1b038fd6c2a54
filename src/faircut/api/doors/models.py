"""Names that clients send as ``model``, and the engine that each means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from faircut.errors import NotFound

SEEDANCE: Final = tuple(
    f"{brand}-seedance-{version}"
    for brand in ("doubao", "dreamina")
    for version in ("2-0-260128", "2-0-fast-260128", "2-0-mini-260615", "2-5-260628")
)
SORA: Final = ("sora-2", "sora-2-pro")
DEFAULT_NAMES: Final = frozenset((*SEEDANCE, *SORA))
"""What clients of those services have in their settings. Each means the operator's default engine."""


class UnknownModel(NotFound):
    """No engine has this name, and no alias stands for one."""

    code = "model.unknown"


def engine_for(model: str, *, aliases: Mapping[str, str], engines: Collection[str], default: str) -> str:
    """The engine that a model's name means: an alias of the operator's, an engine itself, or a well-known name.

    Raises UnknownModel.
    """
    if model in aliases:
        return aliases[model]
    if model in engines:
        return model
    if model in DEFAULT_NAMES:
        return default
    raise UnknownModel(
        f"There is no model {model[:100]!r}.",
        field="model",
        remedy=f"Use {', '.join(sorted(engines))}, or have the operator add it to the setting `model_aliases`.",
    )
