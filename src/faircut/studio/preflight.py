"""What would become of a request, without making, recording or spending anything."""

from __future__ import annotations

from dataclasses import dataclass

from faircut.domain import Decision, Verdict
from faircut.errors import FaircutError
from faircut.protocols import Price
from faircut.screening import worst
from faircut.studio.refusals import Failing, failing


@dataclass(frozen=True, slots=True)
class Preflight:
    """``decisions``: unrecorded, the text's first, then one for each file, then one about the caller's recent requests
    where these matter. ``errors``: all that keeps the request from being accepted. ``price``: what the engine would
    charge; None when it charges nothing."""

    decisions: tuple[Decision, ...]
    errors: tuple[FaircutError, ...] = ()
    price: Price | None = None

    @property
    def passes(self) -> bool:
        """True when the request would be accepted and generated."""
        return not self.errors and bool(self.decisions) and all(each.allows for each in self.decisions)

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict; block where a check is missing."""
        return worst(self.decisions)

    @property
    def failing(self) -> tuple[Failing, ...]:
        """Every input at fault, the first of the request first."""
        return failing(self.decisions)
