"""Refuses files of which a decoder would see only a part. What we do not look at, somebody else's player might show."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from faircut.errors import UnreadableMedia

_STILL_BRANDS = frozenset({"avif", "heic", "heix", "heim", "heis", "mif1", "miaf"})
_MOST_BOXES = 100_000


def picture_streams(container: InputContainer) -> list[VideoStream]:
    """The video streams without cover art: one attached picture does not make a song a video.

    Timed thumbnails are whole tracks that a chapter list points at, so they count as pictures.
    """
    return [stream for stream in container.streams.video if not _is_cover(stream)]


def _is_cover(stream: Stream) -> bool:
    attached = bool(stream.disposition & Disposition.attached_pic)
    return attached and not stream.disposition & Disposition.timed_thumbnails


def is_still_container(container: InputContainer) -> bool:
    """Whether an ISO media file says that it is a still picture: AVIF (AOM, 2019) or HEIF (ISO/IEC 23008-12)."""
    return container.metadata.get("major_brand", "").strip() in _STILL_BRANDS


def check_whole(container: InputContainer, path: Path, label: str) -> None:
    """Raises UnreadableMedia when the file holds more pictures or sound than one decoder would look at.

    That is: several picture or sound streams, streams of unknown coding, a TIFF of several pages, an MP4 with a
    second index.
    """
    _one_of("picture", picture_streams(container), label)
    _one_of("sound", container.streams.audio, label)
    names = set(container.format.name.split(","))
    if "tiff_pipe" in names and _tiff_pages(path) > 1:
        raise _partial(label, "a TIFF of several pages", "Send each page as a picture of its own.")
    if "mp4" in names and _boxes(path, b"moov") > 1:
        raise _partial(label, "an MP4 with two indexes, which players read differently", "Write it anew as one film.")


def _one_of(what: str, streams: Sequence[Stream], label: str) -> None:
    if len(streams) > 1:
        raise _partial(
            label,
            f"a file with {len(streams)} {what} streams, of which a player shows one at a time",
            "Send each as a file of its own, for example one made with `ffmpeg -i FILE -map 0:v:0 -map 0:a:0 -c copy`.",
        )
    # Codings that the library does not know have no context.
    if any(getattr(stream, "codec_context", None) is None for stream in streams):
        raise _partial(label, f"a {what} stream in a coding that is not known here", "Convert it to H.264 and AAC.")


def _partial(label: str, what: str, remedy: str) -> UnreadableMedia:
    return UnreadableMedia(f"It is {what}: not all of it could be judged.", field=label, remedy=remedy)


def _tiff_pages(path: Path) -> int:
    """1, or 2 for two or more. TIFF 6.0: a chain of directories, each ending in the offset of the next one."""
    with path.open("rb") as file:
        head = file.read(8)
        order = "<" if head[:2] == b"II" else ">"
        # BigTIFF (43) is not decoded, so only the classic layout can come this far.
        if len(head) < 8 or struct.unpack(f"{order}H", head[2:4])[0] != 42:
            return 1
        file.seek(struct.unpack(f"{order}I", head[4:])[0])
        count = file.read(2)
        if len(count) < 2:
            return 1
        file.seek(12 * struct.unpack(f"{order}H", count)[0], 1)
        following = file.read(4)
    return 2 if len(following) == 4 and any(following) else 1


def _boxes(path: Path, kind: bytes) -> int:
    """How many boxes of a kind stand at the top level of an ISO base media file (ISO/IEC 14496-12, 4.2)."""
    found = 0
    size = path.stat().st_size
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            at = file.tell()
            length, name = _box(file, size - at)
            if not length:
                break
            found += name == kind
            file.seek(at + length)
    return found


def _box(file: BinaryIO, left: int) -> tuple[int, bytes]:
    """Length and type of the box at the file's position; length 0 where there is none."""
    head = file.read(8)
    if len(head) < 8:
        return 0, b""
    length = int(struct.unpack(">I", head[:4])[0])
    if length == 1:
        wide = file.read(8)
        length = int(struct.unpack(">Q", wide)[0]) if len(wide) == 8 else 0
    elif length == 0:
        length = left
    return (length if length >= 8 else 0), head[4:]
