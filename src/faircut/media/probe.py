"""What a file is, judged by its bytes: never by its name, never by what the sender says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import av
from av.container import InputContainer
from av.error import ArgumentError, FFmpegError

from faircut.domain import MediaKind
from faircut.errors import NotFound, UnreadableMedia
from faircut.media.limits import MediaLimits
from faircut.media.wholeness import check_whole, is_still_container, picture_streams

ACCEPTED = (
    "Accepted are: images (JPEG, PNG, WebP, BMP, GIF, TIFF), "
    "video (MP4, MOV, WebM, MKV with H.264, HEVC, VP8, VP9, AV1 …), "
    "sound (WAV, MP3, AAC/M4A, FLAC, Ogg)."
)

# Formats that carry pictures or sound in one file. Playlists and scripted formats (hls, dash, concat, lavfi …) are left
# out on purpose: they make the decoder open other files or addresses. So are broadcast streams (mpegts, mpeg, flv): new
# tracks may begin anywhere in them, unannounced, and would go unseen.
_IMAGE_FORMATS = frozenset(
    {
        "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "gif", "apng", "jpegls_pipe", "webp", "image2",
    }
)  # fmt: skip
_FORMATS = _IMAGE_FORMATS | frozenset(
    {
        "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "ogg", "asf",
        "mxf", "wav", "mp3", "aac", "flac", "aiff", "au", "w64", "caf", "h264", "hevc", "ivf", "m4v", "amr", "obu",
    }
)  # fmt: skip
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(sorted(_FORMATS)),
    # Frames that an MP4's edit list hides are decoded too, at times below zero: other players may not hide them.
    "advanced_editlist": "0",
}
_OPEN_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Probe:
    """The facts of a media file's header. ``seconds`` is 0 for still images and None where the header does not say."""

    kind: MediaKind
    format: str
    seconds: float | None
    width: int = 0
    height: int = 0
    fps: float | None = None
    has_audio: bool = False
    video_codec: str | None = None
    audio_codec: str | None = None
    other_streams: int = 0
    """Cover art, subtitles, data: what is neither the picture nor the sound."""


def unreadable(label: str, detail: str) -> UnreadableMedia:
    """The error for bytes that are not media of ours."""
    return UnreadableMedia(f"The file cannot be decoded ({detail}).", field=label, remedy=ACCEPTED)


@contextmanager
def open_media(path: Path, label: str) -> Iterator[InputContainer]:
    """Opens a local file with FFmpeg, its network and playlist protocols shut. Raises UnreadableMedia, NotFound."""
    if not path.is_file():
        raise NotFound(f"There is no file {path.name!r}.", field=label, remedy="Check the path.")
    try:
        with av.open(str(path), options=_OPTIONS, metadata_errors="replace", timeout=_OPEN_SECONDS) as container:
            yield container
    except (FFmpegError, OSError, ValueError) as error:
        raise unreadable(label, _words(error)) from error


def _words(error: BaseException) -> str:
    if isinstance(error, ArgumentError):
        return "its format is not accepted"
    # FFmpeg's messages end with the path on our disk, which is nobody's business.
    text = getattr(error, "strerror", None) or type(error).__name__
    return str(text).strip().rstrip(".").lower()


def probe(path: Path, label: str, limits: MediaLimits | None = None) -> Probe:
    """Reads the header, checks the limits, decodes nothing. Raises UnreadableMedia, LimitExceeded, NotFound."""
    with open_media(path, label) as container:
        found = check_header(container, path, label, limits or MediaLimits())
        if may_be_still(container) and found.kind is MediaKind.VIDEO and not _animated(container):
            return replace(found, kind=MediaKind.IMAGE, seconds=0.0)
        return found


def check_header(container: InputContainer, path: Path, label: str, limits: MediaLimits) -> Probe:
    """The facts of an open file, after checking its limits; a still image counts as a video of one frame.

    Nothing is read beyond what opening has read, so decoding may begin at once. Raises LimitExceeded, UnreadableMedia.
    """
    limits.check_bytes(path.stat().st_size, label)
    check_whole(container, path, label)
    found = _describe(container, label)
    limits.check_pixels(found.width, found.height, label)
    # How long a still is shown says nothing, and the frames of a moving picture file are checked one by one.
    if found.seconds is not None and not _picture_file(container):
        limits.check_seconds(found.seconds, label)
    return found


def _describe(container: InputContainer, label: str) -> Probe:
    name = container.format.name
    videos = picture_streams(container)
    audios = container.streams.audio
    if not videos and not audios:
        raise unreadable(label, "no picture and no sound in it")
    seconds = container.duration / av.time_base if container.duration else None
    audio_codec = audios[0].codec_context.name if audios else None
    others = len(container.streams) - len(videos) - len(audios)
    if not videos:
        return Probe(MediaKind.AUDIO, name, seconds, has_audio=True, audio_codec=audio_codec, other_streams=others)
    video = videos[0]
    context = video.codec_context
    if not context.width or not context.height:
        raise unreadable(label, "no picture size in it")
    return Probe(
        kind=MediaKind.VIDEO,
        format=name,
        seconds=seconds,
        width=context.width,
        height=context.height,
        fps=float(video.average_rate) if video.average_rate else None,
        has_audio=bool(audios),
        video_codec=context.name,
        audio_codec=audio_codec,
        other_streams=others,
    )


def may_be_still(container: InputContainer) -> bool:
    """Whether only counting its pictures tells a still image from a clip, which :func:`probe` does."""
    return _picture_file(container) or is_still_container(container)


def _picture_file(container: InputContainer) -> bool:
    return bool(set(container.format.name.split(",")) & _IMAGE_FORMATS)


def _animated(container: InputContainer) -> bool:
    """Whether a picture file holds more than one picture: an animated GIF is a clip."""
    pictures = (packet for packet in container.demux(picture_streams(container)[0]) if packet.size)
    return next(pictures, None) is not None and next(pictures, None) is not None
