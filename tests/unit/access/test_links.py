"""Links that work without a key: until they expire, and only as they were made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faircut.access.links import LINK_SECONDS, Links
from faircut.errors import Forbidden, IntegrityError


class Clock:
    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def links(tmp_path: Path, clock: Clock) -> Iterator[Links]:
    return Links(tmp_path / "links.key", clock=clock)


def parts(query: str) -> tuple[int, str]:
    found = parse_qs(query, strict_parsing=True)
    return int(found["expires"][0]), found["signature"][0]


def test_link_works_for_a_day_and_at_most_an_hour_more(links: Links, clock: Clock) -> None:
    expires, signature = parts(links.query("job_1/video.mp4"))
    assert LINK_SECONDS <= expires - clock.now <= LINK_SECONDS + 3600
    clock.now = expires - 1
    links.check("job_1/video.mp4", expires, signature)
    clock.now = expires
    with pytest.raises(Forbidden):
        links.check("job_1/video.mp4", expires, signature)


def test_link_stays_the_same_within_an_hour(links: Links, clock: Clock) -> None:
    clock.now = clock.now // 3600 * 3600
    first = links.query("job_1/video.mp4")
    clock.now += 3599
    assert links.query("job_1/video.mp4") == first
    clock.now += 1
    assert links.query("job_1/video.mp4") != first


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=st.text(max_size=20), shift=st.integers(-(10**9), 10**9), signature=st.text(max_size=50))
def test_nothing_about_a_link_can_be_changed(links: Links, subject: str, shift: int, signature: str) -> None:
    expires, right = parts(links.query("job_1/video.mp4"))
    for changed in (
        (subject, expires, right),
        ("job_1/video.mp4", expires + shift, right),
        ("job_1/video.mp4", expires, signature),
    ):
        if changed != ("job_1/video.mp4", expires, right):
            with pytest.raises(Forbidden):
                links.check(*changed)


def test_links_of_another_data_folder_do_not_work(links: Links, tmp_path: Path, clock: Clock) -> None:
    other = Links(tmp_path / "other.key", clock=clock)
    with pytest.raises(Forbidden):
        other.check("job_1/video.mp4", *parts(links.query("job_1/video.mp4")))
    again = Links(tmp_path / "links.key", clock=clock)
    again.check("job_1/video.mp4", *parts(links.query("job_1/video.mp4")))
    assert again.secret_for("a") == links.secret_for("a") != links.secret_for("b")
    assert other.secret_for("a") != links.secret_for("a")


def test_damaged_secret_is_an_error_and_no_new_secret(tmp_path: Path) -> None:
    Links(tmp_path / "links.key")
    assert (tmp_path / "links.key").stat().st_mode & 0o077 == 0
    (tmp_path / "links.key").write_bytes(b"short")
    with pytest.raises(IntegrityError):
        Links(tmp_path / "links.key")
