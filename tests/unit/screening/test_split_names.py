"""Names split over the pieces of a request, in any order, through the whole guard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import Shot, Verdict


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path_factory.mktemp("home"))) as faircut:
        add = faircut.catalogue
        add.add_party("Lantern House", actor="tests")
        for name in ("Orimund Vale", "Thrumblewick", "Old Kettle", "Old Brindle"):
            add.add_element("character", name, party="Lantern House", actor="tests")
        yield faircut


@pytest.mark.parametrize(
    ("shots", "file_names", "where"),
    [
        (("mund Vale walks", "a pier with Ori"), (), "Shot 2 and Shot 1"),
        (("a pier with Orimund", "a gull", "Vale walks"), (), "Shot 1 and Shot 3"),
        (("a pier with Thrumble", "a gull", "wick walks"), (), "Shot 1 and Shot 3"),
        (("V4le walks", "a gull", "a pier with 0rimund"), (), "Shot 3 and Shot 1"),
        ((Shot("mund Vale on a pier", title="Ori"),), (), "title of shot 1 and prompt"),
        (("Vale on a pier",), ("Orimund.png",), "file name of file 1 and prompt"),
        (
            (Shot("mund Vale"), *[Shot("a gull")] * 10, Shot("waves", caption="see Ori")),
            (),
            "caption of shot 12 and Shot 1",
        ),
        (
            (
                Shot("a pier", title="THRUM", caption="one"),
                Shot("a gull", title="BLE", caption="two"),
                Shot("waves", title="WICK", caption="three"),
            ),
            (),
            "title of shot 1 and title of shot 3",
        ),
        (
            (Shot("a pier with Thrum", title="Noon"), Shot("a gull", caption="ble"), Shot("a boat", caption="hello")),
            ("wick.png",),
            "Shot 1, caption of shot 2 and file name of file 1",
        ),
    ],
)
def test_a_name_split_over_pieces_in_any_order_is_blocked(
    guard: Faircut, shots: tuple[str | Shot, ...], file_names: tuple[str, ...], where: str
) -> None:
    decision = guard.preflight(shots, names=file_names)
    assert decision.verdict is Verdict.BLOCK
    assert [reason.input for reason in decision.reasons] == [where]


def test_what_stands_in_one_piece_is_told_there_alone(guard: Faircut) -> None:
    decision = guard.preflight(["Orimund Vale on a pier", "a gull", "a boat"])
    assert [(reason.input, reason.evidence["span"]) for reason in decision.reasons] == [("Shot 1", [0, 12])]


def test_words_of_every_day_at_the_ends_of_pieces_make_no_name(guard: Faircut) -> None:
    assert guard.preflight(["Kettels and pans on a stove", "steam", "the house is old"]).verdict is Verdict.ALLOW
    assert guard.preflight(["the brindle dog", "a boat", "the house is old"]).verdict is Verdict.ALLOW
    assert guard.preflight(["the kettle sings", "a boat", "the house is old"]).verdict is not Verdict.BLOCK
