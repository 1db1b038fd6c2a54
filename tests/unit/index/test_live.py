"""The live index against the catalogue: what is registered is found by the next query, what is gone is not."""

from __future__ import annotations

import numpy as np
import pytest

from faircut.domain import Fingerprint, Segment
from faircut.index import live, multi_hash
from faircut.index.live import LiveIndex
from faircut.index.multi_hash import HammingScheme
from support.catalogue import FakeCatalogue

ALGORITHM = "pdq-v1"


def film(seed: int, count: int = 40) -> Fingerprint:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 256, (count, 32)).astype(np.uint8)
    times = np.arange(count, dtype=np.float32) / 4
    return Fingerprint(ALGORITHM, codes, times, np.full(count, 80, np.uint8), count / 4)


def index_of(catalogue: FakeCatalogue) -> LiveIndex[HammingScheme]:
    return LiveIndex(catalogue, ALGORITHM, HammingScheme(min_quality=20))


def found(index: LiveIndex[HammingScheme], fingerprint: Fingerprint, radius: int = 10) -> dict[str, set[int]]:
    """Rows that answer to the codes of a fingerprint, by reference id."""
    view = index.view()
    hits = view.search(fingerprint.codes, radius)
    names = [view.entry(number).reference.id for number in hits.entry]
    return {name: {int(row) for row, own in zip(hits.row, names, strict=True) if own == name} for name in set(names)}


def test_what_is_registered_is_found_by_the_next_query() -> None:
    catalogue = FakeCatalogue()
    index = index_of(catalogue)
    assert found(index, film(1)) == {}
    catalogue.put(film(1))
    assert found(index, film(1)) == {"ref_1": set(range(40))}
    catalogue.put(film(2))
    assert found(index, film(2)) == {"ref_2": set(range(40))}
    assert found(index, film(1)) == {"ref_1": set(range(40))}


def test_what_is_removed_is_gone_and_its_twin_stays() -> None:
    catalogue = FakeCatalogue()
    first, second = catalogue.put(film(1)), catalogue.put(film(1))
    index = index_of(catalogue)
    assert set(found(index, film(1))) == {first.id, second.id}
    before = index.view()
    catalogue.remove(first)
    assert set(found(index, film(1))) == {second.id}
    # A view that somebody still uses goes on as it was.
    assert len(before.numbers()) == 2
    assert before.entry(0).reference == first
    assert index.view().numbers() == [1]
    with pytest.raises(KeyError):
        index.view().entry(0)


def test_excluded_segments_are_not_found_until_they_are_allowed_again() -> None:
    catalogue = FakeCatalogue()
    reference = catalogue.put(film(1), exclude=(Segment(2.0, 3.0),))
    index = index_of(catalogue)
    hidden = {8, 9, 10, 11}
    assert found(index, film(1)) == {reference.id: set(range(40)) - hidden}
    entry = index.view().entry(0)
    assert set(np.flatnonzero(entry.excluded)) == hidden == set(np.flatnonzero(~entry.usable))
    catalogue.exclude(reference)
    assert found(index, film(1)) == {reference.id: set(range(40))}
    catalogue.exclude(reference, Segment(0.0, 1.0), Segment(9.0, 99.0))
    assert found(index, film(1)) == {reference.id: set(range(4, 36))}
    assert catalogue.read == 1


def test_codes_of_too_little_quality_are_held_and_not_found() -> None:
    print_ = film(1)
    print_.quality[5:9] = 10
    catalogue = FakeCatalogue()
    catalogue.put(print_)
    index = index_of(catalogue)
    assert found(index, print_)["ref_1"] == set(range(40)) - {5, 6, 7, 8}
    assert len(index.view().entry(0).codes) == 40


def test_another_algorithm_for_an_old_reference_is_taken_in() -> None:
    """Upgrades fingerprint anew what was registered long ago, in any order."""
    catalogue = FakeCatalogue()
    old = catalogue.put(Fingerprint("pdq-v0", *([film(1).codes, film(1).times, film(1).quality]), 10.0))
    for seed in range(2, 80):
        catalogue.put(film(seed))
    index = index_of(catalogue)
    assert found(index, film(1)) == {}
    catalogue.fingerprint(old, film(1))
    read = catalogue.read
    assert found(index, film(1)) == {old.id: set(range(40))}
    assert catalogue.read - read <= 2


def test_many_registrations_one_by_one_make_few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SEGMENT_ROWS", 700)
    catalogue = FakeCatalogue()
    index = index_of(catalogue)
    for seed in range(60):
        catalogue.put(film(seed))
        index.view()
    assert len(index.view().parts) <= 60 * 40 / 700 * 2 + 6
    for seed in range(0, 60, 7):
        assert found(index, film(seed)) == {f"ref_{seed + 1}": set(range(40))}


def test_a_reference_without_codes_is_an_entry_that_nothing_finds() -> None:
    catalogue = FakeCatalogue()
    catalogue.put(film(1, 0))
    catalogue.put(film(2))
    view = index_of(catalogue).view()
    assert [len(view.entry(number).codes) for number in view.numbers()] == [0, 40]
    assert set(view.search(film(2).codes, 3).entry) == {1}


def test_the_answer_is_the_same_through_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multi_hash, "EXHAUSTIVE", -1)
    monkeypatch.setattr(multi_hash, "_LEAST_TABLED", 0)
    test_what_is_removed_is_gone_and_its_twin_stays()
    test_excluded_segments_are_not_found_until_they_are_allowed_again()
    test_codes_of_too_little_quality_are_held_and_not_found()
