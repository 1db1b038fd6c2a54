"""Templates: the environment, its filters, and the words that pages use for codes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from faircut.api.access import Principal, Scope
from faircut.wording import chance, clock

STATIC = Path(__file__).parent / "static"

NAV = (
    ("studio", "/", "Studio", (Scope.GENERATE,)),
    ("catalogue", "/catalogue", "Catalogue", (Scope.CATALOGUE_READ, Scope.CATALOGUE_WRITE)),
    ("appeals", "/appeals", "Appeals", (Scope.GENERATE, Scope.SCREEN)),
    ("compare", "/compare", "Compare", (Scope.GENERATE, Scope.SCREEN, Scope.CATALOGUE_WRITE)),
    ("ledger", "/ledger", "Ledger", (Scope.LEDGER_READ,)),
    ("keys", "/keys", "Keys", (Scope.ADMIN,)),
)

_POLICY_WORDS = {"block": "Refuse", "review": "Review", "licence": "Allow with a licence"}
_NAMING_WORDS = {"full": "all is named", "work": "only the work is named", "nothing": "nothing is named"}
_STAGE_WORDS = {
    "prompt": "the text of a request",
    "upload": "a file of a request",
    "output": "a finished video",
    "dataset": "a sample of a data set",
    "published": "a published video",
}


@cache
def static_url(name: str) -> str:
    """Address of a static file, with a piece of its digest so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def navigation(principal: Principal) -> list[Mapping[str, str]]:
    """The pages that this principal may open."""
    return [
        {"section": section, "href": href, "words": words}
        for section, href, words, scopes in NAV
        if any(principal.may(scope) for scope in scopes)
    ]


def _capfirst(text: str) -> str:
    return text[:1].upper() + text[1:]


def _moment(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)


def _day(value: datetime | str) -> str:
    return _moment(value).strftime("%-d %b %Y, %H:%M UTC")


def _milliseconds(value: float) -> str:
    return f"{value / 1000:.1f} s" if value >= 1000 else f"{value:.0f} ms" if value >= 1 else f"{value:.1f} ms"


def _long_time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


@cache
def environment() -> Environment:
    """The Jinja environment: escaping always on, unknown names are errors."""
    env = Environment(
        loader=PackageLoader("faircut.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(static=static_url, nav=navigation)
    env.filters.update(
        capfirst=_capfirst,
        chance=chance,
        clock=clock,
        day=_day,
        iso=lambda value: _moment(value).isoformat(),
        long_time=_long_time,
        milliseconds=_milliseconds,
        naming_words=lambda value: _NAMING_WORDS[str(value)],
        policy_words=lambda value: _POLICY_WORDS[str(value)],
        short_day=lambda value: _moment(value).strftime("%-d %b, %H:%M UTC"),
        pretty=lambda value: json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True),
        size_words=lambda value: "2K" if value == "2k" else value,
        stage_words=lambda value: _STAGE_WORDS[value],
        trim_number=lambda value: f"{value:g}",
    )
    return env


def render(
    template: str, *, principal: Principal | None = None, section: str = "", status: int = 200, **values: Any
) -> HTMLResponse:
    """A page. ``section`` marks its place in the navigation."""
    text = environment().get_template(template).render(principal=principal, section=section, **values)
    return HTMLResponse(text, status_code=status, headers={"Vary": "Cookie"})


def wants_page(request: Request) -> bool:
    """True for addresses that people open; the API answers errors in JSON."""
    path = request.url.path
    return not path.startswith(("/v1/", "/api/", "/links/", "/healthz", "/version", "/openapi.json"))
