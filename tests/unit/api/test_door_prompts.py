"""What stands in prompts besides prose: flags of the older style, marks of shots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.api.doors.fitting import nearest_ratio, nearest_size, suggested_seconds
from faircut.api.doors.models import UnknownModel, engine_for
from faircut.api.doors.prompts import check_length, read_flags, read_script
from faircut.domain import Ratio, Shot, Size
from faircut.engines import FRAME_SIZES
from faircut.errors import InputError, LimitExceeded


def test_flags_are_read_and_taken_out() -> None:
    text, flags = read_flags("a cat  naps --dur 5 --rs 720p --rt 9:16 --seed -1 --cf true --wm false")
    assert text == "a cat naps"
    assert flags == {
        "duration": 5,
        "resolution": "720p",
        "ratio": "9:16",
        "seed": -1,
        "camera_fixed": True,
        "watermark": False,
    }


def test_last_flag_counts_and_unknown_flags_are_prose() -> None:
    assert read_flags("a --dur 5 b --duration 8 --style noir") == ("a b --style noir", {"duration": 8})


@pytest.mark.parametrize("prompt", ["a--dur 5", "--durations 5", "--dur", "a -- dur 5", "two—dashes —dur 5"])
def test_what_only_looks_like_a_flag_stays(prompt: str) -> None:
    assert read_flags(prompt) == (prompt, {})


@pytest.mark.parametrize(
    ("prompt", "field"), [("x --dur five", "--dur"), ("x --cf maybe", "--cf"), ("--seed ٣", "--seed")]
)
def test_flags_with_nonsense_are_refused_by_name(prompt: str, field: str) -> None:
    with pytest.raises(InputError) as error:
        read_flags(prompt)
    assert error.value.field == field


@given(st.text(alphabet=st.sampled_from(list("ab-- \n:dursehot0159")), max_size=60))
def test_flags_leave_all_other_words_in_their_order(prompt: str) -> None:
    try:
        text, flags = read_flags(prompt)
    except InputError:
        return
    if not flags:
        assert text == prompt
        return
    left = iter(prompt.split())
    assert all(word in left for word in text.split()), "words that are left stand in the order in which they stood"


def test_shots_with_times_become_shots() -> None:
    script = read_script("A storm at sea.\nShot 1 (0-3s): the lighthouse\nShot 2 (3-7.5s): a boat\nturns")
    assert [(shot.prompt, shot.seconds) for shot in script.shots] == [
        ("A storm at sea. the lighthouse", 3.0),
        ("a boat\nturns", 4.5),
    ]
    assert script.seconds == 7.5
    assert [shot.seconds for shot in script.lasting(15)] == [6.0, 9.0]


@pytest.mark.parametrize(
    ("prompt", "shots"),
    [
        ("[Shot 1]: a\n[Shot 2]: b\n[Shot 3]: c", ["a", "b", "c"]),
        ("镜头1：海边\n镜头2：灯塔", ["海边", "灯塔"]),
        ("0-2s: a\n2-4s: b", ["a", "b"]),
        ("Scene 1: a\nScene 2: b", ["a", "b"]),
    ],
)
def test_other_ways_to_mark_shots(prompt: str, shots: list[str]) -> None:
    assert [shot.prompt for shot in read_script(prompt).shots] == shots


@pytest.mark.parametrize(
    "prompt",
    [
        "Shot 1: alone",
        "Shot 1: a\nShot 3: c",
        "Shot 1 (0-2s): a\nShot 2 (3-4s): b",
        "Shot 1 (0-2s): a\nShot 2: b",
        "a one-shot: b\nno shot 2: c",
        "\n".join(f"Shot {n}: x" for n in range(1, 14)),
    ],
)
def test_marks_that_do_not_add_up_leave_one_shot(prompt: str) -> None:
    assert read_script(prompt).shots == (Shot(prompt),)


@given(st.lists(st.text(alphabet="abc xyz.,\n", max_size=30), min_size=1, max_size=5))
def test_no_word_of_a_script_is_lost(texts: list[str]) -> None:
    prompt = "\n".join(f"Shot {n}: {text}" for n, text in enumerate(texts, 1))
    shots = read_script(prompt).shots
    if len(texts) == 1:
        assert shots == (Shot(prompt),)
    else:
        assert [shot.prompt.split() for shot in shots] == [text.split() for text in texts]


def test_ratio_is_the_one_that_loses_least() -> None:
    assert nearest_ratio(1920, 1080) is Ratio.R16_9
    assert nearest_ratio(500, 480) is Ratio.R1_1
    assert nearest_ratio(300, 700) is Ratio.R9_16
    assert nearest_ratio(2400, 1000) is Ratio.R21_9


@pytest.mark.parametrize(
    ("shots", "given", "seconds"),
    [
        (1, {}, 5),
        (3, {}, 9),
        (9, {}, 15),
        (1, {"clips": 7.02}, 7),
        (1, {"sounds": 9.6}, 10),
        (2, {"scripted": 3.0}, 4),
        (1, {"clips": 2.0}, 4),
    ],
)
def test_length_follows_from_what_is_there(shots: int, given: dict[str, float], seconds: int) -> None:
    assert suggested_seconds([Shot("x")] * shots, range(4, 16), **given) == seconds


def test_length_is_one_that_the_engine_makes() -> None:
    assert suggested_seconds([Shot("x")], (4, 8, 12)) == 8
    assert suggested_seconds([Shot("x")] * 9, range(4, 31)) == 27
    assert suggested_seconds([Shot("x")] * 9, (4, 8, 12)) == 12


def test_every_size_of_ours_is_found_by_its_pixels() -> None:
    for size, ratios in FRAME_SIZES.items():
        for ratio, (width, height) in ratios.items():
            assert nearest_size(width, height) == (size, ratio)


def test_sizes_of_others_become_the_nearest_of_ours() -> None:
    assert nearest_size(1792, 1024) == (Size.P1080, Ratio.R16_9)
    assert nearest_size(1024, 1792) == (Size.P1080, Ratio.R9_16)
    assert nearest_size(832, 480) == (Size.P480, Ratio.R16_9)


@given(st.integers(0, 99_999), st.integers(0, 99_999))
def test_any_size_is_near_one_of_ours_or_refused(width: int, height: int) -> None:
    try:
        size, ratio = nearest_size(width, height)
    except InputError:
        return
    across, down = FRAME_SIZES[size][ratio]
    assert abs(width * height / (across * down) - 1) <= 0.31
    assert abs((width / height) / (across / down) - 1) <= 0.06


def test_model_names() -> None:
    known = {"aliases": {"ep-1": "ark", "previz": "tiny"}, "engines": ["previz", "tiny", "ark"], "default": "previz"}
    assert engine_for("ep-1", **known) == "ark"
    assert engine_for("previz", **known) == "tiny", "the operator's word comes first"
    assert engine_for("tiny", **known) == "tiny"
    for name in (
        "doubao-seedance-2-0-260128",
        "dreamina-seedance-2-5-260628",
        "doubao-seedance-1-5-pro-251215",
        "sora-2",
    ):
        assert engine_for(name, **known) == "previz"
    with pytest.raises(UnknownModel) as error:
        engine_for("veo-3", **known)
    assert error.value.field == "model"


def test_prompt_of_nothing_but_blanks_is_read_at_once() -> None:
    for blanks in ("\n", " ", "\t", "0 ", "shot ", "0 - ", "[ ", "--dur "):
        prompt = blanks * (1_000_000 // len(blanks))
        assert read_script(prompt).shots == (Shot(prompt),)


def test_prompt_that_no_request_may_have_is_not_read() -> None:
    with pytest.raises(LimitExceeded) as error:
        check_length("x" * 11, 10, "prompt")
    assert error.value.field == "prompt"
