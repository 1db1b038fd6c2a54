"""The chance that what was heard is a copy, from what was counted: logistic functions fitted to drawn sound."""

from __future__ import annotations

import math


def by_landmarks(evidence: float) -> float:
    """From nats of agreement beyond chance."""
    return _logistic(0.45 * (evidence - 22.0))


def by_codes(bit_error: float, distinct: int) -> float:
    """From the share of differing bits and the number of distinct Chromaprint codes."""
    return _logistic(-60.0 * (bit_error - 0.30) + 0.05 * (distinct - 16))


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(min(value, 30.0), -30.0)))
