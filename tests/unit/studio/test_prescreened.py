"""Decisions that were made when a request was sent: when a worker may rely on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from studio_doubles import Bench, request

from faircut.domain import Decision, GenerationRequest, MediaKind, Verdict
from faircut.errors import NotFound
from faircut.studio.prescreened import HOLD, still_hold


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("prescreened") / "home")
    yield made
    made.close()


@pytest.fixture
def asked(bench: Bench) -> tuple[GenerationRequest, list[str]]:
    """A request with a file, and the ids of the Decisions about it."""
    image = bench.upload(b"an image", "Image 1", MediaKind.IMAGE)
    job, decisions = bench.studio.submit_screened(replace(request(), images=(image,)), owner="ada")
    assert job is not None
    assert job.decision_ids == tuple(each.id for each in decisions)
    return job.request, list(job.decision_ids)


def holds(bench: Bench, asked: GenerationRequest, ids: list[str]) -> bool:
    return still_hold(asked, ids, bench.decisions, bench.screener)


def test_they_hold_at_first(bench: Bench, asked: tuple[GenerationRequest, list[str]]) -> None:
    assert holds(bench, *asked)


def test_they_end_with_the_catalogue_that_they_were_made_against(
    bench: Bench, asked: tuple[GenerationRequest, list[str]]
) -> None:
    bench.screener.outdated.add(asked[1][1])
    assert not holds(bench, *asked)


def test_they_cover_every_file_and_the_text(bench: Bench, asked: tuple[GenerationRequest, list[str]]) -> None:
    made, (text, image) = asked
    assert not holds(bench, made, [text])
    assert not holds(bench, made, [image])
    assert not holds(bench, made, [])
    other = bench.upload(b"another image", "Image 2", MediaKind.IMAGE)
    assert not holds(bench, replace(made, images=(*made.images, other)), [text, image])
    with pytest.raises(NotFound):
        holds(bench, made, [text, image, "dec_0"])


@pytest.mark.parametrize(
    "change",
    [
        lambda each: replace(each, verdict=Verdict.BLOCK),
        lambda each: replace(each, checks=()),
        lambda each: replace(each, created_at=each.created_at - HOLD - timedelta(seconds=1)),
    ],
)
def test_each_allows_and_is_young(
    bench: Bench,
    asked: tuple[GenerationRequest, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Decision], Decision],
) -> None:
    get, last = bench.decisions.get, asked[1][-1]
    monkeypatch.setattr(bench.decisions, "get", lambda key: change(get(key)) if key == last else get(key))
    assert not holds(bench, *asked)


def test_request_that_does_not_pass_is_not_queued(bench: Bench, tmp_path: Path) -> None:
    before = len(bench.studio.list())
    job, decisions = bench.studio.submit_screened(request("forbidden"), owner="ada", idempotency_key="k")
    assert job is None
    assert [each.verdict for each in decisions] == [Verdict.BLOCK]
    assert len(bench.studio.list()) == before


def test_repeating_under_a_key_judges_nothing(bench: Bench) -> None:
    first, _ = bench.studio.submit_screened(request(), owner="ada", idempotency_key="again")
    assert first is not None
    before = len(bench.decisions.all())
    again, decisions = bench.studio.submit_screened(request(), owner="ada", idempotency_key="again")
    assert again is not None
    assert (again.id, decisions) == (first.id, ())
    assert len(bench.decisions.all()) == before
