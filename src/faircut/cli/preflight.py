"""``faircut preflight``: what would become of a request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from faircut import wire
from faircut.cli.asking import (
    Asked,
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
from faircut.cli.console import EXIT_ERROR, complain, data, emit, exit_for, plain, progress_bar, show_decision
from faircut.cli.engines import price_words
from faircut.cli.root import ACTOR, JsonFlag, app, opened
from faircut.domain import Asset, GenerationRequest, MediaKind, Ratio, Size

if TYPE_CHECKING:
    from faircut.app import Faircut
    from faircut.store.blobs import BlobStore
    from faircut.studio.preflight import Preflight


@app.command()
def preflight(
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
    as_json: JsonFlag = False,
) -> None:
    """Tell the whole verdict on a request, its mistakes and its price. Nothing is made, recorded or spent.

    Exit status: 0 it would be made, 3 refused, 4 review, 1 it would not be accepted.
    """
    from faircut.store.blobs import BlobStore

    given = asked(texts, shots, image, clip, sound, first_frame, last_frame)
    with opened(context) as faircut, TemporaryDirectory(prefix="faircut-preflight-") as folder:
        kept = BlobStore(Path(folder))
        with progress_bar("judging", quiet=as_json):
            request = replace(
                faircut.build_request(
                    shots=given.shots, size=size, ratio=ratio, duration=duration, seed=seed, audio=audio, engine=engine
                ),
                cut_on=cut_on,
                first_frame=given.first_frame,
                last_frame=given.last_frame,
            )
            found = faircut.studio.preflight(_with_files(faircut, request, given, kept), owner=ACTOR, uploads=kept)
    _tell(found, as_json=as_json)
    raise typer.Exit(EXIT_ERROR if found.errors else exit_for(found.verdict))


def _with_files(faircut: Faircut, request: GenerationRequest, given: Asked, kept: BlobStore) -> GenerationRequest:
    from faircut.media.assets import asset_from_file
    from faircut.uploads import numbered

    def files(kind: MediaKind) -> tuple[Asset, ...]:
        assets = []
        for path in given.files[kind]:
            assets.append(asset_from_file(path, path.name, name=path.name, limits=faircut.upload_limits))
            kept.put_file(path)
        return numbered(assets, kind)

    return replace(request, images=files(MediaKind.IMAGE), clips=files(MediaKind.VIDEO), sounds=files(MediaKind.AUDIO))


def _tell(found: Preflight, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "passes": found.passes,
                "verdict": found.verdict.value,
                "failing": [wire.dump(each) for each in found.failing],
                "errors": [each.as_dict() for each in found.errors],
                "price": None if found.price is None else wire.dump(found.price),
                "decisions": [wire.dump(each) for each in found.decisions],
            }
        )
        return
    for error in found.errors:
        complain(error)
    for decision in found.decisions:
        show_decision(decision)
    if found.failing:
        data.print(f"at fault: {plain(', '.join(each.input for each in found.failing))}")
    if found.price is not None:
        data.print(f"price: {plain(price_words(found.price))}")
    data.print("[green]it would be made[/]" if found.passes else "[red]it would not be made[/]")
