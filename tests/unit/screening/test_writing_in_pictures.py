"""What pictures say counts as words of the request, and as evidence of its own; unread pictures pass nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import CheckOutcome, Decision, MediaKind, Shot, Stage, Verdict
from faircut.reading import film, models
from faircut.screening import worst
from support.media import write_video
from support.writing import Picture, lettered, painted


@pytest.fixture(scope="module")
def faircut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    with Faircut(Settings(home=tmp_path_factory.mktemp("home"))) as made:
        party = made.catalogue.add_party("North Lantern Pictures", actor="tests")
        work = made.catalogue.add_work("The Lantern Keeper", party.id, actor="tests")
        made.catalogue.add_element("character", "Orimund Vale", work=work.id, actor="tests")
        made.catalogue.add_element("character", "Ember", work=work.id, actor="tests")
        yield made


def still(folder: Path, picture: Picture) -> Path:
    path = folder / "picture.png"
    cv2.imwrite(str(path), picture)
    return path


def moving(folder: Path, *pictures: Picture) -> Path:
    return write_video(folder / "clip.mp4", np.stack([each[..., ::-1] for each in pictures]))


def request(faircut: Faircut, path: Path, prompt: str) -> tuple[Decision, ...]:
    upload = faircut.uploads.add(path, "upload" + path.suffix, owner="me")
    clip = upload.asset.kind is MediaKind.VIDEO
    made = faircut.build_request(
        shots=[Shot(prompt)], clips=[upload] if clip else [], images=[] if clip else [upload], duration=4
    )
    return faircut.screener.screen_request(made, actor="me")


def test_a_name_in_a_picture_is_found_and_outlined(faircut: Faircut, tmp_path: Path) -> None:
    decision = faircut.screen_file(
        still(tmp_path, lettered("by Orimund Vale", at=(0.5, 0.75))), actor="me", label="Image 1"
    )
    assert decision.verdict is Verdict.BLOCK
    assert "on_screen_text" in decision.required
    (reason,) = decision.reasons
    assert (reason.code, reason.input, reason.element) == ("protected.name", "Image 1", "Orimund Vale")
    assert reason.message.startswith("“Orimund Vale” in the writing in Image 1 names the character Orimund Vale")
    corners = np.array(reason.evidence["moments"][0]["region"]["query"])
    assert corners[:, 1].mean() == pytest.approx(0.75, abs=0.05)
    assert corners[:, 0].mean() > 0.5, "the outline is around the name, not around the whole line"
    (shown,) = reason.evidence["pictures"]
    assert shown["reference"] is None
    drawn = cv2.imread(str(faircut.evidence.open(shown["query"]))).astype(int)
    yellow = (drawn[..., 2] - drawn[..., 0] > 100) & (drawn[..., 1] > 120)
    rows = np.nonzero(yellow)[0] / drawn.shape[0]
    assert 0.6 < rows.min() < 0.75 < rows.max() < 0.9


def test_a_title_in_a_finished_film_is_found_with_its_time(faircut: Faircut, tmp_path: Path) -> None:
    plain = painted()
    path = moving(tmp_path, *[plain] * 30, *[lettered("THE LANTERN KEEPER", plain)] * 40)
    decision = faircut.screen_file(path, actor="me", stage=Stage.OUTPUT, label="output")
    assert decision.verdict is Verdict.BLOCK
    (reason,) = decision.reasons
    assert reason.code == "protected.title"
    assert 1.2 <= reason.evidence["at"] <= 1.8
    assert "the writing in output at 1." in reason.message


def test_a_name_split_between_prompt_and_picture_is_found(faircut: Faircut, tmp_path: Path) -> None:
    path = still(tmp_path, lettered("mund Vale"))
    text, picture = request(faircut, path, "a film about a man whose name is Ori")
    assert picture.verdict is Verdict.ALLOW
    assert text.verdict is Verdict.BLOCK
    assert text.reasons[0].input == "prompt and the writing in Image 1"
    assert worst(request(faircut, path, "a quiet film about a harbour")) is Verdict.ALLOW


def test_writing_makes_plain_what_an_everyday_word_means(faircut: Faircut, tmp_path: Path) -> None:
    prompt = "an ember glows in the dark"
    assert worst([faircut.screen_text(prompt, actor="me")]) is Verdict.ALLOW
    text, _ = request(faircut, moving(tmp_path, *[lettered("The Lantern Keeper")] * 12), prompt)
    assert "Ember" in [reason.element for reason in text.reasons if reason.verdict is Verdict.BLOCK]


def test_a_picture_that_cannot_be_read_is_not_let_through(
    faircut: Faircut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "_PACKAGE", "no_such_package_here")
    film._finder.cache_clear()
    decision = faircut.screen_file(still(tmp_path, lettered("Good morning")), actor="me")
    assert decision.verdict is Verdict.BLOCK
    assert not decision.allows
    assert {reason.code for reason in decision.reasons} == {"check.failed", "check.missing"}
    assert "not installed" in decision.reasons[0].message


def test_a_page_of_print_is_not_let_through_unread(
    faircut: Faircut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film, "MOST_LINES", 0)
    decision = faircut.screen_file(still(tmp_path, lettered("Good evening")), actor="me")
    assert decision.verdict is Verdict.BLOCK
    assert {check.name: check.outcome for check in decision.checks}["on_screen_text"] is CheckOutcome.FAILED
    assert "was not read" in decision.reasons[0].message


def test_published_videos_may_speak_of_works(faircut: Faircut, tmp_path: Path) -> None:
    path = moving(tmp_path, *[lettered("The Lantern Keeper: a review")] * 12)
    decision = faircut.screen_file(path, actor="me", stage=Stage.PUBLISHED)
    assert "on_screen_text" not in decision.required
    assert decision.verdict is Verdict.ALLOW


def test_what_was_read_is_not_kept(faircut: Faircut, tmp_path: Path) -> None:
    decision = faircut.screen_file(still(tmp_path, lettered("a private letter")), actor="me")
    kept = next(each for each in faircut.seen.assets() if each.digest == decision.asset_digest)
    assert "on-screen-text-v1" not in kept.fingerprints
    assert kept.fingerprints
