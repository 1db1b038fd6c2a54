"""The user's own pixels: images and clips as plates with a pseudo-depth, and images as cut-outs.

A plate fills the frame at every moment of the camera's path (cover fit, never stretched). Its depth is guessed: ground
rises with the row, what differs from the border comes forward. The camera's parallax is then a backward search along
each
ray for the surface (fixed-point iteration on a coarse grid), so nothing tears.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import av.container
import av.error
import cv2
import numpy as np
from av.stream import Disposition

from faircut.domain import Asset
from faircut.engines.previz.camera_path import Path
from faircut.engines.previz.geometry import Plane, Pose, View, homography
from faircut.engines.previz.layers import Field, Picture
from faircut.errors import EngineInputUnreadable

_FORMATS = (
    "mov,matroska,webm,avi,mpegts,mpeg,ogg,wav,mp3,aac,flac,aiff,amr,flv,gif,apng,png_pipe,jpeg_pipe,webp_pipe,"
    "bmp_pipe,tiff_pipe,jpegxl_pipe,j2k_pipe,dds_pipe,psd_pipe,heif,avif"
)
"""Containers that are opened. Not playlists, which name other files, nor text, which FFmpeg would type-set as video."""
_NO_MAP: Any = None  # OpenCV takes None here; its stubs do not say so.
_NEAR, _FAR = 1.30, 0.42
"""Inverse depths of the nearest and the farthest parts of a plate, in units of 1 / distance to the subject."""


def unreadable(asset: Asset, detail: str) -> EngineInputUnreadable:
    """The error for a file that does not decode, naming it as the request does."""
    return EngineInputUnreadable(
        f"{asset.label} cannot be decoded ({detail}).",
        field=asset.label,
        remedy=f"Replace {asset.label} by a complete image (PNG, JPEG, WebP), clip (MP4, WebM) or sound (WAV, MP3, "
        f"AAC).",
    )


def open_media(asset: Asset) -> av.container.InputContainer:
    """A file of the request, for reading as a container of its own. Raises PyAV's errors."""
    return av.open(str(asset.path), options={"format_whitelist": _FORMATS, "protocol_whitelist": "file"})


def load_image(asset: Asset) -> Picture:
    """(h, w, 4) BGRA, straight alpha. Raises EngineInputUnreadable."""
    if asset.path is None:
        raise unreadable(asset, "no file")
    try:
        data = np.fromfile(asset.path, np.uint8)
    except OSError as error:
        raise unreadable(asset, error.strerror or "no file") from error
    picture = None
    if data.size:
        try:
            raw = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
            picture = (
                raw
                if raw is not None and raw.ndim == 3 and raw.shape[2] == 4 and raw.dtype == np.uint8
                else cv2.imdecode(data, cv2.IMREAD_COLOR)
            )
        except cv2.error:
            picture = None
    if picture is None:
        picture = _first_frame(asset)
    if min(picture.shape[:2]) < 2:
        raise unreadable(asset, "smaller than two pixels")
    if picture.shape[2] == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)
    return picture


def _first_frame(asset: Asset) -> Picture:
    try:
        with open_media(asset) as container:
            for frame in container.decode(video=0):
                pixels: Picture = frame.to_ndarray(format="bgra")
                return pixels
    except (av.error.FFmpegError, IndexError, ValueError, OSError) as error:
        raise unreadable(asset, "not an image") from error
    raise unreadable(asset, "no picture in it")


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """What planning needs of a clip."""

    seconds: float
    has_sound: bool


def _moving(container: av.container.InputContainer) -> av.VideoStream | None:
    """The clip's picture; cover art is a video stream too, of one attached picture that nobody has judged."""
    streams = (each for each in container.streams.video if not each.disposition & Disposition.attached_pic)
    return next(streams, None)


def probe_clip(asset: Asset) -> ClipInfo:
    """Length and sound of a clip. Raises EngineInputUnreadable."""
    try:
        with open_media(asset) as container:
            stream = _moving(container)
            if stream is None:
                raise unreadable(asset, "no picture in it")
            seconds = (
                float(stream.duration * stream.time_base)
                if stream.duration and stream.time_base
                else (container.duration or 0) / 1e6
            )
            return ClipInfo(max(seconds, 0.04), bool(container.streams.audio))
    except (av.error.FFmpegError, OSError) as error:
        raise unreadable(asset, "not a video") from error


