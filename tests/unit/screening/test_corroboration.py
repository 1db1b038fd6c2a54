from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.corroboration import TOGETHER, corroborate, only_together, with_clues
from faircut.domain import Match, Segment
from faircut.request_text import compose, what_each_adds

PICTURE = Match("keypoints-v2", "Video 1", "w", None, 0.7, "ref_1", Segment(2, 8), Segment(62, 68), probability=0.9)
SOUND = Match("landmarks-v1", "Video 1", "w", None, 0.6, "ref_1", Segment(0, 10), Segment(60, 70), probability=0.95)


def test_picture_and_sound_of_one_work_raise_each_other() -> None:
    picture, sound = corroborate([PICTURE, SOUND])
    assert picture.probability == sound.probability == pytest.approx(0.995)
    assert picture.evidence["corroborated_by"] == "landmarks-v1"
    assert sound.evidence["corroborated_by"] == "keypoints-v2"


@pytest.mark.parametrize(
    "other",
    [
        replace(SOUND, work_id="another"),
        replace(SOUND, input="Video 2"),
        replace(SOUND, query=Segment(7.9, 30)),
        replace(SOUND, detector="pdq-v1"),
        replace(SOUND, detector="names-v6", query=None),
        replace(SOUND, probability=None),
    ],
)
def test_what_is_not_about_the_same_copy_confirms_nothing(other: Match) -> None:
    assert corroborate([PICTURE, other]) == [PICTURE, other]


def test_two_sounds_are_one_witness() -> None:
    again = replace(SOUND, reference_id="ref_2", probability=0.8)
    assert corroborate([PICTURE, SOUND, again])[0].probability == pytest.approx(0.995)


def test_a_doubtful_picture_that_the_sound_confirms_is_no_longer_doubtful() -> None:
    doubtful = replace(PICTURE, evidence={"ambiguous": True}, probability=0.6)
    assert "ambiguous" not in corroborate([doubtful, SOUND])[0].evidence
    unsure = replace(SOUND, evidence={"ambiguous": True})
    assert corroborate([doubtful, unsure])[0].evidence["ambiguous"] is True


@given(st.floats(0, 1), st.floats(0, 1))
def test_confirmation_never_lowers_and_never_exceeds_one(one: float, other: float) -> None:
    picture, sound = corroborate([replace(PICTURE, probability=one), replace(SOUND, probability=other)])
    assert picture.probability is not None
    assert max(one, other) - 1e-6 <= picture.probability <= 1.0
    assert picture.probability == sound.probability


def test_an_everyday_word_means_the_name_when_an_upload_shows_the_work() -> None:
    word = Match("names-v6", "prompt", "w", "e", 0.5, evidence={"matched": "sonic", "ambiguous": True})
    other = replace(word, work_id="another")
    certain = replace(word, evidence={"matched": "Sonic"})
    found = with_clues([word, other, certain], {"w": "Image 2"})
    assert found == [replace(word, evidence={"matched": "sonic", "clue": "Image 2"}), other, certain]


def test_what_requests_add_to_a_scene_is_reviewed_where_one_prompt_would_be_blocked_for_it() -> None:
    def found(label: str, score: float, detector: str = "descriptions-v9") -> list[tuple[str, bool]]:
        match = Match(detector, label, "w", "e", score, evidence={"matched": "x"})
        return [(each.input, "ambiguous" in each.evidence) for each in only_together([match], list)]

    together = what_each_adds(["Fog. a shell"], compose(["Fog. brass eyes"]))
    assert together is not None
    added = together.words.locate(Match("descriptions-v9", "prompt", "w", "e", 0.96, evidence={"span": [0, 17]}))
    assert added is not None
    assert found(added.input, 0.86) == [(TOGETHER, True)]
    assert found(added.input, 0.91) == [(TOGETHER, False)]
    assert found(TOGETHER, 0.86) == []
    assert found(TOGETHER, 0.91) == [(TOGETHER, False)]
    assert found(added.input, 1.0, "names-v6") == []
    assert found(TOGETHER, 1.0, "names-v6") == [(TOGETHER, False)]
