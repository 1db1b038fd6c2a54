"""A file, decoded once, into every fingerprint that applies to it. Composes ``media`` and ``fingerprints``."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from faircut.domain import Fingerprint, MediaKind
from faircut.errors import InputError
from faircut.fingerprints import chromaprint, framing, keypoints, landmarks, levels, pdq
from faircut.media.decode import LumaBatch, Moment, read
from faircut.media.limits import MediaLimits
from faircut.media.moments import QUERIES, REFERENCES
from faircut.media.sheets import Sheet
from faircut.protocols import Extractor, Progress, no_progress
from faircut.reading.film import FilmReader
from faircut.text import written

ALGORITHMS = (
    pdq.ALGORITHM,
    framing.ALGORITHM,
    keypoints.ALGORITHM,
    chromaprint.ALGORITHM,
    landmarks.ALGORITHM,
    levels.ALGORITHM,
)
"""Everything that a file may get a fingerprint of: a reference that was registered before one was added lacks it."""
REFERENCE_DROP_BITS = 8
"""References leave out frames within this many bits of the last one kept: still scenes repeat one code for ever."""


class FileExtractor:
    """Implements :class:`faircut.protocols.Extractor` by decoding in this process.

    ``queries``: keep every frame with all eight dihedral variants, and look closely more often; otherwise store frames
    as references are stored. ``reads``: read what is written in the pictures too.
    """

    version = " ".join(sorted(ALGORITHMS))

    def __init__(self, limits: MediaLimits, *, queries: bool, reads: bool = False) -> None:
        self._limits = limits
        self._reads = reads
        self._queries = queries

    def extract(
        self, path: Path, kind: MediaKind, *, label: str, progress: Progress = no_progress
    ) -> Mapping[str, Fingerprint]:
        """Raises UnreadableMedia, LimitExceeded, NotFound; InputError when the file is not of ``kind``."""
        if kind is MediaKind.TEXT:
            return {}
        closeness = QUERIES if self._queries else REFERENCES
        reader = FilmReader(still=kind is MediaKind.IMAGE)
        wants = reader.wants if self._reads else None
        found, batches = read(path, label, self._limits, closeness, sides=self._queries, sheets=wants)
        _expect(kind, found.kind, label)
        drop = 0 if self._queries else REFERENCE_DROP_BITS
        picture = pdq.PdqHasher(dihedral=self._queries, drop_within=drop)
        framed = framing.FramedHasher(dihedral=self._queries, drop_within=drop)
        points = keypoints.KeypointHasher(queries=self._queries)
        sound = chromaprint.ChromaprintHasher()
        loudness = levels.LevelHasher()
        peaks = landmarks.LandmarkHasher(queries=self._queries, shown=loudness.add)
        total = found.seconds or 0.0
        for batch in batches:
            if isinstance(batch, LumaBatch):
                picture.add(batch.planes, batch.times)
                framed.add(batch.planes, batch.times)
                if total:
                    progress(min(float(batch.times[-1]) / total, 1.0), f"{batch.times[-1]:.0f} of {total:.0f} s")
            elif isinstance(batch, Moment):
                points.add(batch.grey, batch.time)
            elif isinstance(batch, Sheet):
                reader.add(batch)
            else:
                sound.add(batch.samples, batch.start)
                peaks.add(batch.samples, batch.start, batch.side)
                if total and kind is MediaKind.AUDIO:
                    progress(min(batch.start / total, 1.0), f"{batch.start:.0f} of {total:.0f} s")
        progress(1.0, "fingerprinted")
        fingerprints: dict[str, Fingerprint] = {}
        if kind is not MediaKind.AUDIO:
            fingerprints[pdq.ALGORITHM] = picture.finish(total)
            if (inside := framed.finish(total)) is not None:
                fingerprints[framing.ALGORITHM] = inside
            fingerprints[keypoints.ALGORITHM] = points.finish(total)
            if self._reads and (lines := reader.finish(total)) is not None:
                fingerprints[written.ALGORITHM] = lines
        if found.has_audio:
            fingerprints[chromaprint.ALGORITHM] = sound.finish()
            fingerprints[landmarks.ALGORITHM] = heard = peaks.finish()
            fingerprints[levels.ALGORITHM] = loudness.finish(peaks.start, heard.duration)
        return fingerprints


def _expect(kind: MediaKind, found: MediaKind, label: str) -> None:
    if found is not kind:
        raise InputError(
            f"The file is {_a(found)}, not {_a(kind)}.",
            field=label,
            remedy=f"Send {_a(kind)}, or use it as what it is.",
        )


def _a(kind: MediaKind) -> str:
    return {"image": "an image", "video": "a video", "audio": "a sound", "text": "a text"}[kind.value]


class CachedExtractor:
    """Remembers the last files' fingerprints by digest: an upload is judged when it arrives and again in its job.

    At most ``entries`` files and ``most_bytes`` of codes, but always the last file. ``reader`` extracts what is
    written in pictures too, for those who ask for it.
    """

    def __init__(
        self, inner: Extractor, entries: int = 64, most_bytes: int = 256 << 20, *, reader: Extractor | None = None
    ) -> None:
        self._inner = inner
        self._reader = reader or inner
        self._entries = entries
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, MediaKind, bool], Mapping[str, Fingerprint]] = OrderedDict()

    def extract_digest(
        self, digest: str, path: Path, kind: MediaKind, *, label: str, reads: bool = False
    ) -> Mapping[str, Fingerprint]:
        """Like ``extract``, for a file whose SHA-256 the caller has just taken from its bytes."""
        with self._lock:
            for key in ((digest, kind, True), (digest, kind, reads)):
                if (hit := self._kept.get(key)) is not None:
                    self._kept.move_to_end(key)
                    return hit
        result = (self._reader if reads else self._inner).extract(path, kind, label=label)
        with self._lock:
            self._kept[digest, kind, reads] = result
            while len(self._kept) > self._entries or (len(self._kept) > 1 and self._size() > self._most_bytes):
                self._kept.popitem(last=False)
        return result

    def _size(self) -> int:
        return sum(each.codes.nbytes for prints in self._kept.values() for each in prints.values())
