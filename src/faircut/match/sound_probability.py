"""The chance that what was heard is a copy: logistic functions of what was counted.

Fitted by ``benchmarks/sound_calibration.py`` to sound drawn by code, copies and strangers weighing the same.
"""

from __future__ import annotations

import math

_NATS, _NATS_AT_ZERO = 0.357, -9.81
"""97 copies under hard edits, most of them two or three at once, and 110 excerpts of other sound."""
_GAIN, _GAIN_AT_ZERO = 63.5, -2.75
"""16 copies (hard edits leave Chromaprint few) and the same 110 strangers, none of which gained anything."""


def by_landmarks(evidence: float) -> float:
    """From nats of agreement beyond chance."""
    return _logistic(_NATS * evidence + _NATS_AT_ZERO)


def by_codes(bit_error: float, chance: float) -> float:
    """From the share of differing bits, and that of the same codes moved against each other."""
    return _logistic(_GAIN * (chance - bit_error) + _GAIN_AT_ZERO)


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(min(value, 30.0), -30.0)))
