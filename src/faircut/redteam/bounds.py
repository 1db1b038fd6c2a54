"""How large a rate may be after so many events in so many trials."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

_LEVEL = 0.05
_STEPS = 60


def upper_bound(events: int, trials: int) -> float:
    """The one-sided 95 % upper bound of a rate (Clopper and Pearson, 1934); 1 without trials.

    For no events in n trials that is 1 - 0.05^(1/n), about 3/n.
    """
    if trials == 0 or events >= trials:
        return 1.0
    low, high = events / trials, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _at_most(events, trials, middle) > _LEVEL:
            low = middle
        else:
            high = middle
    return high


def _at_most(events: int, trials: int, rate: float) -> float:
    """The chance of so many events or fewer."""
    if rate >= 1.0:
        return 0.0
    total = 0.0
    for count in range(events + 1):
        ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
        total += exp(ways + count * log(rate) + (trials - count) * log1p(-rate)) if rate > 0 else float(count == 0)
    return total


__all__ = ["upper_bound"]