def clip_frames(asset: Asset, start: float, max_height: int) -> Iterator[tuple[float, Picture]]:
    """(seconds, BGR) from ``start`` on, round and round, one decoder thread. Raises EngineInputUnreadable."""
    begun = 0.0
    while True:
        delivered = 0
        last = 0.0
        try:
            with open_media(asset) as container:
                stream = _moving(container)
                if stream is None:
                    raise unreadable(asset, "no picture in it")
                stream.thread_count = 1
                for frame in container.decode(stream):
                    seconds = float(frame.time or 0.0) - float((stream.start_time or 0) * (stream.time_base or 0))
                    last = seconds
                    if seconds + 1e-6 < start and begun == 0.0:
                        continue
                    delivered += 1
                    yield begun + max(seconds - (start if begun == 0.0 else 0.0), 0.0), _upright(frame, max_height)
        except (av.error.FFmpegError, IndexError, ValueError, OSError) as error:
            if not delivered and begun == 0.0:
                raise unreadable(asset, "its frames are damaged") from error
        if not delivered and begun == 0.0 and start == 0.0:
            raise unreadable(asset, "no frame in it")
        begun += max(last - (start if begun == 0.0 else 0.0), 0.0) + 1 / 24


def _upright(frame: av.VideoFrame, max_height: int) -> Picture:
    width, height = frame.width, frame.height
    ratio = min(1.0, max_height / height)
    size = (max(2, round(width * ratio / 2) * 2), max(2, round(height * ratio / 2) * 2))
    pixels: Picture = frame.reformat(width=size[0], height=size[1], format="bgr24").to_ndarray()
    turn = round(frame.rotation / 90) % 4
    if turn:
        pixels = np.ascontiguousarray(np.rot90(pixels, turn))
    return pixels


