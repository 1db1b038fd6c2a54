"""The form of a shot, without a service: what is accepted, and that what is told says the same again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut import wire
from faircut.api.shot_schemas import ShotIn, read_shots, shot_out
from faircut.directives import MOVE_RANGES, RANGES, MoveKind
from faircut.domain import Shot
from faircut.errors import InputError

_MOVES = st.sampled_from([kind for kind in MoveKind if kind is not MoveKind.STATIC]).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"kind": st.just(kind.value)},
        optional={
            "amount": st.floats(MOVE_RANGES[kind].least, MOVE_RANGES[kind].most).flatmap(
                lambda size: st.sampled_from([size, -size])
            ),
            "speed": st.sampled_from(["slow", "normal", "fast"]),
        },
    )
)


def _number(path: str) -> st.SearchStrategy[float]:
    return st.floats(RANGES[path].least, RANGES[path].most)


_SHOTS = st.fixed_dictionaries(
    {"prompt": st.text(st.characters(exclude_categories=("Cs",)), max_size=40)},
    optional={
        "camera": st.fixed_dictionaries(
            {"moves": st.lists(_MOVES, max_size=2)}, optional={"lens_mm": _number("camera.lens_mm")}
        ),
        "lighting": st.fixed_dictionaries({}, optional={"temperature_k": _number("lighting.temperature_k")}),
        "physics": st.fixed_dictionaries(
            {}, optional={"wind": _number("physics.wind"), "thunder": st.booleans(), "fog": _number("physics.fog")}
        ),
        "title": st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    },
)


@given(_SHOTS)
def test_what_is_told_of_a_shot_says_it_again(given_shot):
    shot = ShotIn.model_validate(given_shot).shot()
    told = shot_out(shot).model_dump(mode="json")
    assert ShotIn.model_validate(told).shot() == shot
    assert wire.load(Shot, wire.dump(shot)) == shot


def test_a_file_of_shots_may_be_a_list_or_hold_one():
    assert read_shots([{"prompt": "a"}]) == read_shots({"shots": [{"prompt": "a"}]}) == (Shot("a"),)
    with pytest.raises(InputError) as caught:
        read_shots([{"prompt": 3}, {"prompts": "x"}])
    assert caught.value.field == "shots[0].prompt"
    assert [each.field for each in caught.value.others] == ["shots[1].prompt", "shots[1].prompts"]
