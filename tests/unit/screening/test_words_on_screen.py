"""Titles, captions and falling things are words of the request: they are judged like the prompt."""

from __future__ import annotations

from faircut.directives import Drop, Physics
from faircut.domain import Shot
from faircut.request_text import compose, words_on_screen

SHOTS = (
    Shot("a quiet harbour", title="Part one", physics=Physics(drop=Drop("brass bell"))),
    Shot("a hill", caption="later that day"),
)


def test_every_word_of_a_shot_is_part_of_what_is_judged() -> None:
    words = compose([shot.prompt for shot in SHOTS], [("Image 1", "grey_cat.png")], words_on_screen(SHOTS))
    assert [label for label, *_ in words.parts] == [
        "Shot 1",
        "Shot 2",
        "title of shot 1",
        "caption of shot 2",
        "falling thing of shot 1",
        "file name of Image 1",
    ]
    for piece in ("Part one", "brass bell", "later that day", "grey cat"):
        assert piece in words.text


def test_a_name_split_over_a_title_and_a_prompt_stands_in_a_seam() -> None:
    shots = (Shot("a man called Ori"), Shot("a hill", title="mund Vale"))
    words = compose([shot.prompt for shot in shots], (), words_on_screen(shots))
    assert "Ori mund Vale" in words.seams
