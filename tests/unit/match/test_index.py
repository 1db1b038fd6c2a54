import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from faircut.index.hamming import BruteForceIndex, FaissIndex


@given(st.integers(0, 10_000), st.integers(0, 60), st.integers(0, 9), st.integers(0, 140))
def test_the_fast_index_agrees_with_brute_force(seed: int, count: int, queries: int, radius: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 256, (count, 32)).astype(np.uint8)
    asked = rng.integers(0, 256, (queries, 32)).astype(np.uint8)
    for row in range(min(queries, count)):
        # Near neighbours, so that small radii find something too.
        asked[row] = codes[row]
        asked[row, : rng.integers(0, 8)] ^= 0x11
    truth, fast = BruteForceIndex(32), FaissIndex(32)
    for index in (truth, fast):
        index.add(codes[: count // 2])
        index.add(codes[count // 2 :])
    one, two = truth.search(asked, radius), fast.search(asked, radius)
    assert one.query.tolist() == two.query.tolist()
    assert one.row.tolist() == two.row.tolist()
    assert one.distance.tolist() == two.distance.tolist()
