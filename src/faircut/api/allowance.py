"""How often somebody may ask: token buckets, one a name, in this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Allowance:
    """``burst`` at once, and ``per_s`` a second in the long run. Of the names that ask, the last ``most_names`` are
    remembered; whoever is forgotten starts afresh."""

    burst: float
    per_s: float
    most_names: int = 4096
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def take(self, name: str) -> float:
        """Takes one and returns 0, or takes none and returns the seconds until there is one."""
        with self._lock:
            now = self.clock()
            left, at = self._left.get(name, (self.burst, now))
            left = min(self.burst, left + (now - at) * self.per_s)
            wait_s = 0.0 if left >= 1 else (1 - left) / self.per_s
            self._left[name] = (left if wait_s else left - 1, now)
            self._left.move_to_end(name)
            while len(self._left) > self.most_names:
                self._left.popitem(last=False)
        return wait_s
