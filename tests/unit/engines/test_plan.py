from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from faircut.directives import Placement, Transition, TransitionKind
from faircut.domain import Asset, GenerationRequest, MediaKind, Shot
from faircut.engines.previz.cuts import cut_frames, split_prompt
from faircut.engines.previz.lexicon import mentions_of, place_of, unknown_noun
from faircut.engines.previz.plan import plan_film


def upload(label: str) -> Asset:
    kind = {"I": MediaKind.IMAGE, "V": MediaKind.VIDEO, "A": MediaKind.AUDIO}[label[0]]
    return Asset(label, kind, "0" * 64, 1, path=Path("unused"))


def request(*texts: str, **more: object) -> GenerationRequest:
    return GenerationRequest(tuple(Shot(text) for text in texts), **more)  # type: ignore[arg-type]


@given(
    st.lists(st.one_of(st.none(), st.floats(0.1, 15)), min_size=1, max_size=8),
    st.integers(4, 15),
)
def test_cuts_partition_the_film(seconds, duration):
    cuts = cut_frames(seconds, duration * 24)
    assert cuts[0] == 0
    assert cuts[-1] == duration * 24
    assert len(cuts) == len(seconds) + 1
    assert all(a < b for a, b in pairwise(cuts))


def test_cuts_fall_where_seconds_say_and_the_rest_is_shared():
    assert cut_frames([1.5, None, None], 144) == [0, 36, 90, 144]
    assert cut_frames([2.0, 4.0], 144) == [0, 48, 144]


def test_a_long_prompt_of_several_sentences_becomes_shots():
    parts = split_prompt(
        "A dog runs on the beach. Then a cat watches from a house. Cut to a boat at sea. Golden hour.", 3
    )
    assert len(parts) == 3
    assert "Golden hour" in parts[-1]
    assert len(plan_film(request("A dog runs. A cat sits in a house.", duration=6))) == 2
    assert len(plan_film(request("A dog runs. A cat sits in a house.", duration=5))) == 1


def test_numbered_shots_in_one_prompt_are_taken_at_their_word():
    assert split_prompt("Shot 1: a dog. Shot 2: a cat. Shot 3: both.", 3) == ["a dog.", "a cat.", "both."]


def test_subjects_have_colour_count_and_stay_the_same_across_shots():
    first, second = plan_film(request("A red car and two dogs", "The car drives past the dogs"))
    car, dogs = first.subjects
    assert car.colour == (205, 52, 45)
    assert dogs.count == 2
    assert second.subjects[0].colour == car.colour
    assert second.subjects[0].look == car.look
    assert second.subjects[0].motion == "drive"


def test_place_and_light_carry_over_and_the_camera_changes():
    plans = plan_film(request("A fox in a forest at night", "It runs", "A close look at the fox"))
    assert {plan.place for plan in plans} == {"forest"}
    assert {plan.lighting.time for plan in plans} == {"night"}
    moves = [plan.camera.moves[0] for plan in plans]
    assert len({move.kind for move in moves[:2]}) == 2
    assert plans[1].subjects[0].kind == "fox"


def test_a_film_s_only_place_holds_from_its_first_shot_and_several_places_stay_apart():
    plans = plan_film(request("A fox walks", "It sits in a forest"))
    assert [plan.place for plan in plans] == ["forest", "forest"]
    plans = plan_film(request("A fox walks", "It sits on the moon", "It runs on the beach"))
    assert [plan.place for plan in plans] == ["hills", "moon", "beach"]


def test_every_file_is_used_named_ones_in_their_shot():
    images = tuple(upload(f"Image {number}") for number in range(1, 10))
    clips = tuple(upload(f"Video {number}") for number in range(1, 4))
    sounds = tuple(upload(f"Audio {number}") for number in range(1, 4))
    plans = plan_film(
        request("Image 9 with Audio 2", "@Video2 at dusk", "the end", images=images, clips=clips, sounds=sounds)
    )
    shown = [beat.label for plan in plans for beat in plan.beats]
    assert sorted(shown) == sorted(each.label for each in images + clips)
    assert "Image 9" in [beat.label for beat in plans[0].beats]
    assert plans[0].beats[0].label == "Image 9"
    assert "Video 2" in [beat.label for beat in plans[1].beats]
    assert sorted(label for plan in plans for label in plan.sounds) == ["Audio 1", "Audio 2", "Audio 3"]
    for plan in plans:
        assert plan.beats[0].start == 0
        assert plan.beats[-1].end == plan.frames


def test_a_file_named_as_a_figure_is_cut_out_and_as_background_is_not():
    images = (upload("Image 1"), upload("Image 2"))
    (plan,) = plan_film(request("The character from Image 1 in front of Image 2 as the background", images=images))
    assert plan.cutouts == ("Image 1",)
    assert [beat.label for beat in plan.beats] == ["Image 2"]


def test_unknown_words_become_a_captioned_prop_and_known_places_do_not():
    (plan,) = plan_film(request("A flumox glows"))
    assert [(each.kind, each.caption) for each in plan.subjects] == [("prop", "flumox")]
    (plan,) = plan_film(request("A wide view of the desert at dawn"))
    assert plan.subjects == ()
    assert unknown_noun("slow pan right") is None


def test_words_with_two_meanings():
    assert [each.kind for each in mentions_of("truck left past a red bus")] == ["bus"]
    assert place_of("an astronaut on the moon") == "moon"
    assert place_of("snowy mountains") == "mountains"


def test_a_plan_depends_on_the_request_alone():
    one = request("A dog in a field", "A boat", seed=5)
    assert plan_film(one) == plan_film(one)
    assert plan_film(one) != plan_film(replace(one, seed=6))


@given(st.lists(st.text(max_size=120), min_size=1, max_size=5), st.integers(0, 2**32))
def test_any_prompt_has_a_plan(texts, seed):
    plans = plan_film(request(*texts, seed=seed))
    assert plans[-1].end == 144
    assert all(plan.frames > 0 for plan in plans)


SHOTS = st.builds(
    Shot,
    st.sampled_from(
        ["", "a fox", "Image 1", "Video 2 at half speed", "the camera moves as in Video 1", "@Image2, it sits"]
    ),
    st.none() | st.sampled_from([0.05, 0.3, 1.0]),
    transition=st.none() | st.builds(Transition, st.sampled_from(TransitionKind), st.sampled_from([0.1, 0.5, 2.0])),
    clips=st.lists(st.builds(Placement, st.sampled_from(["Video 1", "Video 2"]), st.floats(0, 9)), max_size=2).map(
        tuple
    ),
)


@given(st.lists(SHOTS, min_size=1, max_size=12), st.lists(st.floats(0, 15), max_size=20), st.integers(4, 15))
def test_any_cut_of_any_shots_has_every_frame_once_and_every_file_a_frame(shots, beats, duration):
    images, clips = (upload("Image 1"), upload("Image 2")), (upload("Video 1"), upload("Video 2"))
    plans = plan_film(GenerationRequest(tuple(shots), images, clips, duration=duration), beats)
    assert plans[0].start == 0
    assert plans[-1].end == duration * 24
    for before, after in pairwise(plans):
        assert before.end == after.start
    for number, plan in enumerate(plans):
        coming = plans[number - 1].tail + plan.lead if number else 0
        going = plan.tail + plans[number + 1].lead if number + 1 < len(plans) else 0
        assert coming + going <= plan.frames
        if plan.beats:
            assert (plan.beats[0].start, plan.beats[-1].end) == (0, plan.frames)
            assert all(beat.start < beat.end for beat in plan.beats)
            assert all(before.end == after.start for before, after in pairwise(plan.beats))
