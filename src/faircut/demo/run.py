"""Runs the demo: takes the steps one after the other, tells the story, and writes the report."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from faircut.app import Faircut
from faircut.demo import PLUGINS, films, material, memoriser, real, steps, steps_studio
from faircut.demo.page import write_page
from faircut.demo.story import Check, DemoReport, Narrator, Outcome, Step
from faircut.errors import ConfigError, FaircutError

Taken = Callable[[steps.Context], Outcome]

PLAN: tuple[tuple[str, str, Taken], ...] = (
    ("Films to protect", "{films}", steps.films),
    ("Register them", "Import the catalogue; it must count from the next request on.", steps.register),
    (
        "Innocent things pass",
        "A prompt that comes close to the names, footage and a picture that nobody protects.",
        steps.innocents,
    ),
    (
        "A clean request is released",
        "Three shots from a picture of one's own: made, checked, signed, read back.",
        steps_studio.clean,
    ),
    ("Prompts that name what is protected are refused", "Plainly, and in disguise.", steps.prompts),
    (
        "A hidden cut is refused",
        "A cut of a film, mirrored and re-encoded, between two pieces of other footage.",
        steps.hidden_cut,
    ),
    (
        "A memorised film is caught at the output",
        "An engine that replays its training film, asked for something harmless.",
        steps_studio.memorised,
    ),
    (
        "The ledger is verified",
        "Every event and every released file; then a copy with one byte changed.",
        steps_studio.ledger,
    ),
)


def run_demo(faircut: Faircut, *, media: Path | None = None, out: Path, say: Console) -> DemoReport:
    """Shows all of it on films drawn for the purpose or, with ``media``, on the films of a folder.

    ``faircut`` is a fresh one on SQLite with :data:`faircut.demo.PLUGINS` among its plugins. Pictures and
    ``index.html`` are written to ``out``. Starts a worker where none runs here, and stops it again. A step that
    breaks off counts as one that did not show what it should. Raises ConfigError when the plugins are missing.
    """
    if memoriser.NAME not in faircut.plugins.engines():
        raise ConfigError(
            f"The demo needs the engine {memoriser.NAME}.", field="plugins", remedy=f"Add {PLUGINS[0]!r} to plugins."
        )
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("*.png"), *out.glob("*.html"), *out.glob("released.mp4")]:
        old.unlink()
    shutil.rmtree(out / "uploads", ignore_errors=True)
    narrator = Narrator(say)
    make = (
        (lambda watch: real.collect(media, out / "films", watch))
        if media
        else (lambda watch: material.draw(out / "films", watch))
    )
    context = steps.Context(faircut, out, narrator, make)
    whose = f"the films in {media}" if media else f"two films of {films.STUDIO}, drawn for the occasion"
    narrator.title("Faircut, shown step by step", f"on {whose}; nothing leaves this machine")
    begun, cpu = time.monotonic(), _cpu()
    own_worker = faircut.studio.workers() == 0
    if own_worker:
        faircut.studio.start()
    try:
        taken = tuple(_take(context, number, plan, media) for number, plan in enumerate(PLAN, 1))
    finally:
        if own_worker:
            faircut.studio.stop()
    page = out / "index.html"
    report = DemoReport(taken, len(PLAN), time.monotonic() - begun, _cpu() - cpu, page)
    write_page(report, page, whose)
    narrator.close(report)
    return report


def _take(context: steps.Context, number: int, plan: tuple[str, str, Taken], media: Path | None) -> Step:
    title, doing, take = plan
    doing = doing.format(
        films=f"Open what lies in {media}." if media else "Draw and score two short films, a clip and a picture."
    )
    context.narrator.begin(number, len(PLAN), title, doing)
    begun = time.monotonic()
    try:
        outcome = take(context)
    except FaircutError as error:
        outcome = Outcome((Check("the step", "comes to its end", str(error), False),))
    step = Step(number, title, doing, outcome, time.monotonic() - begun)
    context.narrator.end(step)
    return step


def _cpu() -> float:
    """CPU seconds of this process and the engines that it has run."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
