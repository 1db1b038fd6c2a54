"""Brute force is the truth: what the tables find is true, and up to the exact radius it is everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faircut.domain import Fingerprint
from faircut.index import multi_hash
from faircut.index.hamming import BruteForceIndex
from faircut.index.multi_hash import CHUNKS, EXACT_RADIUS, HammingScheme, chunk
from faircut.index.rows import Part, Placed, Rows

SCHEME = HammingScheme(min_quality=20)


def flipped(rng: np.random.Generator, code: np.ndarray, bits: int) -> np.ndarray:
    places = rng.permutation(256)[:bits]
    mask = np.zeros(256, np.uint8)
    mask[places] = 1
    return code ^ np.packbits(mask)


def population(rng: np.random.Generator, count: int, kind: str) -> np.ndarray:
    """Codes as they come: all over, in shots of near codes, or nearly all one and the same."""
    if kind == "spread":
        return rng.integers(0, 256, (count, 32)).astype(np.uint8)
    bases = rng.integers(0, 256, (max(count // 20, 1), 32)).astype(np.uint8)
    codes = bases[rng.integers(0, len(bases) if kind == "shots" else 1, count)]
    return np.array([flipped(rng, code, int(rng.integers(0, 9))) for code in codes], np.uint8).reshape(-1, 32)


def part_of(codes: np.ndarray, quality: np.ndarray | None = None) -> Placed:
    quality = np.full(len(codes), 100, np.uint8) if quality is None else quality
    times = np.arange(len(codes), dtype=np.float32)
    return Placed(Part(Rows.of([(1, "one", Fingerprint("pdq-v1", codes, times, quality, 1.0))], 32), SCHEME), 0)


@pytest.fixture
def tables_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multi_hash, "EXHAUSTIVE", -1)
    monkeypatch.setattr(multi_hash, "_LEAST_TABLED", 0)


def pairs(hits) -> set[tuple[int, int, int]]:
    return set(zip(hits.query.tolist(), hits.row.tolist(), hits.distance.tolist(), strict=True))


@pytest.mark.usefixtures("tables_for_everything")
class TestTables:
    @settings(max_examples=60, deadline=None)
    @given(
        seed=st.integers(0, 1 << 30),
        count=st.integers(0, 300),
        kind=st.sampled_from(["spread", "shots", "frequent"]),
        radius=st.integers(0, 60),
    )
    def test_nothing_is_missed_up_to_the_exact_radius_and_nothing_is_made_up(self, seed, count, kind, radius) -> None:
        rng = np.random.default_rng(seed)
        codes = population(rng, count, kind)
        quality = rng.integers(0, 40, count).astype(np.uint8)
        asked = [population(rng, 3, "spread")]
        asked += [
            flipped(rng, codes[i], int(rng.integers(0, 40)))[None] for i in rng.integers(0, max(count, 1), 6)[:count]
        ]
        queries = np.concatenate(asked)
        hits = SCHEME.search([part_of(codes, quality)], queries, radius)
        brute = BruteForceIndex(32)
        brute.add(codes)
        truth = {each for each in pairs(brute.search(queries, radius)) if quality[each[1]] >= 20}
        assert pairs(hits) <= truth
        assert {each for each in truth if each[2] <= EXACT_RADIUS} <= pairs(hits)
        assert len(hits) == len(pairs(hits))
        assert not hits.cut.any()

    def test_beyond_the_exact_radius_most_are_found(self) -> None:
        rng = np.random.default_rng(5)
        codes = population(rng, 6000, "spread")
        placed = part_of(codes)
        for distance, least in ((24, 0.99), (31, 0.98), (40, 0.8)):
            queries = np.array([flipped(rng, codes[i], distance) for i in range(400)])
            hits = SCHEME.search([placed], queries, distance)
            assert len(hits) >= least * 400

    def test_a_flood_of_frequent_content_is_thinned_and_counted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(multi_hash, "BUDGET", 2000)
        rng = np.random.default_rng(9)
        common = population(rng, 1, "spread")[0]
        rare = population(rng, 50, "spread")
        codes = np.concatenate([np.tile(common, (3000, 1)), rare])
        # Shares its first chunk with the flood, and is near a rare code.
        query = rare[7].copy()
        query[:3] = common[:3]
        hits = SCHEME.search([part_of(codes)], np.array([query, common, rare[3]]), 24)
        assert 3007 in hits.row[hits.query == 0]
        flood = hits.row[hits.query == 1]
        assert 100 < len(flood) <= 2000
        assert flood.min() < 300
        assert flood.max() > 2700
        assert hits.cut[0] >= 1000
        assert hits.cut[1] >= 12 * 3000 - 2000
        assert hits.cut[2] == 0


def test_small_catalogues_are_searched_exhaustively_at_any_radius() -> None:
    rng = np.random.default_rng(3)
    codes = population(rng, 500, "shots")
    queries = codes[::50] ^ np.uint8(0x11)
    brute = BruteForceIndex(32)
    brute.add(codes)
    assert pairs(SCHEME.search([part_of(codes)], queries, 90)) == pairs(brute.search(queries, 90))


def test_chunks_hold_every_bit_once() -> None:
    for bit in range(256):
        mask = np.zeros(256, np.uint8)
        mask[bit] = 1
        keys = [int(chunk(np.packbits(mask)[None], number)[0]) for number in range(CHUNKS)]
        assert sum(key.bit_count() for key in keys) == 1
        assert keys[-1] == (0 if bit < 256 * (CHUNKS - 1) // CHUNKS else 1 << (255 - bit))


def test_queries_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        SCHEME.search([], np.zeros((2, 31), np.uint8), 10)
