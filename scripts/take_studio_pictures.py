"""Takes docs/images/studio.png and refusal.png anew, over what `make demo` left behind: its catalogue and its films.

    python scripts/take_studio_pictures.py [docs/images]

Needs a Chromium, as the browser tests do. The demo's data folder is copied, and the copy goes with the script's end.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the doubles of the tests serve here too; imports follow it

from faircut.access import Scope  # noqa: E402
from faircut.app import Faircut  # noqa: E402
from faircut.config import Settings  # noqa: E402
from faircut.web import create_app  # noqa: E402
from support.http import served  # noqa: E402

CHROMIUM = os.environ.get("FAIRCUT_CHROMIUM") or str(ROOT / ".browser" / "chromium")
DEMO = ROOT / ".demo"
FILES = ("films/lighthouse.png", "films/kites-over-the-hill-farm.mp4", "uploads/my-holiday.mp4")
WIDTH = 1280


def compose(page: Page) -> None:
    """Two shots, one with directives and one that names a character; two files that pass and one that does not."""
    page.set_input_files("input[type=file]", [DEMO / name for name in FILES])
    page.locator(".tile .chip").nth(2).wait_for()
    page.locator("textarea").fill("Image 1: a lighthouse by the sea, the camera slowly zooms in.")
    page.get_by_role("button", name="Add a shot").click()
    page.locator("textarea").nth(1).fill("L.u.m.i climbs the stairs with a lantern, low angle.")
    page.get_by_text("Camera, light, physics, words").first.click()
    for label, choice in {
        "Camera move": "zoom",
        "Framing": "wide",
        "Time of day": "dusk",
        "Light from": "left",
        "Weather": "rain",
        "Begins with": "fade",
    }.items():
        page.get_by_label(label, exact=True).first.select_option(choice)
    page.locator("[data-control=amount]").first.fill("40")
    page.get_by_label("Title", exact=True).first.fill("The Last Light")
    page.locator('[data-verdict][data-state="block"]').wait_for()


def main() -> int:
    """Writes the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "home"
        shutil.copytree(DEMO / "home", home, ignore=shutil.ignore_patterns("workers", "released", "quarantine"))
        faircut = stack.enter_context(Faircut(Settings(home=home)))
        secret = faircut.keys.create("operator", [Scope.ADMIN], actor="picture")[1]
        session = faircut.sessions.open_with_key(secret).value
        base = stack.enter_context(served(create_app(faircut)))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        context.add_cookies([{"name": "faircut_session", "value": session, "url": base}])
        context.set_default_timeout(120_000)
        page = context.new_page()
        page.goto(base)
        page.wait_for_selector("fc-studio[data-ready]")
        compose(page)
        page.locator("h1").evaluate("() => document.activeElement.blur()")
        foot = page.locator("[data-files]").bounding_box()
        height = round(foot["y"] + foot["height"]) + 26 if foot else 900
        whole = folder / "studio.png"
        page.screenshot(path=whole, clip={"x": 0, "y": 0, "width": WIDTH, "height": height}, full_page=True)
        # Once more, alone: what three files at once took would say nothing about one.
        clip = DEMO / FILES[-1]
        again = page.request.post(
            f"{base}/v1/uploads",
            headers={"Authorization": f"Bearer {secret}"},
            multipart={"file": {"name": clip.name, "mimeType": "video/mp4", "buffer": clip.read_bytes()}},
        )
        page.goto(f"{base}/decisions/{again.json()['decision']['id']}")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / "refusal.png", full_page=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
