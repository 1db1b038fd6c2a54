"""The films that are measured: real ones from the shared media folder, else ones drawn by FFmpeg's test sources."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import imageio_ffmpeg

from benchmarks.harness import program

NO_FILMS = "the real films are not here: set FAIRCUT_SHARED_MEDIA to their folder"
CLIP_1080P = "big-buck-bunny-1080p-10s.mp4"
FILMS = ("big-buck-bunny-480p-30s.mp4", "sintel-720p-16s.mp4", "tears-of-steel-800x332-70s-vp8.webm")
INNOCENT = ("chair-480x720-22s.mp4", "crystal-720x480-12s.mp4", "frog-720x480-8s.mp4")
_DRAWN = {
    "film": (
        "mandelbrot=size={size}:rate=30",
        "life=size={size}:rate=30:mold=10:ratio=0.1",
        "cellauto=size={size}:rate=30",
    ),
    "innocent": ("testsrc2=size={size}:rate=30", "gradients=size={size}:rate=30:n=6", "sierpinski=size={size}:rate=30"),
}


class Media(NamedTuple):
    """Films to register, clips that show none of them, and one 1080p clip with sound. ``real``: not drawn."""

    films: tuple[Path, ...]
    innocent: tuple[Path, ...]
    clip: Path
    real: bool


def ffmpeg() -> str:
    """The FFmpeg program of the PyPI package imageio-ffmpeg."""
    program_path: str = imageio_ffmpeg.get_ffmpeg_exe()
    return program_path


def shared_media() -> Path | None:
    """The folder of real films, where there is one."""
    places = [os.environ.get("FAIRCUT_SHARED_MEDIA"), Path(__file__).parents[1].parent / "shared" / "media"]
    return next((Path(place) for place in places if place and (Path(place) / CLIP_1080P).is_file()), None)


def media(workdir: Path) -> Media:
    """The real films, or drawn ones made in ``workdir``."""
    if folder := shared_media():
        return Media(
            tuple(folder / name for name in FILMS), tuple(folder / name for name in INNOCENT), folder / CLIP_1080P, True
        )
    drawn = {kind: tuple(_draw(workdir, source, "1280x720", 15) for source in _DRAWN[kind]) for kind in _DRAWN}
    return Media(drawn["film"], drawn["innocent"], _draw(workdir, _DRAWN["film"][0], "1920x1080", 10), False)


def _draw(workdir: Path, source: str, size: str, seconds: int) -> Path:
    target = workdir / f"{source.split('=')[0]}-{size}.mp4"
    picture = source.format(size=size)
    sound = f"sine=frequency={220 + 110 * len(picture)}:beep_factor=4:sample_rate=48000"
    encode(["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", str(seconds)], target)
    return target


def encode(source: list[str], target: Path, *, filters: str = "null") -> Path:
    """Writes what FFmpeg's arguments ``source`` yield as h264 and AAC."""
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", *source, "-vf", filters, "-c:v", "libx264"]
    program([*command, "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-c:a", "aac", str(target)])
    return target


def encode_sound(sources: Sequence[Path], target: Path, *, seconds: int | None) -> Path:
    """Writes the sound of all sources, one after the other and round again to fill ``seconds``, as 44.1 kHz stereo."""
    inputs = [part for source in sources for part in ("-i", str(source))]
    joined = "".join(f"[{number}:a:0]" for number in range(len(sources))) + f"concat=n={len(sources)}:v=0:a=1[all]"
    endless = ";[all]aloop=loop=-1:size=2147483647,asetpts=N/SR/TB[out]" if seconds else ";[all]anull[out]"
    length = ["-t", str(seconds)] if seconds else []
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", *inputs, "-filter_complex", joined + endless, "-map", "[out]"]
    program([*command, *length, "-ar", "44100", "-ac", "2", str(target)])
    return target
