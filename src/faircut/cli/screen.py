"""``faircut screen``: judge files and prompts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from faircut import wire
from faircut.cli.console import EXIT_ERROR, complain, emit, exit_for, gravest, progress_bar, show_decision
from faircut.cli.root import ACTOR, JsonFlag, app, opened
from faircut.domain import Decision, Stage
from faircut.errors import FaircutError, InputError, NotFound

if TYPE_CHECKING:
    from faircut.app import Faircut


@app.command()
def screen(
    context: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(help="Images, clips, sounds to judge.")] = None,
    prompt: Annotated[list[str] | None, typer.Option(help="A text to judge as a prompt; may be repeated.")] = None,
    prompts: Annotated[Path | None, typer.Option(help="A UTF-8 file with one prompt a line.")] = None,
    stage: Annotated[Stage, typer.Option(help="The stage at which files are judged.")] = Stage.UPLOAD,
    as_json: JsonFlag = False,
) -> None:
    """Judge files and prompts: one Decision each. Exit status: 0 allow, 3 block, 4 review, 1 error."""
    if not files and not prompt and prompts is None:
        raise typer.BadParameter("name a FILE, --prompt TEXT or --prompts FILE")
    texts = [*(prompt or []), *(_lines(prompts) if prompts else [])]
    codes: list[int] = []
    with opened(context) as faircut, progress_bar("screening", quiet=as_json) as progress:
        total = len(texts) + len(files or [])
        for number, answer in enumerate(_answers(faircut, texts, files or [], stage), 1):
            codes.append(_report(answer, as_json=as_json))
            progress(number / total, f"{number} of {total}")
    raise typer.Exit(gravest(codes))


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise NotFound(f"There is no file {str(path)!r}.", field="--prompts", remedy="Check the path.")
    try:
        # Only line feeds end a prompt: U+2028 and others that splitlines() knows may stand inside one.
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise InputError("The file is not UTF-8.", field="--prompts", remedy="Save it as UTF-8.") from error
    return [line.rstrip("\r") for line in (lines[:-1] if lines and not lines[-1] else lines)]


def _answers(
    faircut: Faircut, texts: list[str], files: list[Path], stage: Stage
) -> Iterator[Decision | tuple[str, FaircutError]]:
    from faircut.media.assets import readable

    for text in texts:
        yield faircut.screen_text(text, actor=ACTOR)
    for path in files:
        name = readable(path.name)
        try:
            yield faircut.screen_file(path, actor=ACTOR, stage=stage, label=name)
        except FaircutError as error:
            # One unreadable file must not keep the others from being judged.
            yield name, error


def _report(answer: Decision | tuple[str, FaircutError], *, as_json: bool) -> int:
    if isinstance(answer, Decision):
        if as_json:
            emit(wire.dump(answer))
        else:
            show_decision(answer)
        return exit_for(answer.verdict)
    name, error = answer
    if as_json:
        emit({"input": name, "verdict": None, "error": error.as_dict()})
    else:
        complain(error)
    return EXIT_ERROR
