"""``faircut generate`` and ``faircut jobs``: ask for a video, and look after what was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from faircut import wire
from faircut.cli.asking import (
    Audio,
    Clips,
    CutOn,
    Duration,
    EngineOption,
    FirstFrame,
    Images,
    LastFrame,
    RatioOption,
    Seed,
    ShotsFile,
    SizeOption,
    Sounds,
    Texts,
    asked,
)
from faircut.cli.console import (
    EXIT_BLOCKED,
    EXIT_ERROR,
    EXIT_REVIEW,
    data,
    emit,
    plain,
    progress_bar,
    show_decision,
    words,
)
from faircut.cli.engines import price_words
from faircut.cli.root import ACTOR, JsonFlag, app, opened
from faircut.domain import Job, JobState, MediaKind, Ratio, Size, Verdict

if TYPE_CHECKING:
    from faircut.app import Faircut
    from faircut.uploads import Upload

jobs = typer.Typer(help="Generation jobs.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(jobs, name="jobs")


@app.command()
def generate(
    context: typer.Context,
    texts: Texts = None,
    shots: ShotsFile = None,
    image: Images = None,
    clip: Clips = None,
    sound: Sounds = None,
    first_frame: FirstFrame = None,
    last_frame: LastFrame = None,
    cut_on: CutOn = None,
    size: SizeOption = Size.P720,
    ratio: RatioOption = Ratio.R16_9,
    duration: Duration = 6,
    seed: Seed = 0,
    audio: Audio = True,
    engine: EngineOption = None,
    out: Annotated[Path | None, typer.Option(help="Copy the released file here.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a video: screened before, screened after, signed. Exit status: 0 released, 3 refused, 4 review, 1 error."""
    given = asked(texts, shots, image, clip, sound, first_frame, last_frame)
    with opened(context) as faircut:
        with progress_bar("checking uploads", quiet=as_json) as progress:
            request = faircut.build_request(
                shots=given.shots,
                images=_upload(faircut, given.files[MediaKind.IMAGE], MediaKind.IMAGE),
                clips=_upload(faircut, given.files[MediaKind.VIDEO], MediaKind.VIDEO),
                sounds=_upload(faircut, given.files[MediaKind.AUDIO], MediaKind.AUDIO),
                size=size,
                ratio=ratio,
                duration=duration,
                seed=seed,
                audio=audio,
                engine=engine,
                cut_on=cut_on,
                first_frame=given.first_frame,
                last_frame=given.last_frame,
            )
            progress(1.0, "")
        if (price := faircut.price(request)) is not None and not as_json:
            words.print(f"{request.engine}: {plain(price_words(price))}")
        job = faircut.studio.submit(request, owner=ACTOR)
        with progress_bar("generating", quiet=as_json) as progress:
            ours = False
            while not job.state.final:
                # `faircut serve` on the same data folder does the work while it lives; otherwise this process does.
                if not ours and not faircut.studio.workers():
                    faircut.studio.start()
                    ours = True
                job = faircut.studio.wait(job.id, timeout=0.5)
                progress(job.progress, job.message)
        _finish(faircut, job, out, as_json=as_json)
        raise typer.Exit(_status(faircut, job))


def _upload(faircut: Faircut, paths: list[Path], kind: MediaKind) -> list[Upload]:
    return [faircut.uploads.add(path, path.name, owner=ACTOR, kind=kind) for path in paths]


def _finish(faircut: Faircut, job: Job, out: Path | None, *, as_json: bool) -> None:
    released = faircut.studio.released.open(job.released_digest) if job.released_digest else None
    if released and out:
        out.write_bytes(released.read_bytes())
    if as_json:
        emit(wire.dump(job) | {"file": str(out or released) if released else None})
        return
    if released:
        data.print(str(out or released))
        words.print(f"[green]released[/] {job.id}, sha256 {job.released_digest}")
    elif job.state is JobState.REFUSED:
        for decision in (faircut.decisions.get(each) for each in job.decision_ids):
            if not decision.allows:
                show_decision(decision)
    else:
        error = job.error or {}
        words.print(f"[red]{job.state.value}[/] {plain(str(error.get('message') or job.message))}")
        words.print(f"      {plain(str(error.get('remedy') or ''))}")


def _status(faircut: Faircut, job: Job) -> int:
    if job.state is JobState.RELEASED:
        return 0
    if job.state is not JobState.REFUSED:
        return EXIT_ERROR
    verdicts = {faircut.decisions.get(each).verdict for each in job.decision_ids}
    return EXIT_BLOCKED if Verdict.BLOCK in verdicts else EXIT_REVIEW


def _line(job: Job) -> None:
    prompt = " / ".join(shot.prompt for shot in job.request.shots)
    data.print(f"{job.id} [bold]{job.state.value:9}[/] {job.progress:4.0%} {plain(prompt[:80])}")


@jobs.command("list")
def list_jobs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 20,
    as_json: JsonFlag = False,
) -> None:
    """Print jobs, the newest first."""
    with opened(context) as faircut:
        for job in faircut.studio.list(limit=limit):
            if as_json:
                emit(wire.dump(job))
            else:
                _line(job)


@jobs.command("show")
def show(
    context: typer.Context,
    job_id: Annotated[str, typer.Argument(help="The job's id.")],
    as_json: JsonFlag = False,
) -> None:
    """Print one job and its Decisions."""
    with opened(context) as faircut:
        job = faircut.studio.get(job_id)
        if as_json:
            emit(wire.dump(job))
            return
        _line(job)
        for decision_id in job.decision_ids:
            show_decision(faircut.decisions.get(decision_id))


@jobs.command("cancel")
def cancel(context: typer.Context, job_id: Annotated[str, typer.Argument(help="The job's id.")]) -> None:
    """Stop a job. Nothing of it is released."""
    with opened(context) as faircut:
        faircut.studio.cancel(job_id, actor=ACTOR)
        words.print(f"cancelling {job_id}")
