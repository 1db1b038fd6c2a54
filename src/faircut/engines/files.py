"""What an engine needs to know of a file before it hands it on: its type by its bytes, its size, its length."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from faircut.domain import Asset, MediaKind
from faircut.errors import EngineInputUnreadable

_SIGNATURES: Final = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"WEBP", 8, "image/webp"),
    (b"BM", 0, "image/bmp"),
    (b"II*\x00", 0, "image/tiff"),
    (b"MM\x00*", 0, "image/tiff"),
    (b"GIF8", 0, "image/gif"),
    (b"WAVE", 8, "audio/wav"),
    (b"ID3", 0, "audio/mpeg"),
    (b"OggS", 0, "audio/ogg"),
    (b"fLaC", 0, "audio/flac"),
    (b"ftypqt  ", 4, "video/quicktime"),
    *((b"ftyp" + brand, 4, "image/heic") for brand in (b"heic", b"heix", b"heim", b"heis", b"mif1")),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
)
_MP3_SYNC: Final = 0xE0


@dataclass(frozen=True, slots=True)
class Measures:
    """``type`` is a media type (RFC 6838); seconds and fps are 0 for pictures, width and height for sounds."""

    type: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    fps: float = 0.0


def media_type(head: bytes, kind: MediaKind) -> str:
    """The media type that the first bytes of a file show; ``application/octet-stream`` when none is known."""
    for signature, at, found in _SIGNATURES:
        if head[at : at + len(signature)] == signature:
            # An MP4 may hold sound alone.
            return "audio/mp4" if kind is MediaKind.AUDIO and found.startswith("video/") else found
    if len(head) > 1 and head[0] == 0xFF and head[1] & _MP3_SYNC == _MP3_SYNC:
        return "audio/mpeg"
    return "application/octet-stream"


def measure(asset: Asset) -> Measures:
    """The measures of a file of a request, from its header. Raises EngineInputUnreadable naming it."""
    import av
    from av.error import FFmpegError

    if asset.path is None:
        raise EngineInputUnreadable("The file is not at hand.", field=asset.label, remedy="Upload it again.")
    try:
        with asset.path.open("rb") as file:
            found = media_type(file.read(16), asset.kind)
        with av.open(str(asset.path), options={"protocol_whitelist": "file"}) as container:
            seconds = float(container.duration or 0) / 1e6
            if asset.kind is MediaKind.AUDIO and container.streams.audio:
                return Measures(found, seconds=seconds)
            picture = container.streams.video[0]
            width, height = picture.codec_context.width, picture.codec_context.height
            if not (width and height):
                raise ValueError("no pixels")
            if asset.kind is MediaKind.IMAGE:
                return Measures(found, width, height)
            return Measures(found, width, height, seconds, float(picture.average_rate or 0))
    except (FFmpegError, OSError, IndexError, ValueError) as error:
        raise EngineInputUnreadable(
            f"The file cannot be read ({type(error).__name__}).", field=asset.label, remedy="Save it anew."
        ) from error


def keep_picture_and_sound(path: Path, *, sound: bool) -> None:
    """Drops what a service added unasked: covers, data streams, and the sound unless ``sound``. Nothing is recoded.

    A file that cannot be read stays as it is; the studio measures it anyway.
    """
    import av
    from av.error import FFmpegError

    tidied = path.with_name(f"{path.stem}.tidied.mp4")
    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as source:
            wanted = [*source.streams.video[:1], *(source.streams.audio[:1] if sound else ())]
            if len(wanted) == len(source.streams):
                return
            with av.open(str(tidied), "w", format="mp4") as target:
                copies = {stream.index: target.add_stream_from_template(stream) for stream in wanted}
                for packet in source.demux(wanted):
                    if packet.dts is not None:
                        packet.stream = copies[packet.stream.index]
                        target.mux(packet)
        tidied.replace(path)
    except (FFmpegError, OSError, ValueError):
        tidied.unlink(missing_ok=True)
