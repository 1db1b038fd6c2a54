"""The files of a request as arrays: pictures, clips at 24 frames a second, sounds at a given rate.

Uploads were measured and judged before an engine sees them; what is read here is bounded all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import av
import numpy as np
import numpy.typing as npt

from faircut.domain import Asset
from faircut.engines.diffusion.families import FPS
from faircut.errors import EngineInputUnreadable

Pixels = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float32]

LONGEST_S: Final = 15.0
"""Seconds of a clip or sound that are taken; both families were trained on no longer references."""
_SHORT_EDGE: Final = 768
_FORMATS: Final = (
    "image2,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif,mov,matroska,avi,mpegts,mp3,wav,flac,ogg,aac"
)


@contextmanager
def _opened(asset: Asset) -> Iterator[av.container.InputContainer]:
    try:
        with av.open(
            str(asset.path), options={"protocol_whitelist": "file", "format_whitelist": _FORMATS}
        ) as container:
            yield container
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise EngineInputUnreadable(
            f"The engine cannot read it: {error}.", field=asset.label, remedy="Send it in another format."
        ) from error


def picture(asset: Asset) -> Pixels:
    """(h, w, 3) RGB of an image, at its own size. Raises EngineInputUnreadable."""
    with _opened(asset) as container:
        for frame in container.decode(container.streams.video[0]):
            return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    raise EngineInputUnreadable("It shows nothing.", field=asset.label, remedy="Send it in another format.")


def clip(asset: Asset) -> Pixels:
    """(n, h, w, 3) RGB at 24 frames a second, its shorter side at most 768 pixels, at most 15 s of it.

    Raises EngineInputUnreadable.
    """
    frames: list[Pixels] = []
    with _opened(asset) as container:
        for frame in container.decode(container.streams.video[0]):
            at = frame.time or 0.0
            if at >= LONGEST_S:
                break
            scale = min(1.0, _SHORT_EDGE / min(frame.width, frame.height))
            width, height = round(frame.width * scale / 2) * 2, round(frame.height * scale / 2) * 2
            shown = np.asarray(frame.reformat(max(2, width), max(2, height), "rgb24").to_ndarray(), np.uint8)
            # A picture stands until the next one comes, and is repeated or left out accordingly.
            while len(frames) <= round(at * FPS):
                frames.append(shown)
    if not frames:
        raise EngineInputUnreadable("It shows nothing.", field=asset.label, remedy="Send it in another format.")
    return np.stack(frames)


def sound(asset: Asset, rate: int) -> Samples | None:
    """(2, n) samples of a file's sound at ``rate``, at most 15 s of it; None where it has none.

    Raises EngineInputUnreadable.
    """
    with _opened(asset) as container:
        if not container.streams.audio:
            return None
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=rate)
        blocks: list[Samples] = []
        for frame in container.decode(container.streams.audio[0]):
            frame.pts = None
            blocks += [np.asarray(each.to_ndarray(), np.float32) for each in resampler.resample(frame)]
            if sum(block.shape[1] for block in blocks) >= LONGEST_S * rate:
                break
        blocks += [np.asarray(each.to_ndarray(), np.float32) for each in resampler.resample(None)]
    return np.concatenate(blocks, axis=1)[:, : round(LONGEST_S * rate)] if blocks else None
