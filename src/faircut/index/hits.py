"""What searches over the parts of an index return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class CodeHits:
    """Pairs within the radius, ordered by query, then reference, then row. All (n,) int64 but ``cut``.

    ``query``: number of the query. ``entry``: number of the reference in the view that was searched. ``row``: number of
    the code within that reference. ``distance``: bits. ``cut``: (queries,) how many candidates of each query were
    passed over because it had too many: where that is not 0, the answer may lack something.
    """

    query: npt.NDArray[np.int64]
    entry: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    distance: npt.NDArray[np.int64]
    cut: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.query)

    @classmethod
    def joined(cls, found: Sequence[CodeHits], queries: int) -> CodeHits:
        """Hits of several parts as one; ``cut`` adds up."""
        query, entry, row, distance = (
            np.concatenate([np.empty(0, np.int64), *(getattr(each, name) for each in found)])
            for name in ("query", "entry", "row", "distance")
        )
        order = np.lexsort((row, entry, query))
        cut = sum((each.cut for each in found), np.zeros(queries, np.int64))
        return cls(query[order], entry[order], row[order], distance[order], cut)
