"""``faircut engines``: which there are, whether they can work, what a video will cost, fetching weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from faircut import wire
from faircut.cli.console import EXIT_ERROR, data, emit, plain, progress_bar, words
from faircut.cli.root import ACTOR, JsonFlag, app, opened
from faircut.domain import MediaKind, Ratio, Shot, Size
from faircut.protocols import EngineCapabilities, Price

if TYPE_CHECKING:
    from faircut.studio.engines import EngineInfo

engines = typer.Typer(help="Engines that make video.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(engines, name="engines")

EngineName = Annotated[str, typer.Argument(help="The engine's name, see `faircut engines list`.")]


@engines.command("list")
def list_engines(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Print the installed engines: what they make, what they need, and whether they are set up."""
    with opened(context) as faircut:
        for info in faircut.engines.list():
            _show(info, as_json=as_json)


@engines.command("check")
def check(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The engine's name; all when there is none.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask whether engines can work: keys, servers, weights. Spends nothing. Exit status 1: the one named cannot."""
    with opened(context) as faircut:
        found = faircut.engines.list(reach=True) if name is None else (faircut.engines.check(name),)
        for info in found:
            _show(info, as_json=as_json, facts=True)
    if name is not None and not all(info.status.ready for info in found):
        raise typer.Exit(EXIT_ERROR)


@engines.command("price")
def price(
    context: typer.Context,
    engine: Annotated[str | None, typer.Option(help="The engine [default: the operator's].")] = None,
    clip: Annotated[list[Path] | None, typer.Option(help="A clip that goes along; its seconds may cost too.")] = None,
    size: Annotated[Size, typer.Option(help="Picture size.")] = Size.P720,
    ratio: Annotated[Ratio, typer.Option(help="Picture ratio.")] = Ratio.R16_9,
    duration: Annotated[int, typer.Option(help="Seconds.")] = 6,
    audio: Annotated[bool, typer.Option("--audio/--no-audio", help="With or without sound.")] = True,
    as_json: JsonFlag = False,
) -> None:
    """Print what a video will cost, before anything is sent. Clips are stored and judged as uploads."""
    with opened(context) as faircut:
        request = faircut.build_request(
            shots=[Shot("")],
            clips=[faircut.uploads.add(path, path.name, owner=ACTOR, kind=MediaKind.VIDEO) for path in clip or []],
            size=size,
            ratio=ratio,
            duration=duration,
            audio=audio,
            engine=engine,
        )
        found = faircut.price(request)
    if as_json:
        emit({"engine": request.engine, "price": None if found is None else wire.dump(found)})
    else:
        data.print(f"{request.engine} {plain(price_words(found))}")


@engines.command("pull")
def pull(
    context: typer.Context,
    name: EngineName,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="You have read the weights' licence and keep to it.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Fetch an engine's weights, pinned by revision. Its licence has to be accepted."""
    with opened(context) as faircut, progress_bar(f"fetching {name}", quiet=as_json) as progress:
        facts = faircut.engines.pull(name, accept_licence=accept_licence, progress=progress)
    if as_json:
        emit(dict(facts))
    else:
        for key, value in facts.items():
            data.print(f"{plain(key)}: {plain(value)}")


def price_words(price: Price | None) -> str:
    """A price in words: "0.756 USD (108,000 tokens at 7 USD a million)"."""
    if price is None:
        return "costs nothing"
    if price.amount is None:
        return f"costs an unknown amount ({price.basis})"
    return f"{'at least ' if price.least else ''}{price.amount:g} {price.unit} ({price.basis})"


def _show(info: EngineInfo, *, as_json: bool, facts: bool = False) -> None:
    if as_json:
        emit(_as_json(info))
        return
    state = "[green]ready[/]" if info.status.ready else "[yellow]not ready[/]"
    data.print(f"[bold]{info.name}[/] {info.version} {state} [dim]{plain(info.label)}[/]")
    if info.capabilities is not None:
        data.print(f"       makes {plain(able_words(info.capabilities))}")
    data.print(f"       needs {plain(info.needs)}{'; may cost money' if info.costs else ''}")
    for problem in info.status.problems:
        words.print(f"       {plain(problem.message)} [dim]{plain(problem.remedy)}[/]")
    if facts:
        for key, value in info.status.facts.items():
            data.print(f"       [dim]{plain(key)}: {plain(value)}[/]")


def able_words(able: EngineCapabilities) -> str:
    """What an engine makes, in a line."""
    first, last = min(able.durations), max(able.durations)
    whole = sorted(able.durations) == list(range(first, last + 1))
    seconds = f"{first} to {last}" if whole else ", ".join(str(each) for each in sorted(able.durations))
    takes = [
        f"{most} {name}{'s' if most > 1 else ''}"
        for most, name in ((able.most_images, "image"), (able.most_clips, "clip"), (able.most_sounds, "sound"))
        if most
    ]
    sound = "with sound" if able.sound and not able.silence else "with or without sound" if able.sound else "silent"
    sizes = ", ".join(size.value for size in able.sizes)
    return f"{seconds} s, {sizes}, {sound}; takes text{''.join(f', {each}' for each in takes)}"


def _as_json(info: EngineInfo) -> dict[str, Any]:
    found = wire.dump(info)
    return {**found, "status": {**found["status"], "ready": info.status.ready}}
