from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faircut.directives import (
    MOVE_RANGES,
    Camera,
    Drop,
    Lighting,
    Move,
    MoveKind,
    Physics,
    Placement,
    Transition,
    TransitionKind,
)
from faircut.domain import Asset, GenerationRequest, MediaKind, Shot
from faircut.errors import InputError
from faircut.studio.directive_limits import check_directives

DISSOLVE = Transition(TransitionKind.DISSOLVE, 1.0)


def upload(label: str) -> Asset:
    kind = {"I": MediaKind.IMAGE, "V": MediaKind.VIDEO, "A": MediaKind.AUDIO}[label[0]]
    return Asset(label, kind, "0" * 64, 1, path=Path("unused"))


FULL = GenerationRequest(
    shots=(
        Shot(
            "a fox",
            2.0,
            Camera((Move(MoveKind.PAN, 0.3, end=0.5), Move(MoveKind.PAN, -0.6, start=0.5)), lens_mm=85.0, handheld=0.5),
            Lighting(colour="#ffb060", intensity=2.0),
            Physics(1.62, -40.0, 1.0, 0.0, 0.5, drop=Drop("a ball", 60.0, 0.95, 12)),
            Transition(TransitionKind.FADE, 2.0),
            "The Fox",
            "Somewhere in the north",
            (Placement("Video 1", 3.5, 0.25),),
        ),
        Shot("a fox", None, Camera(motion_from="Video 1"), Lighting(temperature_k=1800.0), transition=DISSOLVE),
    ),
    images=(upload("Image 1"), upload("Image 2")),
    clips=(upload("Video 1"),),
    sounds=(upload("Audio 1"),),
    cut_on="Audio 1",
)
FRAMES = replace(FULL, shots=(Shot("it moves"),), clips=(), sounds=(), cut_on=None, first_frame="Image 1")


def test_everything_at_its_limit_is_accepted() -> None:
    check_directives(FULL)
    check_directives(replace(FRAMES, last_frame="Image 2"))
    check_directives(replace(FRAMES, images=FULL.images[:1], last_frame="Image 1"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"camera": Camera((Move(MoveKind.PAN, 0.7),))}, "camera.moves[0].amount"),
        ({"camera": Camera((Move(MoveKind.ZOOM, 1.0),))}, "camera.moves[0].amount"),
        ({"camera": Camera((Move(MoveKind.ORBIT, math.nan),))}, "camera.moves[0].amount"),
        ({"camera": Camera((Move(MoveKind.STATIC, 0.1),))}, "camera.moves[0].amount"),
        ({"camera": Camera((Move(MoveKind.TILT, 0.1, reverse=True),))}, "camera.moves[0].reverse"),
        ({"camera": Camera((Move(MoveKind.TILT, start=0.5, end=0.5),))}, "camera.moves[0].start"),
        ({"camera": Camera((Move(MoveKind.TILT, end=math.nan),))}, "camera.moves[0].start"),
        ({"camera": Camera((Move(MoveKind.STATIC), Move(MoveKind.PAN)))}, "camera.moves"),
        ({"camera": Camera((Move(MoveKind.PAN, 0.5, end=0.5), Move(MoveKind.PAN, 0.5, start=0.5)))}, "camera.moves"),
        ({"camera": Camera((Move(MoveKind.PAN),) * 7)}, "camera.moves"),
        ({"camera": Camera((Move(MoveKind.PAN),), motion_from="Video 1")}, "camera.moves"),
        ({"camera": Camera(motion_from="Video 2")}, "camera.motion_from"),
        ({"camera": Camera(lens_mm=13.0)}, "camera.lens_mm"),
        ({"camera": Camera(handheld=-1.0)}, "camera.handheld"),
        ({"lighting": Lighting(colour="orange")}, "lighting.colour"),
        ({"lighting": Lighting(colour="#ffffff", temperature_k=5000.0)}, "lighting.colour"),
        ({"lighting": Lighting(intensity=3.0)}, "lighting.intensity"),
        ({"physics": Physics(gravity=math.inf)}, "physics.gravity"),
        ({"physics": Physics(rain=1.1)}, "physics.rain"),
        ({"physics": Physics(drop=Drop("  "))}, "physics.drop.what"),
        ({"physics": Physics(drop=Drop("a ball", restitution=1.0))}, "physics.drop.restitution"),
        ({"title": "x" * 81}, "title"),
        ({"caption": "bell \a"}, "caption"),
        ({"clips": (Placement("Image 1"),)}, "clips[0].label"),
        ({"clips": (Placement("Video 1", speed=8.0),)}, "clips[0].speed"),
        ({"transition": DISSOLVE}, "transition"),
        ({"transition": Transition(TransitionKind.FADE, 2.5)}, "transition.seconds"),
    ],
)
def test_what_is_out_of_range_or_contradicts_itself_is_named(change: dict[str, object], field: str) -> None:
    shot = replace(Shot("a fox"), **change)  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        check_directives(replace(FULL, shots=(shot,)))
    assert caught.value.field == f"shots[0].{field}"
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first_frame": None, "cut_on": "Audio 2"}, "cut_on"),
        ({"first_frame": None, "last_frame": "Image 1"}, "last_frame"),
        ({"first_frame": "Image 3"}, "first_frame"),
        ({"first_frame": "Image 1", "last_frame": "Video 1"}, "last_frame"),
        ({"first_frame": "Image 1"}, "Image 2"),
        ({"shots": (Shot("a", transition=Transition(TransitionKind.FADE)),)}, "shots[0].transition"),
        ({"first_frame": "Image 1", "images": (FULL.images[0],), "sounds": FULL.sounds}, "Audio 1"),
    ],
)
def test_frames_and_references_exclude_one_another(change: dict[str, object], field: str) -> None:
    with pytest.raises(InputError) as caught:
        check_directives(replace(FRAMES, **change))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_shot_is_long_enough_for_the_transitions_at_its_ends() -> None:
    shots = (Shot("a", 4.0), Shot("b", 1.0, transition=DISSOLVE), Shot("c", 1.0, transition=DISSOLVE))
    check_directives(GenerationRequest(shots))
    with pytest.raises(InputError) as caught:
        check_directives(
            GenerationRequest((*shots[:1], replace(shots[1], seconds=0.9), replace(shots[2], seconds=1.1)))
        )
    assert caught.value.field == "shots[1].transition.seconds"


@given(st.sampled_from([kind for kind in MoveKind if kind is not MoveKind.STATIC]), st.floats(), st.booleans())
def test_amounts_are_accepted_exactly_within_their_range(kind: MoveKind, amount: float, reverse: bool) -> None:
    allowed = MOVE_RANGES[kind]
    right = allowed.least <= abs(amount) <= allowed.most and not (reverse and amount > 0)
    film = GenerationRequest((Shot("a", camera=Camera((Move(kind, amount, reverse=reverse),))),))
    if right:
        check_directives(film)
    elif not abs(amount) < allowed.most + 1e-5 or reverse or abs(amount) < allowed.least - 1e-5:
        with pytest.raises(InputError):
            check_directives(film)
