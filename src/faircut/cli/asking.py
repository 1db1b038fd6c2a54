"""What ``generate`` and ``preflight`` have in common: shots from texts or a file, and files in their places."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from faircut.domain import MediaKind, Ratio, Shot, Size
from faircut.errors import InputError, NotFound

Texts = Annotated[
    list[str] | None, typer.Argument(metavar="SHOTS", help="What each shot shows; several texts make several shots.")
]
ShotsFile = Annotated[
    Path | None,
    typer.Option("--shots", help="A JSON or TOML file of shots with camera, lighting, physics … instead of texts."),
]
Images = Annotated[list[Path] | None, typer.Option("--image", help="Image 1, Image 2 … (at most 9).")]
Clips = Annotated[list[Path] | None, typer.Option("--clip", help="Video 1 … (at most 3).")]
Sounds = Annotated[list[Path] | None, typer.Option("--sound", help="Audio 1 … (at most 3).")]
FirstFrame = Annotated[Path | None, typer.Option("--first-frame", help="The image that the video begins with.")]
LastFrame = Annotated[Path | None, typer.Option("--last-frame", help="The image that it ends with.")]
CutOn = Annotated[str | None, typer.Option("--cut-on", help='Change shots on the beats of a sound: "Audio 1".')]
SizeOption = Annotated[Size, typer.Option("--size", help="Picture size.")]
RatioOption = Annotated[Ratio, typer.Option("--ratio", help="Picture ratio.")]
Duration = Annotated[int, typer.Option("--duration", help="Seconds, 4 to 15.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed and request give the same frames.")]
Audio = Annotated[bool, typer.Option("--audio/--no-audio", help="With or without sound.")]
EngineOption = Annotated[str | None, typer.Option("--engine", help="See `faircut engines list`.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request before its files are read. The frames are labels of images."""

    shots: tuple[Shot, ...]
    files: dict[MediaKind, list[Path]]
    first_frame: str | None
    last_frame: str | None


def asked(
    texts: Sequence[str] | None,
    shots_file: Path | None,
    images: Sequence[Path] | None,
    clips: Sequence[Path] | None,
    sounds: Sequence[Path] | None,
    first_frame: Path | None,
    last_frame: Path | None,
) -> Asked:
    """Puts together what the options say. Frames come after the images of ``--image``. Raises InputError, NotFound."""
    if bool(texts) == (shots_file is not None):
        raise typer.BadParameter("write SHOTS, or name a file of them with --shots FILE")
    shots = tuple(Shot(text) for text in texts or ()) if shots_file is None else shots_from(shots_file)
    pictures = list(images or [])

    def frame(path: Path | None) -> str | None:
        if path is None:
            return None
        pictures.append(path)
        return f"Image {len(pictures)}"

    first, last = frame(first_frame), frame(last_frame)
    files = {MediaKind.IMAGE: pictures, MediaKind.VIDEO: list(clips or []), MediaKind.AUDIO: list(sounds or [])}
    return Asked(shots, files, first, last)


def shots_from(path: Path) -> tuple[Shot, ...]:
    """Shots as the API takes them, in a JSON list, or as ``shots`` of a JSON object or a TOML file.

    Raises NotFound and InputError, which names the first field at fault and carries the others.
    """
    from faircut.api.shot_schemas import read_shots

    if not path.is_file():
        raise NotFound(f"There is no file {str(path)!r}.", field="--shots", remedy="Check the path.")
    try:
        text = path.read_text(encoding="utf-8")
        data: Any = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except ValueError as error:
        raise InputError(
            f"{path.name} is not readable: {error}.", field="--shots", remedy="Write JSON, or TOML in a .toml file."
        ) from error
    return read_shots(data)
