"""Features to one score: a logistic model, fitted by ``benchmarks/train_descriptions.py`` and shipped as JSON.

The score is the log odds that the prompt would draw the element. Two thresholds lie on it: from ``review`` on a person
should look, from ``block`` on it is refused.
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


@dataclass(frozen=True)
class Tree:
    """A regression tree: ``feature`` is -1 at a leaf, where ``value`` counts; else up to ``threshold`` goes left."""

    feature: npt.NDArray[np.int16]
    threshold: Floats
    left: npt.NDArray[np.int16]
    right: npt.NDArray[np.int16]
    value: Floats

    def predict(self, features: Floats) -> Floats:
        """(n,) values for (n, features)."""
        node = np.zeros(len(features), np.int64)
        rows = np.arange(len(features))
        while True:
            feature = self.feature[node]
            inner = feature >= 0
            if not inner.any():
                found: Floats = self.value[node]
                return found
            lower = features[rows, np.maximum(feature, 0)] <= self.threshold[node]
            node = np.where(inner, np.where(lower, self.left[node], self.right[node]), node)


@dataclass(frozen=True)
class Combiner:
    """``low`` and ``high`` bound each feature to what was seen in training, so that nothing is extrapolated."""

    mean: Floats
    scale: Floats
    low: Floats
    high: Floats
    coefficients: Floats
    intercept: float
    trees: tuple[Tree, ...]
    review: float
    block: float
    trained_on: Mapping[str, Any]

    def scores(self, features: Floats) -> Floats:
        """(n,) log odds for (n, features)."""
        bounded = np.clip(features, self.low, self.high)
        linear = (bounded - self.mean) / self.scale @ self.coefficients + np.float32(self.intercept)
        for tree in self.trees:
            linear = linear + tree.predict(bounded)
        found: Floats = linear.astype(np.float32)
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

    def array(name: str) -> Floats:
        return np.array(data[name], np.float32)

    trees = tuple(
        Tree(
            np.array(each["feature"], np.int16),
            np.array(each["threshold"], np.float32),
            np.array(each["left"], np.int16),
            np.array(each["right"], np.int16),
            np.array(each["value"], np.float32),
        )
        for each in data.get("trees", ())
    )
    return Combiner(
        mean=array("mean"),
        scale=array("scale"),
        low=array("low"),
        high=array("high"),
        coefficients=array("coefficients"),
        intercept=float(data["intercept"]),
        trees=trees,
        review=float(data["review"]),
        block=float(data["block"]),
        trained_on=data["trained_on"],
    )


@cache
def default_combiner() -> Combiner:
    """The combiner that Faircut ships for its default sentence model."""
    return combiner_from((files("faircut.detectors") / "descriptions_combiner.json").read_text(encoding="utf-8"))


__all__ = ["Combiner", "Tree", "combiner_from", "default_combiner"]