def bars(picture: Picture) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the picture inside black bars, so that they are not shown as content. The whole
    picture when it has none, is dark altogether, or would lose more than a third of a side."""
    luma = cv2.cvtColor(picture[..., :3], cv2.COLOR_BGR2GRAY)
    h, w = luma.shape
    columns, rows = (
        np.flatnonzero(np.percentile(luma, 98, axis=0) > 26),
        np.flatnonzero(np.percentile(luma, 98, axis=1) > 26),
    )
    if not len(columns) or not len(rows) or luma.mean() < 20:
        return 0, 0, w, h
    left, right, top, bottom = int(columns[0]), int(columns[-1]) + 1, int(rows[0]), int(rows[-1]) + 1
    # Bars come in pairs of like width; a dark edge on one side is part of the picture.
    if abs(left - (w - right)) > 0.02 * w or left < 0.004 * w or right - left < 0.66 * w:
        left, right = 0, w
    if abs(top - (h - bottom)) > 0.02 * h or top < 0.004 * h or bottom - top < 0.66 * h:
        top, bottom = 0, h
    inset_x, inset_y = (2 if left else 0), (2 if top else 0)
    return left + inset_x, top + inset_y, right - inset_x, bottom - inset_y


def saliency(picture: Picture) -> Field:
    """(90, 160) 0..1: how much each part differs from the border of the picture, weighted to the middle."""
    lab = cv2.cvtColor(cv2.resize(picture[..., :3], (160, 90), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB).astype(
        np.float32
    )
    border = np.concatenate([lab[:6].reshape(-1, 3), lab[:, :8].reshape(-1, 3), lab[:, -8:].reshape(-1, 3)])
    spread = border.std(0) + 8
    distance = np.sqrt((((lab - border.mean(0)) / spread) ** 2).sum(2))
    ys, xs = np.mgrid[0:90, 0:160].astype(np.float32)
    middle = np.exp(-(((xs - 79.5) / 62) ** 2) - ((ys - 50) / 36) ** 2)
    found = cv2.GaussianBlur(np.clip(distance / 3.2, 0, 1) * middle, (0, 0), 4)
    result: Field = found / max(float(found.max()), 1e-3)
    return result


def inverse_depth(picture: Picture) -> Field:
    """(90, 160) inverse depth of a plate, between ``_FAR`` and ``_NEAR`` in units of 1 / distance to the subject."""
    ground = np.clip((np.arange(90, dtype=np.float32)[:, None] / 89 - 0.35) / 0.65, 0, 1) ** 1.2
    near = cv2.GaussianBlur(np.maximum(ground * 0.85, saliency(picture) * 0.8).astype(np.float32), (0, 0), 5)
    found: Field = (_FAR + (_NEAR - _FAR) * np.clip(near, 0, 1)).astype(np.float32)
    return focused(found, (0.5, 0.5), (1.0, 1.0))


def focused(inverse: Field, centre: tuple[float, float], shown: tuple[float, float]) -> Field:
    """Inverse depths whose unit is the distance of what stands at ``centre``, which is brought into one plane: it is
    what the picture is of, and what moves are measured at. Both in shares of the plate; ``shown`` is how much of it
    a frame holds."""
    ys, xs = np.mgrid[0:90, 0:160].astype(np.float32)
    x, y = (xs - (centre[0] * 160 - 0.5)) / shown[0], (ys - (centre[1] * 90 - 0.5)) / shown[1]
    middle = np.exp(-((x / 12) ** 2) - (y / 10) ** 2) + 1e-9
    around = np.exp(-((x / 26) ** 2) - (y / 20) ** 2)
    scaled = inverse / float((inverse * middle).sum() / middle.sum())
    result: Field = (1 + (scaled - 1) * (1 - 0.7 * around)).astype(np.float32)
    return result


def through_lens(inverse: Field, lens: float) -> Field:
    """The inverse depths of a plate that was taken with ``lens`` times the focal length from as much farther away:
    the same metres of depth count for less."""
    metres = 1 / inverse - 1
    result: Field = (lens / np.maximum(lens + metres, 0.15)).astype(np.float32)
    return result


class PlateMapper:
    """Where each pixel of a frame looks in a plate, for any pose of a shot.

    The plate is laid out so that the whole path stays inside; with ``exact`` so that it fills the reference view, and
    what a pose sees beyond it is mirrored.
    """

    def __init__(
        self, view: View, path: Path, frames: int, plate_size: tuple[int, int], inverse: Field, *, exact: bool = False
    ) -> None:
        self._view = view
        boxes = [(0.0, 0.0, float(view.width), float(view.height))]
        corners = np.array(
            [(x, y, 1) for x in (0, view.width / 2, view.width) for y in (0, view.height / 2, view.height)],
            dtype=np.float64,
        )
        zoom = 1.0
        for frame in np.linspace(0, frames - 1, 13):
            pose = path.pose(float(frame))
            zoom = max(zoom, pose.zoom / max(1 - float(pose.centre[2]) / view.subject_m, 0.3))
            for depth in (
                () if exact else (view.subject_m / float(inverse.max()), view.subject_m / float(inverse.min()))
            ):
                mapped = corners @ np.linalg.inv(homography(view, pose, Plane.at_depth(depth))).T
                xy = mapped[:, :2] / mapped[:, 2:]
                boxes.append((xy[:, 0].min(), xy[:, 1].min(), xy[:, 0].max(), xy[:, 1].max()))
        array = np.array(boxes)
        left, top, right, bottom = array[:, 0].min(), array[:, 1].min(), array[:, 2].max(), array[:, 3].max()
        width, height = plate_size
        scale = max((right - left) / width, (bottom - top) / height)
        spare_x, spare_y = width * scale - (right - left), height * scale - (bottom - top)
        self.left, self.top = left - spare_x / 2, top - spare_y * (0.5 if exact else 0.42)
        self.scale = 1 / scale
        """Plate pixels per reference pixel."""
        self.zoom = min(zoom, 2.0)
        self._plate_size = plate_size
        columns, rows = math.ceil(view.width / 8) + 1, math.ceil(view.height / 8) + 1
        us, vs = np.linspace(0, view.width - 1, columns), np.linspace(0, view.height - 1, rows)
        grid = np.stack(np.meshgrid(us + 0.5, vs + 0.5), -1).reshape(-1, 2)
        self._rays = np.c_[grid, np.ones(len(grid))]
        self._shape = (rows, columns)
        held = (view.width * self.scale / width, view.height * self.scale / height)
        middle = (
            (view.width / 2 - self.left) * self.scale / width,
            (view.height / 2 - self.top) * self.scale / height,
        )
        self._inverse = focused(inverse, middle, held)

    def pixels_for(self, maximum: float) -> float:
        """How much larger or smaller a plate should be stored: 1 keeps it; limited to what the frames can show."""
        return float(min(1.0, maximum / self.scale * self.zoom))

    def coordinates(self, pose: Pose) -> Field:
        """(rows, columns, 2) coarse plate coordinates in pixels; stretch to the frame with :func:`spread`."""
        view = self._view
        k = view.intrinsics
        zoomed = np.linalg.inv(view.zoomed(pose.zoom))
        rays = self._rays @ zoomed.T @ pose.rotation
        width, height = self._plate_size
        distance = np.full(len(rays), view.subject_m)
        u = v = np.zeros(len(rays))
        for _ in range(4):
            travel = (distance - pose.centre[2]) / np.maximum(rays[:, 2], 0.05)
            points = pose.centre + rays * travel[:, None]
            projected = points @ k.T
            u = (projected[:, 0] / projected[:, 2] - self.left) * self.scale
            v = (projected[:, 1] / projected[:, 2] - self.top) * self.scale
            where = (
                np.stack([u / width * 160 - 0.5, v / height * 90 - 0.5], -1).astype(np.float32).reshape(*self._shape, 2)
            )
            inverse = cv2.remap(self._inverse, where, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            distance = view.subject_m / inverse.reshape(-1).astype(np.float64)
        return np.stack([u - 0.5, v - 0.5], -1).astype(np.float32).reshape(*self._shape, 2)


def filling(picture: Picture, width: int, height: int) -> Picture:
    """The picture scaled to fill a frame, what is too much cut off evenly on both sides."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = (max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = picture if size == (picture.shape[1], picture.shape[0]) else cv2.resize(picture, size, interpolation=how)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


