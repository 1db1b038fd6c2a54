"""What an operator tells the ark engine, and what each family of Seedance models makes and costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field

from faircut.domain import Size
from faircut.engines.http_options import RemoteOptions, parsed
from faircut.engines.seedance_limits import FILES
from faircut.errors import ConfigError
from faircut.protocols import EngineCapabilities

BYTEPLUS: Final = "https://ark.ap-southeast.bytepluses.com/api/v3"
_VOLCENGINE: Final = ".volces.com"
_MODEL: Final = re.compile(r"seedance-(2)-(0|5)(-fast|-mini)?(?=-|$)")


class Family(StrEnum):
    """Families of models that differ in what they make and cost."""

    V2_0 = "2.0"
    V2_0_FAST = "2.0-fast"
    V2_0_MINI = "2.0-mini"
    V2_5 = "2.5"


@dataclass(frozen=True, slots=True)
class Rates:
    """Prices of a million tokens: up to 720p and at 1080p, without clips in the request and with. None: not known."""

    plain: float | None
    with_clips: float | None
    large: float | None = None
    large_with_clips: float | None = None


USD: Final[dict[Family, Rates]] = {
    Family.V2_0: Rates(7.0, 4.3, 7.7),
    Family.V2_0_FAST: Rates(5.6, None),
    Family.V2_0_MINI: Rates(None, None),
    Family.V2_5: Rates(10.7, 6.4),
}
"""BytePlus, as of November 2026."""

CNY: Final[dict[Family, Rates]] = {
    Family.V2_0: Rates(46, 28, 51, 31),
    Family.V2_0_FAST: Rates(None, None),
    Family.V2_0_MINI: Rates(None, None),
    Family.V2_5: Rates(70, 42, 77, 46),
}
"""Volcengine, as of November 2026."""

_SMALL: Final = (Size.P480, Size.P720)
_SIZES: Final = {
    Family.V2_0: (*_SMALL, Size.P1080),
    Family.V2_0_FAST: _SMALL,
    Family.V2_0_MINI: _SMALL,
    Family.V2_5: (*_SMALL, Size.P1080),
}


class ArkOptions(RemoteOptions):
    """``[engine_options.ark]``."""

    base_url: str = Field(default=BYTEPLUS, description="Address of the API: BytePlus by default, or Volcengine's.")
    model: str = Field(default="dreamina-seedance-2-0-260128", description="Model or endpoint (`ep-…`).")
    family: Family | None = Field(default=None, description="What an endpoint runs; models say it by their name.")
    watermark: bool = Field(default=False, description="Whether the service puts its visible mark on the video.")
    price_per_million: float | None = Field(
        default=None, ge=0, description="Your price of a million tokens, if agreed."
    )
    clip_links: bool = Field(
        default=False,
        description="Whether the service may fetch clips here, by links that end with the job; needs `public_url`.",
    )
    callbacks: bool = Field(
        default=True,
        description="Whether the service calls us when a task changes; needs `public_url`. Else tasks are looked at.",
    )
    assets: dict[str, str] = Field(
        default_factory=dict, description="Files in the service's asset library: SHA-256 of ours to id of theirs."
    )

    def kind(self) -> Family:
        """The family of ``model``. Raises ConfigError when neither it nor ``family`` says it."""
        if self.family is not None:
            return self.family
        if found := _MODEL.search(self.model):
            return Family(f"2.{found[2]}{found[3] or ''}")
        raise ConfigError(
            f"It does not follow from {self.model!r} what the model is.",
            field="engine_options.ark.family",
            remedy=f"Say it: {', '.join(Family)}.",
        )

    @property
    def currency(self) -> str:
        """CNY at Volcengine, else USD."""
        return "CNY" if (urlsplit(self.base_url).hostname or "").endswith(_VOLCENGINE) else "USD"

    def rate(self, size: Size, *, clips: bool) -> float | None:
        """The price of a million tokens in ``currency``; that without clips where the one with clips is not known."""
        if self.price_per_million is not None:
            return self.price_per_million
        rates = (CNY if self.currency == "CNY" else USD)[self.kind()]
        if size in _SMALL:
            return rates.with_clips if clips and rates.with_clips is not None else rates.plain
        large = rates.large if rates.large is not None else rates.plain
        return rates.large_with_clips if clips and rates.large_with_clips is not None else large


def ark_options(options: Mapping[str, Any]) -> ArkOptions:
    """Raises ConfigError."""
    return parsed(ArkOptions, "ark", options)


def capabilities(options: ArkOptions) -> EngineCapabilities:
    """Seedance's documented limits. Sizes in pixels differ a little from ours, by up to a twentieth of a side."""
    family = options.kind()
    return EngineCapabilities(
        durations=tuple(range(4, 31 if family is Family.V2_5 else 16)),
        sizes=_SIZES[family],
        files=FILES,
        frame_tolerance=0.05,
        links=options.clip_links,
        calls=options.callbacks,
    )
