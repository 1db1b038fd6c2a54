"""An index without the points that nobody compares answers as the whole one does, once these are put back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.index_hollow import Restored, codes_of, hollowing, unchecked
from benchmarks.picture_calibration import Registered, fingerprints, land

from faircut.fingerprints import keypoints
from faircut.index.live import LiveIndex
from faircut.index.segments import SegmentFolder
from faircut.match import frame_votes
from faircut.match.frames import FrameHit, FrameMatcher

KEPT, OTHER = "ref_1", "ref_2"


def film(seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [land(rng, 320, 240) for _ in range(12)]


def told(hits: list[FrameHit]) -> list[tuple[str, float, int]]:
    return sorted((each.reference.id, each.reference_time, each.inliers) for each in hits)


def test_what_is_read_is_put_back_where_it_stood(tmp_path: Path) -> None:
    catalogue = Registered()
    for seed in (1, 2, 3):
        catalogue.put(f"film {seed}", fingerprints(film(seed), queries=False))
    asked = [fingerprints([film(seed)[number]], queries=True)[keypoints.ALGORITHM] for seed, number in ((1, 4), (2, 8))]
    whole = [told(FrameMatcher(catalogue).search(each)) for each in asked]
    assert [hits[0][0] for hits in whole] == [KEPT, OTHER]

    with hollowing(KEPT):
        index = LiveIndex(catalogue, keypoints.ALGORITHM, frame_votes.scheme(), folder=tmp_path)
        index.view()
        index.compact()
    home = SegmentFolder(tmp_path, keypoints.ALGORITHM, frame_votes.scheme())
    (segment,) = home.folder.glob("*.seg")
    if segment.stat().st_blocks * 512 >= segment.stat().st_size:
        pytest.skip("this file system keeps no holes")
    offset, size = codes_of(segment)
    assert segment.read_bytes()[offset : offset + size].count(0) > size // 3

    with unchecked():
        matcher = FrameMatcher(catalogue, tmp_path)
        assert told(matcher.search(asked[0])) == whole[0], "one film is kept as it is"
        assert told(matcher.search(asked[1])) != whole[1]
    restored = Restored(
        home, lambda number, first, last: catalogue.kept[number][1][keypoints.ALGORITHM].codes[first:last], KEPT
    )
    with unchecked():
        settled = FrameMatcher(catalogue, tmp_path)
        settled.refresh()
    restored.settle(lambda: [settled.search(each) for each in asked])
    assert [told(settled.search(each)) for each in asked] == whole
