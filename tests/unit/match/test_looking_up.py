"""What spares look-ups changes no answer."""

from __future__ import annotations

import numpy as np
import pytest

from faircut.domain import Fingerprint
from faircut.index.multi_hash import HammingScheme
from faircut.index.rows import Part, Placed, Rows
from faircut.index.views import View
from faircut.match.frame_votes import _FLIPS, _PROBES, WORD_BITS, _probes
from faircut.match.shelf import PictureShelf


@pytest.fixture(scope="module")
def view() -> View[HammingScheme]:
    rng = np.random.default_rng(3)
    codes = np.repeat(rng.integers(0, 256, (12, 32)), 8, axis=0).astype(np.uint8)
    codes ^= np.packbits(rng.random((96, 256)) < 0.08, axis=1)
    scheme = HammingScheme(min_quality=20)
    print_ = Fingerprint("pdq-v1", codes, np.arange(96, dtype=np.float32), np.full(96, 100, np.uint8), 96.0)
    return View(1, scheme, (Placed(Part(Rows.of([(1, "one", print_)], 32), scheme), 0),), {}, 0.0)


def test_a_shelf_answers_as_the_index_does_however_often_and_far_it_is_asked(view: View[HammingScheme]) -> None:
    shelf = PictureShelf("pdq-v1", view)
    codes = view.parts[0].part.rows.codes
    for asked, radius in ((codes[:20], 40), (codes[10:30], 31), (codes[:0], 31), (codes[[5, 5, 90]], 48), (codes, 24)):
        mine, truth = shelf.lookup(asked, radius), view.search(asked, radius)
        for name in ("query", "entry", "row", "distance", "cut"):
            assert np.array_equal(getattr(mine, name), getattr(truth, name)), (radius, name)
    assert len(shelf.lookup(codes, 24)) > len(codes)


def test_the_words_that_are_probed_are_those_that_cost_least() -> None:
    projected = np.random.default_rng(4).standard_normal((300, 128)).astype(np.float32)
    assert len(_FLIPS) < 16
    for row, words in zip(projected[:, :WORD_BITS], _probes(projected), strict=True):
        own = int("".join("01"[int(value > 0)] for value in row), 2)
        sure = sorted((abs(float(value)), WORD_BITS - 1 - place) for place, value in enumerate(row))[:6]
        costs = sorted(
            (sum(sure[bit][0] for bit in range(6) if flips >> bit & 1), flips) for flips in range(1 << len(sure))
        )
        cheapest = {
            own ^ sum(1 << sure[bit][1] for bit in range(6) if flips >> bit & 1) for _, flips in costs[:_PROBES]
        }
        assert set(words.tolist()) == cheapest
