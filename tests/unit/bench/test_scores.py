"""What is counted as found, right, close and false; the peers' rule; the chart."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from benchmarks import matching as benchmark

from faircut.bench import chart, peers, scores
from faircut.bench.edits import EDITS, Form
from faircut.bench.films import Film, Films, given
from faircut.bench.footage import Piece
from faircut.bench.judging import Answer, Seen
from faircut.bench.peers import PeerAnswer, Peers
from faircut.bench.queries import Place, Plan, Query, clip_queries, frame_queries
from faircut.domain import Segment
from faircut.errors import InputError, NotFound

PIECE = Piece(Segment(2.0, 8.0), Segment(30.0, 36.0))


def asked(edit: str = "mirror", film: int | None = 0, excerpt: int = 0) -> Query:
    return Query(edit, film, excerpt, Place(Path("film.mp4"), 30.0), 6.0, 1, ())


def seen(film: int, query: tuple[float, float], reference: tuple[float, float], score: float = 0.9) -> Seen:
    return Seen(film, Segment(*query), Segment(*reference), score, "test-v1")


def result(query: Query, *found: Seen, said: dict[str, PeerAnswer] | None = None) -> scores.Result:
    return scores.Result(query, 9.0, (PIECE,), Answer(found, bool(found), 0.5), said or {})


def test_found_right_and_wrong() -> None:
    both = result(asked(), seen(0, (2, 8), (30, 36), 0.8), seen(1, (2, 8), (0, 6), 0.9))
    assert both.found
    assert not both.right
    assert both.wrong == (1,)
    innocent = result(asked(film=None), seen(1, (2, 8), (0, 6)))
    assert not innocent.found
    assert innocent.wrong == (1,)
    assert innocent.errors == ()


def test_ends_count_on_both_sides_and_the_nearest_match_is_taken() -> None:
    assert scores.off_by(PIECE, seen(0, (2.4, 8.0), (30.0, 36.0))) == pytest.approx(0.4)
    assert scores.off_by(PIECE, seen(0, (2.0, 8.0), (30.0, 37.0))) == pytest.approx(1.0)
    assert result(asked(), seen(0, (0, 9), (20, 40)), seen(0, (2.1, 7.9), (30.1, 35.9))).errors == pytest.approx((0.1,))
    assert result(asked(), seen(1, (2, 8), (30, 36))).errors == (None,)
    assert result(asked(edit="still"), seen(0, (2, 8), (30, 36))).errors == ()


def test_rows_and_sums() -> None:
    results = [
        result(asked(), seen(0, (2, 8), (30, 36)), said={"vpdq": PeerAnswer((0, 1), 0.2)}),
        result(asked(excerpt=1), seen(0, (2, 6), (30, 34)), said={"vpdq": PeerAnswer((), 0.2)}),
        result(asked(excerpt=2), said={"vpdq": PeerAnswer((), 0.2)}),
        result(asked(film=None), seen(1, (0, 9), (0, 9), 0.1), said={"vpdq": PeerAnswer((), 0.2)}),
        result(asked("grey"), seen(0, (2, 8), (30, 36))),
    ]
    mirror, grey = scores.rows(results)
    assert (mirror.n, mirror.found, mirror.pieces, mirror.close) == (3, 2, 3, 1)
    assert (mirror.innocent, mirror.false, mirror.wrong) == (1, 1, 0)
    assert mirror.peers == {"vpdq": 1}
    assert mirror.peers_false == {"vpdq": 1}
    assert grey.peers == {}
    summed = scores.total(results, films=3)
    assert (summed.n, summed.found, summed.unrelated, summed.mistaken, summed.flagged) == (4, 3, 4 * 2 + 3, 1, 1)
    # Two wholes and two thirds of a third query out of four, all surer than the mistake.
    assert summed.precision == pytest.approx((6 + 6 + 4) / 24, abs=1e-4)


def test_the_plan_asks_every_edit_about_the_same_excerpts() -> None:
    films = Films(
        (Film("one", Path("one.mp4"), 30.0, True), Film("two", Path("two.mp4"), 20.0, False)),
        tuple(Film(name, Path(f"{name}.mp4"), 9.0, True) for name in ("x", "y")),
        drawn=False,
    )
    edits = [EDITS["mirror"], EDITS["mosaic"], EDITS["mp3-64k"], EDITS["still"]]
    plan = Plan(8, 2, 5.0, 15.0, seed=4)
    queries = clip_queries(films, edits, plan)
    assert queries == clip_queries(films, edits, plan)
    assert len({query.name for query in queries}) == len(queries)
    places = {name: [q.place for q in queries if q.edit_name == name] for name in ("mirror", "mosaic", "still")}
    assert places["mirror"] == places["mosaic"] == places["still"]
    assert len(places["mirror"]) == 10
    # The second film has no sound to edit.
    assert {q.place.path.name for q in queries if q.edit.form is Form.SOUND} == {"one.mp4", "x.mp4", "y.mp4"}
    assert all(5.0 <= q.seconds <= 15.0 for q in queries if q.film is not None)
    assert all(q.place.path not in {other.path for other in q.others} for q in queries)
    hidden = [q for q in queries if q.host is not None]
    assert {q.film for q in hidden} == {0, 1}
    assert 0.4 < len(hidden) / len([q for q in queries if q.film is not None and q.edit_name != "still"]) < 0.6
    assert all(q.single for q in frame_queries(films, edits, plan))
    assert clip_queries(films, edits, Plan(8, 2, seed=5)) != queries


def test_films_must_be_there_and_apart_from_the_innocent(numbered_file: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        given([tmp_path / "nothing.mp4"], [])
    with pytest.raises(InputError):
        given([numbered_file], [])
    with pytest.raises(NotFound):
        given([numbered_file.parent], [numbered_file])
    (tmp_path / "notes.txt").write_text("not a video")
    copy = tmp_path / numbered_file.name
    copy.write_bytes(numbered_file.read_bytes())
    found = given([numbered_file, tmp_path], [numbered_file])
    assert [film.path for film in found.films] == [copy]
    assert found.films[0].seconds == pytest.approx(10.0, abs=0.1)
    assert found.films[0].has_sound


def test_a_peer_matches_when_four_fifths_of_its_frames_do(monkeypatch: pytest.MonkeyPatch) -> None:
    film = np.random.default_rng(1).integers(0, 256, (40, 32)).astype(np.uint8)
    near, far = film[:8].copy(), film[:2] ^ 255
    near[:, :3] ^= 255
    query = np.concatenate([near, far])
    monkeypatch.setattr(peers, "_vpdq", lambda path, seconds: query if path.name == "eight" else query[2:])
    monkeypatch.setattr(peers, "installed", lambda: {name: name in ("vpdq", "vpdq-any") for name in peers.LABELS})
    asked = Peers([film, film ^ 170], [])
    assert asked.clip(Path("eight"))["vpdq"].films == (0,)
    assert asked.clip(Path("six"))["vpdq"].films == ()
    assert asked.clip(Path("six"))["vpdq-any"].films == (0,)
    assert "threatexchange" not in asked.clip(Path("six"))


def test_peers_travel_to_other_processes_and_are_silent_where_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = np.arange(64, dtype=np.uint8).reshape(2, 32)
    Peers([codes, codes[:0]], []).save(tmp_path / "peers.npz")
    monkeypatch.setattr(peers, "installed", lambda: dict.fromkeys(peers.LABELS, False))
    loaded = Peers.load(tmp_path / "peers.npz")
    assert loaded.clip(Path("any.mp4")) == {}
    assert loaded.image(Path("any.jpg")) == {}
    assert Peers.of([(Path("any.mp4"), 9.0)]).there == set()


def test_the_chart_is_well_formed_and_says_what_it_shows() -> None:
    results = [
        result(asked(), seen(0, (2, 8), (30, 36)), said={"vpdq": PeerAnswer((), 0.2)}),
        result(asked("crop-50"), said={"vpdq": PeerAnswer((0,), 0.2)}),
    ]
    drawn = chart.recall_chart([("Geometry & <more>", scores.rows(results))], title="Found", peer="vpdq")
    tree = ElementTree.fromstring(drawn)
    space = "{http://www.w3.org/2000/svg}"
    ours = [float(each.get("width", "0")) for each in tree.iter(f"{space}rect") if each.get("class") == "us"]
    theirs = [float(each.get("width", "0")) for each in tree.iter(f"{space}rect") if each.get("class") == "peer"]
    # After those of the legend: all against nothing, and the other way round.
    assert ours[1] > 400 > 1 > ours[2]
    assert theirs[1] < 1 < 400 < theirs[2]
    assert "prefers-color-scheme: dark" in drawn
    assert "mirrored 1 of 1 (0)" in (tree.findtext(f"{space}desc") or "")
    assert drawn == chart.recall_chart([("Geometry & <more>", scores.rows(results))], title="Found", peer="vpdq")


def test_the_benchmark_says_which_target_was_missed() -> None:
    found = [result(asked(excerpt=number), seen(0, (2, 8), (30, 36))) for number in range(49)]
    rows = benchmark._clips([*found, result(asked(excerpt=49))], films=3, note="")
    assert rows[0].result.startswith("98.0%")
    assert rows[0].met is True
    assert rows[1].met is True
    assert rows[1].n == "100 pairs of a query and a film"
    missed = benchmark._clips([*found, *(result(asked(excerpt=49 + more)) for more in range(4))], films=3, note="")
    assert missed[0].met is False
    false = benchmark._clips([*found, result(asked(excerpt=9), seen(2, (2, 8), (0, 6)))], films=3, note="")
    assert false[1].met is False
    assert benchmark._edit(scores.rows(found)[0]).result.startswith("49 of 49 (93% to 100%); ends 49 of 49")
