"""The curve of requests found against honest prompts stopped."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
from benchmarks.descriptions_chart import Curve, draw, points


def test_each_honest_score_is_a_threshold() -> None:
    curve = Curve("all", "#000", np.array([3.0, 2.0, 1.0, -1.0]), np.array([2.5, 1.0, 0.0, -2.0]))
    assert points(curve) == [(0.25, 0.25), (0.5, 0.75), (0.75, 0.75), (1.0, 1.0)]


def test_the_picture_names_each_curve_and_stays_inside() -> None:
    draws = np.random.default_rng(0)
    curve = Curve("full & lean", "#123", draws.normal(3, 1, 400), draws.normal(0, 1, 400))
    root = ElementTree.fromstring(draw([curve], (0.033, 0.937)))
    texts = [each.text for each in root.iter() if each.tag.endswith("text")]
    assert "full & lean" in texts
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    (line,) = [each for each in root.iter() if each.tag.endswith("polyline")]
    for point in line.attrib["points"].split():
        x, y = map(float, point.split(","))
        assert 0 < x < width
        assert 0 < y < height
