"""Inverted files against the obvious: every row compared with every key."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faircut.domain import Fingerprint, Segment
from faircut.index import inverted
from faircut.index.inverted import InvertedScheme, Listing
from faircut.index.live import LiveIndex
from support.catalogue import FakeCatalogue

BYTES = 13


def describe(codes: np.ndarray, times: np.ndarray) -> Listing:
    """Four bytes of key, eight of signature, one of angle."""
    flat = np.ascontiguousarray(codes)
    return Listing(
        keys=flat[:, :4].copy().view("<u4").reshape(-1),
        signatures=flat[:, 4:12].copy().view("<u8").reshape(-1),
        columns={"angle": flat[:, 12], "time": times},
    )


def print_of(rng: np.random.Generator, count: int, key_bits: int, words: int, low_quality: bool = True) -> Fingerprint:
    codes = rng.integers(0, 256, (count, BYTES)).astype(np.uint8)
    vocabulary = rng.integers(0, 1 << key_bits, words, dtype=np.uint64).astype("<u4")
    # Words as they come: a few are in most places.
    chosen = vocabulary[(words * rng.random(count) ** 3).astype(int)]
    codes[:, :4] = chosen.view(np.uint8).reshape(count, 4)
    codes[:, 4:12] &= rng.integers(0, 256, (count, 8)).astype(np.uint8)
    quality = rng.integers(0 if low_quality else 50, 100, count).astype(np.uint8)
    return Fingerprint("words-v1", codes, np.arange(count, dtype=np.float32), quality, float(count))


def scheme_of(key_bits: int) -> InvertedScheme:
    return InvertedScheme("test-v1", code_bytes=BYTES, key_bits=key_bits, describe=describe, min_quality=50)


def obvious(view, keys, signatures, max_distance: int, longest: int) -> set[tuple[int, ...]]:
    found: set[tuple[int, ...]] = set()
    entries = {number: view.entry(number) for number in view.numbers()}
    for query, key in enumerate(keys):
        mine = set()
        for number, entry in entries.items():
            listing = describe(entry.codes, entry.times)
            for row in np.flatnonzero((listing.keys == key) & entry.usable):
                distance = (
                    0 if signatures is None else int(np.bitwise_count(listing.signatures[row] ^ signatures[query]))
                )
                mine.add((query, number, int(row), distance, int(entry.codes[row, 12]), float(entry.times[row])))
        if len(mine) <= longest:
            found |= {each for each in mine if each[3] <= max_distance}
    return found


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 1 << 30),
    key_bits=st.sampled_from([1, 5, 8, 9, 16, 22, 32]),
    counts=st.lists(st.integers(0, 120), max_size=5),
    words=st.integers(1, 40),
    max_distance=st.integers(0, 64),
    signed=st.booleans(),
)
def test_lists_hold_what_the_rows_say(seed, key_bits, counts, words, max_distance, signed) -> None:
    rng = np.random.default_rng(seed)
    catalogue = FakeCatalogue()
    index = LiveIndex(catalogue, "words-v1", scheme_of(key_bits))
    kept = []
    for number, count in enumerate(counts):
        kept.append(catalogue.put(print_of(rng, count, key_bits, words)))
        if number % 2:
            index.view()
    if len(kept) > 2:
        catalogue.remove(kept[0])
        catalogue.exclude(kept[1], Segment(10.0, 20.0))
    view = index.view()
    known = [describe(entry.codes, entry.times).keys for entry in map(view.entry, view.numbers())]
    keys = np.concatenate([*known, rng.integers(0, 1 << key_bits, 5, dtype=np.uint64).astype(np.uint32)])[::3]
    signatures = rng.integers(0, 1 << 63, len(keys), dtype=np.uint64) if signed else None
    found = view.lookup(keys, signatures, max_distance=max_distance)
    columns = found.columns
    rows = list(
        zip(
            found.query.tolist(),
            found.entry.tolist(),
            found.row.tolist(),
            found.distance.tolist(),
            columns["angle"].tolist(),
            columns["time"].tolist(),
            strict=True,
        )
    )
    assert len(rows) == len(set(rows))
    assert set(rows) == obvious(view, keys, signatures, max_distance, 1 << 30)
    assert not found.stopped.any()


def test_a_budget_passes_over_the_longest_lists_and_says_which() -> None:
    rng = np.random.default_rng(3)
    catalogue = FakeCatalogue()
    index = LiveIndex(catalogue, "words-v1", scheme_of(6))
    for _ in range(3):
        catalogue.put(print_of(rng, 200, 6, 30))
        index.view()
    view = index.view()
    keys = np.arange(64, dtype=np.uint32)
    everything = view.lookup(keys)
    lengths = np.bincount(everything.query, minlength=64)
    budget = int(lengths.sum()) // 3
    found = view.lookup(keys, budget=budget)
    assert 0 < len(found) <= budget
    assert len(found) == lengths[~found.stopped].sum()
    assert lengths[~found.stopped].max() <= lengths[found.stopped].min()
    # One more list would have been too much.
    assert len(found) + lengths[found.stopped].min() > budget
    assert not view.lookup(keys, budget=int(lengths.sum())).stopped.any()
    # Who asks together with others gets what it gets alone.
    mixed, askers = rng.permutation(np.tile(keys, 2)), rng.integers(0, 3, 128)
    together = view.lookup(mixed, budget=budget, askers=askers)
    assert together.stopped.any()
    for asker in range(3):
        mine = np.flatnonzero(askers == asker)
        alone, there = view.lookup(mixed[mine], budget=budget), np.isin(together.query, mine)
        assert np.array_equal(alone.stopped, together.stopped[mine])
        assert sorted(zip(mine[alone.query].tolist(), alone.entry.tolist(), alone.row.tolist(), strict=True)) == sorted(
            zip(*(getattr(together, name)[there].tolist() for name in ("query", "entry", "row")), strict=True)
        )


def test_stop_words_are_left_out_of_large_parts_and_told(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inverted, "_LEAST_STOPPED", 300)
    rng = np.random.default_rng(5)
    catalogue = FakeCatalogue()
    plain = LiveIndex(catalogue, "words-v1", scheme_of(6))
    scheme = InvertedScheme("s-v1", code_bytes=BYTES, key_bits=6, describe=describe, min_quality=50, stop=3.0)
    stopping = LiveIndex(catalogue, "words-v1", scheme, folder=tmp_path)
    for count in (400, 60):
        catalogue.put(print_of(rng, count, 6, 60, low_quality=False))
        stopping.view()
    keys = np.arange(64, dtype=np.uint32)
    everything, found = plain.view().lookup(keys), stopping.view().lookup(keys)
    first = np.bincount(everything.query[everything.entry == 0], minlength=64)
    frequent = first > 3.0 * 400 / 64
    assert 0 < frequent.sum() < 20
    assert np.array_equal(found.stopped, frequent)
    told = [
        sorted(zip(each.query.tolist(), each.entry.tolist(), each.row.tolist(), strict=True))
        for each in (everything, found)
    ]
    # What is stopped anywhere is passed over everywhere, so that no answer looks whole that is not.
    assert told[1] == [each for each in told[0] if not frequent[each[0]]]
    assert not stopping.view().lookup(keys[~frequent]).stopped.any()
    stopping.compact()
    again = LiveIndex(catalogue, "words-v1", scheme, folder=tmp_path).view().lookup(keys)
    assert np.array_equal(again.query, stopping.view().lookup(keys).query)


def test_lists_of_moments_say_what_lists_of_rows_would() -> None:
    rng = np.random.default_rng(8)
    catalogue = FakeCatalogue()
    by_row = LiveIndex(catalogue, "words-v1", scheme_of(6))
    scheme = InvertedScheme(
        "m-v1", code_bytes=BYTES, key_bits=6, describe=_without_time, min_quality=50, by_moment=True
    )
    by_moment = LiveIndex(catalogue, "words-v1", scheme)
    for number in range(4):
        made = print_of(rng, 60 * (number != 2), 6, 20)
        # The last moment of one reference has the time of the first of the next.
        times = np.sort(rng.integers(0, 5, len(made))).astype(np.float32) if number != 1 else np.zeros(60, np.float32)
        catalogue.put(Fingerprint("words-v1", made.codes, times, made.quality, 5.0))
        by_moment.view()
    catalogue.remove(catalogue.references["ref_1"])
    catalogue.exclude(catalogue.references["ref_4"], Segment(2.0, 3.0))
    keys = np.arange(64, dtype=np.uint32)
    signatures = rng.integers(0, 1 << 63, 64, dtype=np.uint64)
    told: list[list[tuple[int, ...]]] = []
    for index in (by_row, by_moment):
        view = index.view()
        found = view.lookup(keys, signatures, max_distance=30)
        columns = found.columns["time"].tolist(), found.columns["angle"].tolist()
        names = [view.entry(number).reference.id for number in found.entry]
        told.append(sorted(zip(found.query.tolist(), names, found.distance.tolist(), *columns, strict=True)))
        assert [view.entry(e).times[r] for e, r in zip(found.entry, found.row, strict=True)] == columns[0]
    assert told[0] == told[1]
    assert len(told[0]) > 20


def _without_time(codes: np.ndarray, times: np.ndarray) -> Listing:
    whole = describe(codes, times)
    return Listing(whole.keys, whole.signatures, {"angle": whole.columns["angle"]})


def test_stop_words_are_passed_over_and_reported() -> None:
    rng = np.random.default_rng(1)
    catalogue = FakeCatalogue()
    # In two parts, so that neither list alone is over the limit.
    index = LiveIndex(catalogue, "words-v1", scheme_of(16))
    common = print_of(rng, 90, 16, 1, low_quality=False)
    for fingerprint in (common, print_of(rng, 400, 16, 300, low_quality=False), common):
        catalogue.put(fingerprint)
        index.view()
    keys = np.concatenate([describe(common.codes, common.times).keys[:1], np.array([7], np.uint32)])
    assert index.view().lookup(keys, longest=180).stopped.tolist() == [False, False]
    found = index.view().lookup(keys, longest=179)
    assert found.stopped.tolist() == [True, False]
    assert 0 not in found.query


def test_long_lists_are_read_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    catalogue = FakeCatalogue()
    index = LiveIndex(catalogue, "words-v1", scheme_of(12))
    catalogue.put(print_of(rng, 500, 12, 9))
    keys = describe(index.view().entry(0).codes, np.empty(0)).keys[:40]
    whole = index.view().lookup(keys)
    monkeypatch.setattr(inverted, "_GATHER", 7)
    blocks = index.view().lookup(keys)
    assert whole.query.tolist() == blocks.query.tolist()
    assert whole.row.tolist() == blocks.row.tolist()
    assert len(whole) > 40


def test_keys_that_are_too_wide_are_refused() -> None:
    rng = np.random.default_rng(2)
    catalogue = FakeCatalogue()
    catalogue.put(print_of(rng, 50, 32, 9))
    with pytest.raises(ValueError, match="more than 12 bits"):
        LiveIndex(catalogue, "words-v1", scheme_of(12)).view().lookup(np.array([1], np.uint32))
    with pytest.raises(ValueError, match="33 bits"):
        scheme_of(33)


def test_nothing_registered_finds_nothing() -> None:
    found = LiveIndex(FakeCatalogue(), "words-v1", scheme_of(20)).view().lookup(np.array([1, 2], np.uint32))
    assert len(found) == 0
    assert set(found.columns) == {"angle", "time"}
