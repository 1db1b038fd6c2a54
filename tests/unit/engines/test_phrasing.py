from __future__ import annotations

import pytest

from faircut.directives import (
    Angle,
    Camera,
    Drop,
    Framing,
    Lighting,
    Move,
    MoveKind,
    Physics,
    Placement,
    Side,
    Speed,
    TimeOfDay,
    Transition,
    TransitionKind,
)
from faircut.domain import GenerationRequest, Shot
from faircut.engines.phrasing import phrase, phrase_request


def test_a_shot_without_directives_is_its_prompt():
    assert phrase(Shot("A fox walks through snow")) == "A fox walks through snow"
    assert phrase(Shot("", camera=Camera())) == ""


def test_directives_follow_the_prompt_as_sentences():
    shot = Shot(
        "A fox walks through snow",
        camera=Camera(
            (Move(MoveKind.DOLLY, 0.28, Speed.SLOW),), Framing.CLOSE, Angle.LOW, 85.0, follow=True, dutch_degrees=-5.0
        ),
        lighting=Lighting(TimeOfDay.GOLDEN, Side.LEFT, "#FFB060", intensity=0.5),
        physics=Physics(wind=-12.0, snow=1.0, rain=0.0, drop=Drop("old apple", 2.0, 0.3, 1)),
        title="FOX",
        caption="not for the model",
        clips=(Placement("Video 1", 2.0, 0.5),),
    )
    assert phrase(shot) == (
        "A fox walks through snow. Close-up. Low-angle shot. Shot on a lens of 85 mm. "
        "The camera slowly dollies in by 28 percent of the distance. The camera follows the subject. "
        "Dutch angle of 5 degrees anticlockwise. Golden hour. The light comes from the left. "
        "The light is orange (#ffb060). The light is 0.5 times as strong as usual. "
        "Wind from the right at 12 m/s. No rain. Heavy falling snow of strength 1. "
        "An old apple falls from 2 m and bounces once, with a restitution of 0.3. "
        "Show Video 1 from 2 seconds on at 0.5 times its speed."
    )


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (Move(MoveKind.PAN, -0.3), "pans left by 0.3 frame widths"),
        (Move(MoveKind.TILT, reverse=True), "tilts down."),
        (Move(MoveKind.ZOOM, -1.5), "zooms out 1.5 times"),
        (Move(MoveKind.ORBIT, 20.0, start=0.25, end=0.75), "by 20 degrees from 25 to 75 percent of the shot"),
        (Move(MoveKind.STATIC), "The camera is locked off."),
    ],
)
def test_moves_keep_direction_amount_and_time(move, words):
    assert words in phrase(Shot("A hill", camera=Camera((move,))))


@pytest.mark.parametrize(
    ("colour", "name"),
    [("#ff0000", "red"), ("#00ff00", "green"), ("#2040ff", "blue"), ("#f0f0f0", "white"), ("#ff40c0", "pink")],
)
def test_colours_have_names_that_models_know(colour, name):
    assert f"The light is {name} ({colour})." in phrase(Shot("A hill", lighting=Lighting(colour=colour)))


def test_several_shots_are_numbered_with_lengths_and_transitions():
    film = GenerationRequest(
        (Shot("A hill.", 2.0), Shot("The sea", transition=Transition(TransitionKind.DISSOLVE, 1.0)))
    )
    assert phrase_request(film) == (
        "Shot 1 (2 seconds): A hill.\nShot 2: Dissolve from the shot before over 1 seconds. The sea"
    )
    assert phrase_request(GenerationRequest((Shot("A hill"),))) == "A hill"
