from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from studio_doubles import Bench, request

from faircut.domain import Asset, GenerationRequest, JobState, MediaKind, Shot
from faircut.errors import Conflict, InputError, LimitExceeded, NotFound


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("studio") / "home", max_prompt_chars=100, max_upload_bytes=1000)
    yield made
    made.close()


def files(bench: Bench, name: str, kind: MediaKind, count: int) -> tuple[Asset, ...]:
    return tuple(bench.upload(f"{name} {number}".encode(), f"{name} {number}", kind) for number in range(1, count + 1))


def test_most_of_everything_is_accepted(bench: Bench) -> None:
    full = GenerationRequest(
        shots=tuple(Shot("wind", 1.0) for _ in range(12)),
        images=files(bench, "Image", MediaKind.IMAGE, 9),
        clips=files(bench, "Video", MediaKind.VIDEO, 3),
        sounds=files(bench, "Audio", MediaKind.AUDIO, 3),
        duration=15,
        engine="tiny",
    )
    job = bench.studio.submit(full, owner="ada")
    assert job.state is JobState.QUEUED
    assert bench.studio.get(job.id).request == full
    assert bench.events("job.submitted")[-1] == job.id


@pytest.mark.parametrize(
    ("name", "kind", "most"),
    [("Image", MediaKind.IMAGE, 9), ("Video", MediaKind.VIDEO, 3), ("Audio", MediaKind.AUDIO, 3)],
)
def test_one_file_too_many_is_refused_by_name(bench: Bench, name: str, kind: MediaKind, most: int) -> None:
    many = files(bench, name, kind, most + 1)
    field = {"Image": "images", "Video": "clips", "Audio": "sounds"}[name]
    with pytest.raises(LimitExceeded) as caught:
        bench.studio.submit(replace(request(), **{field: many}), owner="ada")
    assert caught.value.field == f"{name} {most + 1}"
    assert f"{name} {most + 1}" in caught.value.message


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"shots": ()}, LimitExceeded, "shots"),
        ({"shots": tuple(Shot("a") for _ in range(13))}, LimitExceeded, "shots"),
        ({"shots": (Shot("  "),)}, InputError, "prompt"),
        ({"shots": (Shot("a" * 60), Shot("b" * 41))}, LimitExceeded, "prompt"),
        ({"shots": (Shot("a", 3.0), Shot("b", 2.0))}, InputError, "shots"),
        ({"shots": (Shot("a", 0.0),)}, InputError, "shots[0].seconds"),
        ({"shots": (Shot("a", float("nan")),)}, InputError, "shots[0].seconds"),
        ({"duration": 3}, LimitExceeded, "duration"),
        ({"duration": 16}, LimitExceeded, "duration"),
        ({"engine": "none"}, NotFound, "engine"),
        ({"images": (Asset("Image 1", MediaKind.IMAGE, "0" * 64, 1),)}, InputError, "Image 1"),
        ({"images": (Asset("Image 1", MediaKind.IMAGE, "../../etc/passwd", 1),)}, NotFound, None),
    ],
)
def test_what_is_not_accepted_is_named(
    bench: Bench, change: dict[str, object], error: type[Exception], field: str | None
) -> None:
    before = bench.studio.list()
    with pytest.raises(error) as caught:
        bench.studio.submit(replace(request(), **change), owner="ada")  # type: ignore[arg-type]
    assert getattr(caught.value, "field", None) == field
    assert bench.studio.list() == before


def test_mislabelled_misplaced_and_oversized_files(bench: Bench) -> None:
    sound = bench.upload(b"x", "Audio 1", MediaKind.AUDIO)
    for wrong in (
        {"images": (replace(sound, label="Image 1"),)},
        {"sounds": (replace(sound, label="Audio 2"),)},
        {"sounds": (bench.upload(bytes(1001), "Audio 1", MediaKind.AUDIO),)},
    ):
        with pytest.raises(InputError):
            bench.studio.submit(replace(request(), **wrong), owner="ada")  # type: ignore[arg-type]


def test_path_of_the_sender_is_not_kept(bench: Bench, tmp_path: Path) -> None:
    image = replace(bench.upload(b"x", "Image 1", MediaKind.IMAGE), path=tmp_path / "secret.png")
    job = bench.studio.submit(replace(request(), images=(image,)), owner="ada")
    assert bench.studio.get(job.id).request.images[0].path is None


def test_idempotency_key_is_per_owner_and_request(bench: Bench) -> None:
    first = bench.studio.submit(request(), owner="ada", idempotency_key="k")
    assert bench.studio.submit(request(), owner="ada", idempotency_key="k").id == first.id
    assert bench.studio.submit(request(), owner="bob", idempotency_key="k").id != first.id
    with pytest.raises(Conflict):
        bench.studio.submit(request("something else"), owner="ada", idempotency_key="k")


def test_list_get_and_cancel_of_waiting_jobs(bench: Bench) -> None:
    older, newer = (bench.studio.submit(request(), owner="cleo") for _ in range(2))
    assert [job.id for job in bench.studio.list("cleo")] == [newer.id, older.id]
    assert [job.id for job in bench.studio.list("cleo", limit=1)] == [newer.id]
    assert bench.studio.cancel(older.id).state is JobState.CANCELLED
    assert bench.studio.cancel(older.id).state is JobState.CANCELLED
    assert bench.events("job.cancelled") == [older.id]
    with pytest.raises(NotFound):
        bench.studio.get("job_none")
    with pytest.raises(Conflict):
        bench.studio.output(older.id)
    assert bench.studio.wait(newer.id, timeout=0).state is JobState.QUEUED
