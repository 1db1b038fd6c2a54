"""What was judged is remembered by its fingerprints: a work registered tomorrow is looked for in today's videos.

Kept are thinned fingerprints, never the media: pictures can not be made from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, func, select

from faircut.domain import Asset, Fingerprint, MediaKind
from faircut.store.database import Database, now
from faircut.store.models import DecisionRow, SeenRow

PICTURE_EVERY = 0.25
"""Seconds between the picture codes that are kept of a video: as far apart as the matcher looks them up."""
MOMENT_EVERY = 1.0
"""Seconds between the key moments whose local features are kept."""
KEYPOINTS_KEPT = 400
"""Local features kept of a moment, the strongest ones."""

_PAGE = 64


@dataclass(frozen=True, slots=True)
class SeenAsset:
    """An asset that was judged, as far as it is remembered."""

    digest: str
    kind: MediaKind
    fingerprints: Mapping[str, Fingerprint]


class Seen:
    """The fingerprints of everything that was judged and put on record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, asset: Asset, fingerprints: Mapping[str, Fingerprint]) -> None:
        """Keeps thinned fingerprints of an asset. What is known already is left as it is."""
        thinned = {name: thin(each) for name, each in fingerprints.items()}
        with self._database.write() as session:
            known = set(session.scalars(select(SeenRow.algorithm).where(SeenRow.digest == asset.digest)))
            for name, each in thinned.items():
                if name not in known:
                    session.add(
                        SeenRow(
                            digest=asset.digest,
                            algorithm=name,
                            kind=asset.kind.value,
                            count=len(each),
                            codes=np.ascontiguousarray(each.codes).tobytes(),
                            times=each.times.astype("<f4").tobytes(),
                            quality=each.quality.tobytes(),
                            duration=each.duration,
                            created_at=now(),
                        )
                    )

    def count(self) -> int:
        """How many assets are remembered."""
        with self._database.read() as session:
            return session.scalar(select(func.count(func.distinct(SeenRow.digest)))) or 0

    def assets(self) -> Iterator[SeenAsset]:
        """All of them, by digest. Reads a page at a time and holds no transaction open in between."""
        after = ""
        while True:
            with self._database.read() as session:
                digests = list(
                    session.scalars(
                        select(SeenRow.digest).where(SeenRow.digest > after).distinct().order_by(SeenRow.digest)
                        .limit(_PAGE)
                    )
                )  # fmt: skip
                rows = list(session.scalars(select(SeenRow).where(SeenRow.digest.in_(digests))))
            for digest in digests:
                own = [row for row in rows if row.digest == digest]
                yield SeenAsset(digest, MediaKind(own[0].kind), {row.algorithm: _fingerprint(row) for row in own})
            if len(digests) < _PAGE:
                return
            after = digests[-1]

    def decisions(self, digest: str) -> list[str]:
        """Ids of the Decisions that were made about an asset, the oldest first."""
        query = select(DecisionRow.id).where(DecisionRow.asset_digest == digest).order_by(DecisionRow.created_at)
        with self._database.read() as session:
            return list(session.scalars(query))

    def forget(self, digest: str) -> None:
        """Removes what is remembered of an asset."""
        with self._database.write() as session:
            session.execute(delete(SeenRow).where(SeenRow.digest == digest))


def thin(fingerprint: Fingerprint) -> Fingerprint:
    """As much of a fingerprint as finds a work again: picture codes in intervals, the strongest local features.

    Sound codes are small and are kept whole.
    """
    family = fingerprint.algorithm.rsplit("-v", 1)[0]
    if family in ("pdq", "pdq-framed"):
        return _rows(fingerprint, _spaced(fingerprint.times, PICTURE_EVERY))
    if family == "keypoints":
        return _rows(fingerprint, _strongest(fingerprint))
    return fingerprint


def _spaced(times: npt.NDArray[np.float32], every: float) -> npt.NDArray[np.intp]:
    """Rows at least ``every`` seconds after the last one taken. Rows of one time stay together."""
    kept: list[int] = []
    last = -np.inf
    for row, time in enumerate(times):
        if time >= last + every - 1e-4 or time == last:
            kept.append(row)
            last = time
    return np.array(kept, np.intp)


def _strongest(fingerprint: Fingerprint) -> npt.NDArray[np.intp]:
    rows = _spaced(fingerprint.times, MOMENT_EVERY)
    kept: list[npt.NDArray[np.intp]] = []
    for time in np.unique(fingerprint.times[rows]):
        moment = rows[fingerprint.times[rows] == time]
        kept.append(moment[np.argsort(-fingerprint.quality[moment].astype(int), kind="stable")[:KEYPOINTS_KEPT]])
    return np.sort(np.concatenate(kept)) if kept else rows


def _rows(fingerprint: Fingerprint, rows: npt.NDArray[np.intp]) -> Fingerprint:
    return Fingerprint(
        fingerprint.algorithm,
        fingerprint.codes[rows],
        fingerprint.times[rows],
        fingerprint.quality[rows],
        fingerprint.duration,
    )


def _fingerprint(row: SeenRow) -> Fingerprint:
    codes = np.frombuffer(row.codes, np.uint8)
    return Fingerprint(
        row.algorithm,
        codes.reshape(row.count, -1) if row.count else codes.reshape(0, 0),
        np.frombuffer(row.times, "<f4").astype(np.float32, copy=False),
        np.frombuffer(row.quality, np.uint8),
        row.duration,
    )
