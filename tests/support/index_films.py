"""Small films by number, and whether an index answers about them as the catalogue would."""

from __future__ import annotations

from collections import Counter

import numpy as np

from faircut.domain import Fingerprint

ALGORITHM = "pdq-v1"
FRAMES = 12


def film(seed: int) -> Fingerprint:
    """Twelve codes, four a second. Films of one number are alike; every fifth shares its first code with others."""
    codes = np.random.default_rng(seed).integers(0, 256, (FRAMES, 32)).astype(np.uint8)
    if seed % 5 == 0:
        codes[0] = 7
    times = np.arange(FRAMES, dtype=np.float32) / 4
    return Fingerprint(ALGORITHM, codes, times, np.full(FRAMES, 80, np.uint8), FRAMES / 4)


def check(index, catalogue) -> None:
    """Asserts that each code of each film, registered or not, is answered as a comparison with all would answer."""
    view = index.view()
    registered = dict(catalogue.registered(ALGORITHM))
    prints = {seq: each for seq, _, each in catalogue.fingerprints(ALGORITHM)}
    entries = {number: view.entry(number) for number in view.numbers()}
    assert Counter(each.reference.id for each in entries.values()) == Counter(each.id for each in registered.values())
    asked = np.concatenate(
        [each.codes[::3] for each in prints.values()] + [film(1000 + seed).codes[:2] for seed in (0, 1)]
    )
    expected = {
        (query, reference.id, row)
        for seq, reference in registered.items()
        for row in range(len(prints[seq]))
        if not any(part.start <= prints[seq].times[row] < part.end for part in reference.exclude)
        for query in np.flatnonzero(np.bitwise_count(asked ^ prints[seq].codes[row]).sum(axis=1) <= 5).tolist()
    }
    hits = view.search(asked, 5)
    found = [
        (query, entries[entry].reference.id, row)
        for query, entry, row in zip(hits.query.tolist(), hits.entry.tolist(), hits.row.tolist(), strict=True)
    ]
    assert len(found) == len(set(found))
    assert set(found) == expected
    for entry in entries.values():
        own = next(seq for seq, reference in registered.items() if reference.id == entry.reference.id)
        assert (entry.codes == prints[own].codes).all()
        assert (entry.times == prints[own].times).all()
        assert entry.duration == prints[own].duration
