"""Features to one score: logistic models, fitted by ``benchmarks/train_descriptions.py`` and shipped as JSON.

The score is the log odds that the prompt would draw the element. Thresholds lie on it: from ``review`` on a person
should look, from ``block`` on it is refused. What a short registration and a full one have in common with a prompt does
not compare, so each has a model of its own; their scores are shifted so that both have the same threshold to block.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from faircut.detectors.descriptions_features import FEATURES
from faircut.errors import ConfigError

Floats = npt.NDArray[np.float32]


LEAN = 26
"""Different words that say something, in a registered text: with fewer, or without one of the three fields, it is lean.
The shortest of the full registrations under ``benchmarks/corpora`` has 31."""
SAYS_LITTLE = 10
"""Different words that say something in a registered text: with fewer it is no element's own, so that nothing is
blocked, and reviewed from a threshold of its own on. Half of the taglines under ``benchmarks/corpora`` have 10 or
fewer."""
_FIELDS = [FEATURES.index(name) for name in ("tagline", "description", "keywords")]
_TERMS = FEATURES.index("element_terms")


@dataclass(frozen=True)
class Logistic:
    """A logistic model on standardised features. ``low`` and ``high`` bound each feature to what was seen in training,
    so that nothing is extrapolated."""

    mean: Floats
    scale: Floats
    low: Floats
    high: Floats
    coefficients: Floats
    intercept: float

    def scores(self, features: Floats) -> Floats:
        """Log odds, for features along the last axis."""
        bounded = np.clip(features, self.low, self.high)
        found: Floats = ((bounded - self.mean) / self.scale @ self.coefficients + self.intercept).astype(np.float32)
        return found


@dataclass(frozen=True, slots=True)
class Limits:
    """Scores from which on to ``block`` and to ``review``. What says little is reviewed from ``thin`` on."""

    review: float
    block: float
    thin: float


@dataclass(frozen=True)
class Combiner:
    """``full`` judges full registrations, ``lean`` short ones, and ``read_full`` and ``read_lean`` judge their scores
    anew beside what the second look says, from ``read_from`` on. ``quick_full`` and ``quick_lean`` judge the same
    registrations beside what the quick encoder makes of a prompt: below ``quick_from``, and below ``quick_thin`` for
    what says little, nothing of it is meant.

    ``read`` are the limits of what was read so, ``alone`` those without the second look.
    """

    quick_full: Logistic
    quick_lean: Logistic
    quick_from: float
    quick_thin: float
    full: Logistic
    lean: Logistic
    read_full: Logistic
    read_lean: Logistic
    read_from: float
    read: Limits
    alone: Limits
    trained_on: Mapping[str, Any]

    def may_be_meant(self, features: Floats) -> npt.NDArray[np.bool_]:
        """(n,) which elements are worth a proper comparison, for (n, features) of what the quick encoder says."""
        scores = np.where(is_lean(features), self.quick_lean.scores(features), self.quick_full.scores(features))
        found: npt.NDArray[np.bool_] = scores >= np.where(says_little(features), self.quick_thin, self.quick_from)
        return found

    def scores(self, features: Floats) -> Floats:
        """(n,) log odds for (n, features)."""
        found: Floats = np.where(is_lean(features), self.lean.scores(features), self.full.scores(features))
        return found

    def scores_read(self, pairs: Floats, lean: npt.NDArray[np.bool_]) -> Floats:
        """(n,) log odds for (n, 2) scores of :meth:`scores`, each with the reading beside it."""
        found: Floats = np.where(lean, self.read_lean.scores(pairs), self.read_full.scores(pairs))
        return found


def is_lean(features: Floats) -> npt.NDArray[np.bool_]:
    """(n,) whether so little is registered of each element of (n, features) that the lean model judges it."""
    few = features[:, _TERMS] < np.log1p(LEAN) - 1e-6
    # A field that is not there has the cosine of nothing, which is exactly 0.
    found: npt.NDArray[np.bool_] = few | (features[:, _FIELDS] == 0).any(axis=1)
    return found


def says_little(features: Floats) -> npt.NDArray[np.bool_]:
    """(n,) of which elements fewer different words are registered than make an element anybody's own."""
    found: npt.NDArray[np.bool_] = features[:, _TERMS] < np.log1p(SAYS_LITTLE) - 1e-6
    return found


def combiner_from(text: str) -> Combiner:
    """A combiner from its JSON. Raises ConfigError when it is for other features."""
    data = json.loads(text)
    if tuple(data["features"]) != FEATURES:
        raise ConfigError(
            "The descriptions' combiner was trained on other features than this version computes.",
            field="faircut",
            remedy="Train it again with benchmarks/train_descriptions.py.",
        )

    def model(name: str) -> Logistic:
        arrays = {
            key: np.array(data[name][key], np.float32) for key in ("mean", "scale", "low", "high", "coefficients")
        }
        return Logistic(**arrays, intercept=float(data[name]["intercept"]))

    def limits(name: str) -> Limits:
        return Limits(**{key: float(data["limits"][name][key]) for key in ("review", "block", "thin")})

    return Combiner(
        quick_full=model("quick_full"),
        quick_lean=model("quick_lean"),
        quick_from=float(data["quick_from"]),
        quick_thin=float(data["quick_thin"]),
        full=model("full"),
        lean=model("lean"),
        read_full=model("read_full"),
        read_lean=model("read_lean"),
        read_from=float(data["read_from"]),
        read=limits("read"),
        alone=limits("alone"),
        trained_on=data["trained_on"],
    )


@cache
def default_combiner() -> Combiner:
    """The combiner that Faircut ships for its default sentence model."""
    return combiner_from((files("faircut.detectors") / "descriptions_combiner.json").read_text(encoding="utf-8"))


__all__ = [
    "LEAN",
    "SAYS_LITTLE",
    "Combiner",
    "Limits",
    "Logistic",
    "combiner_from",
    "default_combiner",
    "is_lean",
    "says_little",
]
