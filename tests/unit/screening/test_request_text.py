from hypothesis import given
from hypothesis import strategies as st

from faircut.domain import Match
from faircut.request_text import compose, words_of


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
