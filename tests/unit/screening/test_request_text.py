from hypothesis import given
from hypothesis import strategies as st

from faircut.domain import Match
from faircut.request_text import compose, continue_with, what_each_adds, words_of


def match(start: int, end: int) -> Match:
    return Match("names-v1", "prompt", "w", "e", 1.0, evidence={"span": [start, end], "matched": "x"})


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5), st.data())
def test_a_span_inside_a_piece_is_told_in_that_piece(shots: list[str], data: st.DataObject) -> None:
    words = compose(shots, [("Image 1", "holiday.png")])
    label, first, last = data.draw(st.sampled_from([part for part in words.parts if part[2] > part[1]]))
    start = data.draw(st.integers(first, last - 1))
    end = data.draw(st.integers(start + 1, last))
    found = words.locate(match(start, end))
    assert found.input == label
    piece = words.text[first:last]
    a, b = found.evidence["span"]
    assert piece[a:b] == words.text[start:end]


def test_a_name_split_over_two_shots_names_both() -> None:
    words = compose(["he meets Darth", "Vader at the door"])
    start = words.text.index("Darth")
    found = words.locate(match(start, words.text.index("Vader") + 5))
    assert found.input == "Shot 1 and Shot 2"


def test_one_shot_is_called_the_prompt() -> None:
    assert compose(["a lighthouse"]).parts == (("prompt", 0, 12),)


def test_file_names_are_words_too() -> None:
    assert words_of("my_darth-vader.v2.png") == "my darth vader v2"
    words = compose(["make him dance"], [("Image 1", "darth_vader.png")])
    assert words.text == "make him dance\ndarth vader"


@given(st.lists(st.text(alphabet="ab \n", max_size=70), min_size=1, max_size=5))
def test_the_ends_of_any_two_pieces_stand_side_by_side(shots: list[str]) -> None:
    words = compose(shots, [("Image 1", "vader.png")])
    laid = words.text + words.seams
    for one, before in enumerate(shots):
        for other, after in enumerate(shots):
            if one != other and before.strip() and after.strip():
                tail, head = " ".join(before.split())[-10:], " ".join(after.split())[:10]
                assert f"{tail} {head}" in laid or other == one + 1


def test_a_name_split_over_pieces_in_another_order_names_both() -> None:
    words = compose(["Vader enters the hall", "the rain falls", "a man called Darth"])
    laid = words.text + words.seams
    start = laid.index("Darth Vader")
    found = words.locate(match(start, start + len("Darth Vader")))
    assert found is not None
    assert found.input == "Shot 3 and Shot 1"
    assert "span" not in found.evidence


def test_what_lies_on_one_side_of_a_seam_is_told_once() -> None:
    words = compose(["Vader enters", "the rain", "he is Darth"])
    seam = (words.text + words.seams).rindex("Vader")
    assert seam > len(words.text)
    assert words.locate(match(seam, seam + 5)) is None


def test_what_stands_in_a_piece_too_is_told_there() -> None:
    words = compose(["Vader enters", "the rain", "a man called Darth. Darth Vader"])
    own, seam = words.text.index("Darth Vader"), len(words.text) + words.seams.index("Darth Vader")
    places = [[own, own + 11], [seam, seam + 11]]
    evidence = {"span": places[1], "matched": "Darth Vader", "spans": places, "occurrences": 2}
    found = words.locate(Match("names-v1", "prompt", "w", "e", 1.0, evidence=evidence))
    assert found is not None
    assert (found.input, found.evidence["span"]) == ("Shot 3", [20, 31])


def test_copies_in_the_seams_are_not_counted_as_further_places() -> None:
    words = compose(["Vader and Vader", "the rain", "Vader again"])
    laid = words.text + words.seams
    places = [[at, at + 5] for at in range(len(laid)) if laid.startswith("Vader", at)]
    assert len(places) > 3
    found = words.locate(
        Match(
            "names-v1",
            "prompt",
            "w",
            "e",
            1.0,
            evidence={"span": places[0], "matched": "Vader", "spans": places, "occurrences": len(places)},
        )
    )
    assert found is not None
    assert (found.evidence["spans"], found.evidence["occurrences"]) == (places[:3], 3)


_SCENE = st.lists(st.sampled_from(["a harbour", "fog", "blue lamps", "wet planks"]), unique=True).map(", ".join)
_REQUESTS = st.lists(st.text(alphabet="ab, .\n", max_size=30), min_size=1, max_size=4)


@given(_REQUESTS, st.text(alphabet="ab, .\n", max_size=30))
def test_of_several_requests_each_character_is_told_to_be_whose_it_is(earlier: list[str], present: str) -> None:
    texts = [*earlier, present]
    for together in filter(
        None, (continue_with(earlier, compose([present])), what_each_adds(earlier, compose([present])))
    ):
        laid = together.words.text + together.words.seams
        for number, start, end in together.whose:
            assert " ".join(laid[start:end].split()) in " ".join(texts[number].split())
        written = {place for _, start, end in together.whose for place in range(start, end)}
        assert not "".join(char for place, char in enumerate(laid) if place not in written).strip(", \n")


@given(_SCENE, st.lists(st.sampled_from(["a tall gull", "one red boat", "seven wet cats"]), min_size=2, unique=True))
def test_what_each_request_adds_is_all_that_differs(scene: str, adds: list[str]) -> None:
    texts = [f"{scene}. {each}" for each in adds]
    together = what_each_adds(texts[:-1], compose([texts[-1]]))
    if not scene:
        assert together is None
    else:
        assert together is not None
        assert together.words.text == ", ".join(adds)


def test_words_with_which_requests_go_on_are_left_out() -> None:
    texts = ["Fog. Now keep it all and add brass eyes", "Fog. Now keep it all and add a shell", "Fog. A boat"]
    together = what_each_adds(texts[:2], compose(texts[2:]))
    assert together is not None
    assert together.words.text == "brass eyes, a shell, A boat"
    assert what_each_adds(["Rain"], compose(["Rain"])) is None
