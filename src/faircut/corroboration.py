"""Picture and sound of one work in one stretch of the query: each suffices, and together they say more. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from faircut.domain import Match
from faircut.wording import PICTURE_FAMILIES, SOUND_FAMILIES, family_of

_SHARED = 0.5
"""Share of the shorter of two stretches that both must cover to be about the same copy."""


def corroborate(matches: Sequence[Match]) -> list[Match]:
    """The same matches in the same order, those that another sense confirms with a higher ``probability``.

    Picture and sound err for different reasons, so the chance that both are wrong is the product of the two. Of several
    matches of the other sense only the best counts: two pictures are no two witnesses. A doubtful match
    (``evidence["ambiguous"]``) that is confirmed beyond doubt stops being doubtful.
    """
    confirmed = []
    for match in matches:
        witnesses = [
            each
            for each in matches
            if _sense(each) and _sense(match) and _sense(each) != _sense(match) and _about_the_same(each, match)
        ]
        best = max(witnesses, key=lambda each: each.probability or 0.0, default=None)
        if best is None or match.probability is None or best.probability is None:
            confirmed.append(match)
            continue
        evidence = {**match.evidence, "corroborated_by": best.detector}
        if not best.evidence.get("ambiguous"):
            evidence.pop("ambiguous", None)
        together = 1.0 - (1.0 - match.probability) * (1.0 - best.probability)
        confirmed.append(replace(match, probability=round(together, 6), evidence=evidence))
    return confirmed


def _sense(match: Match) -> str | None:
    family = family_of(match.detector)
    return "picture" if family in PICTURE_FAMILIES else "sound" if family in SOUND_FAMILIES else None


def _about_the_same(one: Match, other: Match) -> bool:
    if one.work_id is None or one.work_id != other.work_id or one.input != other.input:
        return False
    if one.query is None or other.query is None:
        return False
    shorter = min(one.query.seconds, other.query.seconds)
    return one.query.overlap(other.query) >= _SHARED * shorter > 0.0