def spread(coarse: Field, width: int, height: int) -> Field:
    """(height, width, 2) map for cv2.remap from a coarse one whose corners are the frame's corner pixels."""
    rows, columns = coarse.shape[:2]
    matrix = np.array([[(width - 1) / (columns - 1), 0, 0], [0, (height - 1) / (rows - 1), 0]], np.float64)
    full: Field = cv2.warpAffine(
        coarse, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return full


def cutout(picture: Picture) -> Picture:
    """The subject of an image as premultiplied BGRA, cropped: by its own alpha, else by GrabCut seeded with the
    border."""
    if (picture[..., 3] < 250).mean() > 0.02:
        alpha = picture[..., 3]
    else:
        shrink = min(1.0, 320 / max(picture.shape[:2]))
        small = cv2.resize(picture[..., :3], None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        h, w = small.shape[:2]
        mask = np.full((h, w), cv2.GC_PR_BGD, np.uint8)
        likely = cv2.resize(saliency(picture), (w, h))
        mask[likely > 0.42] = cv2.GC_PR_FGD
        edge = max(2, round(min(h, w) * 0.03))
        mask[:edge], mask[:, :edge], mask[:, -edge:] = cv2.GC_BGD, cv2.GC_BGD, cv2.GC_BGD
        if (mask == cv2.GC_PR_FGD).any():
            cv2.setRNGSeed(7)
            cv2.grabCut(small, mask, _NO_MAP, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
        keep = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(keep)
        if count > 1:
            weights = []
            for label in range(1, count):
                left, top, wide, _tall, area = stats[label]
                cut = int(left <= edge + 1) + int(left + wide >= w - edge - 1) + int(top <= edge + 1)
                weights.append(float(likely[labels == label].mean()) * area**0.5 * 0.4**cut)
            keep = (labels == 1 + int(np.argmax(weights))).astype(np.uint8)
        _, _, wide, _ = cv2.boundingRect(keep)
        if keep.mean() < 0.02 or keep.mean() > 0.6 or wide > 0.82 * w:
            # No figure stands out: a soft card of the middle says so honestly.
            keep[:] = 0
            cv2.ellipse(keep, (w // 2, h // 2), (int(w * 0.36), int(h * 0.44)), 0, 0, 360, 1, -1)
        soft = cv2.GaussianBlur(keep.astype(np.float32), (0, 0), 1.2)
        full = cv2.resize(soft, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)
        alpha = np.clip((full - 0.35) / 0.45 * 255, 0, 255).astype(np.uint8)
    x, y, w, h = cv2.boundingRect((alpha > 24).astype(np.uint8))
    if w < 2 or h < 2:
        x, y, w, h, alpha = 0, 0, picture.shape[1], picture.shape[0], np.full(picture.shape[:2], 255, np.uint8)
    crop, cover = picture[y : y + h, x : x + w, :3].astype(np.float32), alpha[y : y + h, x : x + w]
    result = np.empty((h, w, 4), np.uint8)
    result[..., :3] = crop * (cover[..., None].astype(np.float32) / 255)
    result[..., 3] = cover
    return result
