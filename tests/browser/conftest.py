"""A real service and a real browser. Needs Chromium: ``FAIRCUT_CHROMIUM`` or ``/usr/bin/chromium``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from faircut.access import Scope
from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Job, Shot, Size
from faircut.web import create_app
from support.http import served
from support.media import Edit, reencode, tune, wander, write_video

UNPACKED = Path(__file__).parents[2] / ".browser" / "chromium"
"""Where `make browser` puts it for those who are not root."""
CHROMIUM = Path(os.environ.get("FAIRCUT_CHROMIUM") or (UNPACKED if UNPACKED.exists() else "/usr/bin/chromium"))
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ENGINES = {
    "ark": {"api_key": "unused", "model": "dreamina-seedance-2-5-260628"},
    "videos": {
        "base_url": "http://127.0.0.1:9/v1",
        "seconds": [4, 8, 12],
        "sizes": ["480p"],
        "ratios": ["16:9", "1:1"],
    },
}
"""Two that nobody runs, for what the page offers with them."""
ACTION_MS = 60_000
# On a busy machine a file takes longer to judge than the five seconds that are waited by default.
expect.set_options(timeout=ACTION_MS)


@dataclass
class Site:
    """The service under test."""

    base: str
    faircut: Faircut
    secret: str
    work_id: str
    films: dict[str, Path]

    def job(self, *shots: str) -> Job:
        """A finished job. In a thread of its own, because Playwright keeps an event loop running in the tests'."""

        def run() -> Job:
            request = self.faircut.build_request(
                shots=[Shot(each) for each in shots], size=Size.P480, duration=4, audio=False
            )
            job = self.faircut.studio.submit(request, owner=self.owner)
            return self.faircut.studio.wait(job.id, 120)

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(run).result()

    @property
    def owner(self) -> str:
        return self.faircut.keys.authenticate(self.secret).owner


@dataclass
class Visit:
    """A page with what it complained about and whom it called."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def watch(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._request)

    def _console(self, message) -> None:  # type: ignore[no-untyped-def]
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.base).netloc and not request.url.startswith("blob:"):
            self.foreign.append(request.url)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole service with its own engine and a registered film."""
    folder = tmp_path_factory.mktemp("films")
    films = {
        "film": write_video(folder / "film.mp4", wander(9, 7, (480, 270)), sound=tune(9, 7)),
        "picture": folder / "landscape.png",
    }
    films["cut"] = reencode(
        films["film"], folder / "cut.mp4", Edit(start=3, seconds=5, mirror=True, height=180, fps=15)
    )
    cv2.imwrite(str(films["picture"]), wander(0.1, 123, (960, 540))[0])
    with Faircut(Settings(home=tmp_path_factory.mktemp("home"), engine_options=ENGINES)) as faircut:
        party = faircut.catalogue.add_party("North Lantern Pictures", actor="tests")
        work = faircut.catalogue.add_work("The Lantern Keeper", party.id, actor="tests")
        faircut.catalogue.add_element("character", "Captain Lumen", work=work.id, actor="tests")
        faircut.catalogue.add_reference(films["film"], work=work.id, actor="tests")
        faircut.preflight(["a first look"])
        faircut.studio.start()
        _, secret = faircut.keys.create("browser", [Scope.ADMIN], actor="tests")
        with served(create_app(faircut)) as base:
            yield Site(base, faircut, secret, work.id, films)


@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    """Started after the site, which cannot start while Playwright's event loop runs."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: install it, or set FAIRCUT_CHROMIUM")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield found
        found.close()


def _context(browser: Browser, site: Site, width: int, height: int, *, phone: bool) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        is_mobile=phone,
        has_touch=phone,
        color_scheme="light" if phone else "dark",
        reduced_motion="reduce",
    )
    context.set_default_timeout(ACTION_MS)
    session = site.faircut.sessions.open_with_key(site.secret)
    context.add_cookies([{"name": "faircut_session", "value": session.value, "url": site.base}])
    return context


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """A signed-in desktop browser; at the end nothing may have been complained about or fetched elsewhere."""
    yield from _visit(_context(browser, site, 1280, 900, phone=False), site)


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Visit]:
    """A signed-in phone, 390 pixels wide."""
    yield from _visit(_context(browser, site, 390, 844, phone=True), site)


def _visit(context: BrowserContext, site: Site) -> Iterator[Visit]:
    with context:
        made = Visit(context.new_page(), site.base)
        made.watch()
        yield made
        assert made.complaints == []
        assert made.foreign == []
