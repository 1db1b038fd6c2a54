"""Typed directives over HTTP: what is accepted, what is told back, and how mistakes are named."""

from __future__ import annotations

import pytest

from faircut.api.shot_schemas import read_shots

SMALL = {"size": "480p", "duration": 4}
SHOT = {
    "prompt": "A pier at dusk",
    "seconds": 2.5,
    "camera": {
        "moves": [{"kind": "pan", "amount": -0.3, "start": 0.1, "end": 0.8}, {"kind": "zoom", "speed": "slow"}],
        "framing": "wide",
        "lens_mm": 35,
    },
    "lighting": {"time": "golden", "side": "left", "intensity": 1.2},
    "physics": {"gravity": 1.62, "rain": 0.4, "drop": {"what": "a red ball", "height_m": 2, "bounces": 2}},
    "transition": {"kind": "fade", "seconds": 0.5},
    "title": "The Pier",
    "caption": "An evening",
}


def _asked(service, shots: list[dict], **more) -> dict:
    body = {"shots": shots, **SMALL, **more}
    answer = service.client("maker").post("/v1/generations", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


def test_directives_are_told_back_and_can_be_sent_again(service):
    job = _asked(service, [SHOT])
    told = job["request"]["shots"][0]
    for name in ("prompt", "seconds", "title", "caption", "transition"):
        assert told[name] == SHOT[name]
    assert told["camera"]["moves"][0] == {
        "kind": "pan", "amount": -0.3, "speed": "normal", "reverse": False, "start": 0.1, "end": 0.8,
    }  # fmt: skip
    assert told["camera"]["moves"][1]["amount"] is None
    assert told["physics"]["drop"]["what"] == "a red ball"
    assert _asked(service, [told])["request"]["shots"] == [told]
    kept = service.faircut.studio.get(job["id"]).request.shots[0]
    assert kept == read_shots([SHOT])[0]
    for each in service.faircut.studio.list(limit=2):
        service.faircut.studio.cancel(each.id)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"camera": {"moves": [{"kind": "swoop"}]}}, "shots[0].camera.moves[0].kind", "'orbit'"),
        ({"camera": {"moves": [{"kind": "pan", "amount": 5}]}}, "shots[0].camera.moves[0].amount", "frame widths"),
        ({"camera": {"lens": 35}}, "shots[0].camera.lens", "not permitted"),
        ({"lighting": {"time": "noon"}}, "shots[0].lighting.time", "'golden'"),
        ({"lighting": {"colour": "red"}}, "shots[0].lighting.colour", "pattern"),
        ({"lighting": {"colour": "#ff0000", "temperature_k": 3000}}, "shots[0].lighting", "not both"),
        ({"physics": {"gravity": 300}}, "shots[0].physics.gravity", "30"),
        ({"physics": {"drop": {}}}, "shots[0].physics.drop.what", "required"),
        ({"clips": [{"label": "Video 1"}]}, "shots[0].clips[0].label", "Video 1"),
        ({"camera": {"motion_from": "Video 2"}}, "shots[0].camera.motion_from", "Video 2"),
        ({"transition": {"kind": "wipe"}}, "shots[0].transition", "no shot before"),
    ],
)
def test_a_mistake_is_named_by_its_field(service, change, field, words):
    answer = service.client("maker").post("/v1/generations", json={"shots": [{"prompt": "x", **change}], **SMALL})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["field"] == field
    assert words in answer.json()["error"]["message"]


def test_all_mistakes_of_a_form_are_named(service):
    shots = [{"prompt": "x", "camera": {"framing": "huge", "handheld": 9}}, {"physics": {"rain": -1}, "words": 1}]
    answer = service.client("maker").post("/v1/generations", json={"shots": shots, **SMALL}).json()
    fields = [answer["error"]["field"], *(each["field"] for each in answer["others"])]
    assert fields == [
        "shots[0].camera.framing",
        "shots[0].camera.handheld",
        "shots[1].prompt",
        "shots[1].physics.rain",
        "shots[1].words",
    ]


def test_frames_are_named_by_their_images(service, films):
    client = service.client("maker")
    picture = films["picture"].read_bytes()
    upload = client.post("/v1/uploads", files={"file": ("p.png", picture)}).json()
    job = _asked(service, [{"prompt": "Slowly out"}], images=[upload["id"]], first_frame="Image 1")
    assert job["request"]["first_frame"] == "Image 1"
    service.faircut.studio.cancel(job["id"])
    answer = client.post("/v1/generations", json={"shots": [{"prompt": "x"}], "first_frame": "Image 1", **SMALL})
    assert answer.json()["error"]["field"] == "first_frame"


def test_titles_are_judged_like_the_prompt(service):
    job = _asked(service, [{"prompt": "A harbour", "title": "Captain Lumen returns"}])
    assert service.faircut.studio.wait(job["id"], 60).state == "refused"
    message = service.client("maker").get(f"/v1/generations/{job['id']}").json()["message"]
    assert "title of shot 1" in message
