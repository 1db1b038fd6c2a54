"""What every way to search codes has in common: it agrees with brute force, and says where it does not vouch for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faircut.domain import Fingerprint
from faircut.index import multi_hash
from faircut.index.hamming import BruteForceIndex
from faircut.index.live import LiveIndex
from faircut.index.multi_hash import EXACT_RADIUS, HammingScheme
from support.catalogue import FakeCatalogue
from unit.index.test_multi_hash import flipped, population

Opener = Callable[[FakeCatalogue, Path], LiveIndex[HammingScheme]]


def in_memory(catalogue: FakeCatalogue, folder: Path) -> LiveIndex[HammingScheme]:
    return LiveIndex(catalogue, "pdq-v1", HammingScheme(min_quality=20))


def mapped(catalogue: FakeCatalogue, folder: Path) -> LiveIndex[HammingScheme]:
    LiveIndex(catalogue, "pdq-v1", HammingScheme(min_quality=20), folder=folder).compact()
    return LiveIndex(catalogue, "pdq-v1", HammingScheme(min_quality=20), folder=folder)


def half_mapped(catalogue: FakeCatalogue, folder: Path) -> LiveIndex[HammingScheme]:
    last = max(catalogue.prints)
    newest = catalogue.prints.pop(last)
    index = mapped(catalogue, folder)
    index.view()
    catalogue.prints[last] = newest
    catalogue.changes += 1
    return index


@pytest.mark.parametrize("tables", [False, True], ids=["one by one", "tables"])
@pytest.mark.parametrize("opener", [in_memory, mapped, half_mapped])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1 << 30),
    counts=st.lists(st.integers(0, 90), min_size=1, max_size=4),
    kind=st.sampled_from(["spread", "shots", "frequent"]),
    radius=st.integers(0, 60),
)
def test_it_agrees_with_brute_force(
    opener: Opener,
    tables: bool,
    seed: int,
    counts: list[int],
    kind: str,
    radius: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rng = np.random.default_rng(seed)
    catalogue = FakeCatalogue()
    brute = BruteForceIndex(32)
    places: list[tuple[str, int, int]] = []
    for count in counts:
        codes = population(rng, count, kind)
        quality = rng.integers(0, 60, count).astype(np.uint8)
        times = np.arange(count, dtype=np.float32)
        reference = catalogue.put(Fingerprint("pdq-v1", codes, times, quality, 1.0))
        brute.add(codes)
        places += [(reference.id, row, int(quality[row])) for row in range(count)]
    near = [flipped(rng, code, int(rng.integers(0, 40)))[None] for code in brute._codes[:6]]
    queries = np.concatenate([population(rng, 2, "spread"), *near])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multi_hash, "EXHAUSTIVE", -1 if tables else 1 << 18)
        patch.setattr(multi_hash, "_LEAST_TABLED", 0)
        view = opener(catalogue, tmp_path_factory.mktemp("index")).view()
        hits = view.search(queries, radius)
    found = {
        (query, view.entry(entry).reference.id, row, distance)
        for query, entry, row, distance in zip(
            hits.query.tolist(), hits.entry.tolist(), hits.row.tolist(), hits.distance.tolist(), strict=True
        )
    }
    truth = brute.search(queries, radius)
    expected = {
        (query, places[row][0], places[row][1], distance)
        for query, row, distance in zip(truth.query.tolist(), truth.row.tolist(), truth.distance.tolist(), strict=True)
        if places[row][2] >= 20
    }
    assert len(hits) == len(found)
    assert not hits.cut.any()
    assert found <= expected
    vouched = EXACT_RADIUS if tables else 256
    assert {each for each in expected if each[3] <= vouched} <= found
