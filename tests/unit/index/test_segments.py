"""Segments on disk: what was written is mapped, what was damaged is made anew, and no crash makes an answer wrong."""

from __future__ import annotations

import ast
import hashlib
import mmap
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import faircut.index
from faircut.domain import Fingerprint, Segment
from faircut.index import live, multi_hash
from faircut.index.inverted import InvertedScheme, Listing
from faircut.index.live import LiveIndex
from faircut.index.multi_hash import HammingScheme
from faircut.index.rows import Part, Rows, Scheme
from faircut.index.segment_file import DamagedSegment, Written, map_arrays, write_arrays
from faircut.index.segments import SegmentFolder
from support.catalogue import FakeCatalogue
from support.index_films import ALGORITHM, check, film


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything happens with tens of codes that happens with millions."""
    monkeypatch.setattr(live, "FLUSH_ROWS", 30)
    monkeypatch.setattr(live, "STEP_ROWS", 100)
    monkeypatch.setattr(live, "SEGMENT_ROWS", 150)
    monkeypatch.setattr(multi_hash, "EXHAUSTIVE", -1)
    monkeypatch.setattr(multi_hash, "_LEAST_TABLED", 0)


def index_of(catalogue: FakeCatalogue, folder: Path) -> LiveIndex[HammingScheme]:
    return LiveIndex(catalogue, ALGORITHM, HammingScheme(min_quality=20), folder=folder)


def filled(count: int = 9) -> FakeCatalogue:
    catalogue = FakeCatalogue()
    for seed in range(count):
        catalogue.put(film(seed))
    return catalogue


def segments(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.seg"))


class Bomb:
    """Says that it was unpickled, where it is."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return pytest.fail, ("unpickled",)


def _lies_in_a_mapping(array: np.ndarray) -> bool:
    base: object = array
    while isinstance(base, np.ndarray | memoryview):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    return isinstance(base, mmap.mmap)


class TestFile:
    def test_arrays_come_back_mapped_and_read_only(self, tmp_path: Path) -> None:
        arrays = {
            "a": np.arange(5000, dtype=np.uint16).reshape(50, 100),
            "b": np.empty((0, 7), np.float32),
            "big": np.arange(7, dtype=">i4"),
            "strided": np.arange(20)[::2],
        }
        written = write_arrays(tmp_path / "x", arrays)
        mapped = map_arrays(tmp_path / "x", written)
        assert {name: each.tolist() for name, each in mapped.items()} == {
            name: each.tolist() for name, each in arrays.items()
        }
        assert {name: each.shape for name, each in mapped.items()} == {
            name: each.shape for name, each in arrays.items()
        }
        assert mapped["big"].dtype == np.dtype("<i4")
        with pytest.raises(ValueError, match="read-only"):
            mapped["a"][0, 0] = 1
        assert _lies_in_a_mapping(mapped["a"])

    def test_objects_are_neither_written_nor_brought_to_life(self, tmp_path: Path) -> None:
        with pytest.raises((TypeError, ValueError)):
            write_arrays(tmp_path / "x", {"a": np.array([Bomb()], object)})
        payload = np.frombuffer(pickle.dumps(Bomb()).ljust(64, b"\0"), "<u8")
        written = write_arrays(tmp_path / "y", {"a": payload})
        content = bytearray((tmp_path / "y").read_bytes())
        length = int.from_bytes(content[8:16], "little")
        header = bytes(content[16 : 16 + length]).replace(b'"<u8"', b'"|O8"')
        content[8:16], content[16 : 16 + length] = len(header).to_bytes(8, "little"), header
        (tmp_path / "y").write_bytes(content)
        with pytest.raises((DamagedSegment, ValueError)):
            map_arrays(tmp_path / "y", Written(written.bytes, hashlib.sha256(header).hexdigest()))

    def test_nothing_of_the_index_can_unpickle(self) -> None:
        for path in Path(faircut.index.__file__).parent.glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    names = {each.name for each in node.names} | {getattr(node, "module", None)}
                    assert not names & {"pickle", "shelve", "marshal", "dill", "joblib"}, path.name
                # What numpy and faiss load by themselves may hold objects.
                assert not (isinstance(node, ast.Attribute) and node.attr in ("load", "read_index")), path.name

    @settings(max_examples=50, deadline=None)
    @given(data=st.data())
    def test_any_changed_byte_of_content_is_seen(self, tmp_path_factory: pytest.TempPathFactory, data) -> None:
        path = tmp_path_factory.mktemp("file") / "x"
        arrays = {"a": np.arange(3000, dtype=np.uint32), "b": np.arange(9, dtype=np.uint8)}
        written = write_arrays(path, arrays)
        original = path.read_bytes()
        place = data.draw(st.integers(0, len(original) - 1))
        damaged = bytearray(original)
        damaged[place] ^= 1 << data.draw(st.integers(0, 7))
        cut = data.draw(st.sampled_from(["flip", "truncate", "extend"]))
        path.write_bytes({"flip": bytes(damaged), "truncate": original[:place], "extend": original + b"x"}[cut])
        try:
            mapped = map_arrays(path, written)
        except DamagedSegment:
            return
        # Between the arrays there are bytes that mean nothing.
        assert cut == "flip"
        assert all((mapped[name] == each).all() for name, each in arrays.items())


def test_a_second_process_maps_what_the_first_has_written(tmp_path: Path) -> None:
    catalogue = filled()
    check(index_of(catalogue, tmp_path), catalogue)
    read = catalogue.read
    assert segments(tmp_path)
    again = index_of(catalogue, tmp_path)
    again.view()
    # Only what had not become a segment yet is read from the catalogue.
    assert catalogue.read - read <= 3
    check(again, catalogue)
    codes = again.view().entry(0).codes
    assert _lies_in_a_mapping(codes)
    assert not codes.flags.writeable


def test_removed_and_excluded_and_registered_anew(tmp_path: Path) -> None:
    catalogue = filled()
    index = index_of(catalogue, tmp_path)
    index.view()
    gone = catalogue.references["ref_2"]
    catalogue.remove(gone)
    catalogue.exclude(catalogue.references["ref_4"], Segment(1.0, 2.0))
    check(index, catalogue)
    check(index_of(catalogue, tmp_path), catalogue)
    assert SegmentFolder(tmp_path, ALGORITHM, HammingScheme(min_quality=20)).manifest().tombstones == {2}
    # The same reference with other codes, as after a restored backup: the old ones are not taken for them.
    anew = catalogue.put(film(77), name=gone.id)
    check(index, catalogue)
    check(index_of(catalogue, tmp_path), catalogue)
    assert set(index.view().search(film(77).codes, 3).entry) == {
        number for number in index.view().numbers() if index.view().entry(number).reference == anew
    }


def test_numbers_that_mean_something_else_after_a_restored_backup(tmp_path: Path) -> None:
    check(index_of(filled(), tmp_path), filled())
    other = FakeCatalogue()
    for seed in range(50, 57):
        other.put(film(seed), name=f"other_{seed}")
    check(index_of(other, tmp_path), other)


def test_compaction_takes_removed_codes_off_the_disk(tmp_path: Path) -> None:
    catalogue = filled()
    index = index_of(catalogue, tmp_path)
    index.view()
    secret = film(3).codes[:12].tobytes()
    assert any(secret in path.read_bytes() for path in segments(tmp_path))
    catalogue.remove(catalogue.references["ref_4"])
    check(index, catalogue)
    assert index.compact()
    check(index, catalogue)
    check(index_of(catalogue, tmp_path), catalogue)
    assert not any(secret in path.read_bytes() for path in segments(tmp_path))
    assert not SegmentFolder(tmp_path, ALGORITHM, HammingScheme(min_quality=20)).manifest().tombstones
    sizes = [path.stat().st_ino for path in segments(tmp_path)]
    assert len(sizes) <= 8 * 12 / 150 * 2 + 2
    assert index.compact()


def test_adding_one_by_one_keeps_segments_few_and_steps_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STEP_ROWS", 1000)
    monkeypatch.setattr(live, "SEGMENT_ROWS", 1000)
    built: list[int] = []
    build = HammingScheme.build
    monkeypatch.setattr(HammingScheme, "build", lambda self, rows: built.append(len(rows)) or build(self, rows))
    catalogue = FakeCatalogue()
    index = index_of(catalogue, tmp_path)
    for seed in range(60):
        catalogue.put(film(seed))
        index.view()
    check(index, catalogue)
    assert len(segments(tmp_path)) <= 6
    # Each code is rewritten some log(n) times, not once for every registration.
    assert sum(built) < 60 * 12 * 12


def test_a_great_load_ends_in_few_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_BLOCK_ROWS", 40)
    monkeypatch.setattr(live, "_GREAT_ROWS", 40)
    monkeypatch.setattr(live, "SEGMENT_ROWS", 400)
    catalogue = filled(60)
    check(index_of(catalogue, tmp_path), catalogue)
    assert len(segments(tmp_path)) <= 4
    read = catalogue.read
    index_of(catalogue, tmp_path).view()
    assert catalogue.read - read <= 4


def test_other_parameters_make_the_segments_anew(tmp_path: Path) -> None:
    catalogue = filled()
    index_of(catalogue, tmp_path).view()
    read = catalogue.read
    stricter = LiveIndex(catalogue, ALGORITHM, HammingScheme(min_quality=90), folder=tmp_path)
    assert len(stricter.view().search(film(1).codes, 3)) == 0
    assert catalogue.read - read >= 9
    check(index_of(catalogue, tmp_path), catalogue)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_never_makes_an_answer_wrong(data, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("home")
    catalogue = filled()
    index = index_of(catalogue, folder)
    index.view()
    catalogue.remove(catalogue.references["ref_1"])
    index.view()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(sorted(each for each in folder.rglob("*") if each.is_file())))
        content = bytearray(path.read_bytes())
        if data.draw(st.booleans()) and content:
            content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
            path.write_bytes(content)
        elif data.draw(st.booleans()):
            path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
        else:
            path.unlink()
    opened = index_of(catalogue, folder)
    check(opened, catalogue)
    catalogue.put(film(90))
    check(opened, catalogue)
    opened.compact()
    check(index_of(catalogue, folder), catalogue)


def test_a_damaged_segment_is_replaced_on_disk(tmp_path: Path) -> None:
    catalogue = filled()
    index_of(catalogue, tmp_path).view()
    broken = segments(tmp_path)[0]
    content = bytearray(broken.read_bytes())
    content[-1000] ^= 1
    content[4096] ^= 1
    broken.write_bytes(content)
    check(index_of(catalogue, tmp_path), catalogue)
    assert broken not in segments(tmp_path)
    read = catalogue.read
    index_of(catalogue, tmp_path).view()
    assert catalogue.read - read <= 3


def test_the_folder_may_vanish_while_it_is_used(tmp_path: Path) -> None:
    catalogue = filled()
    index = index_of(catalogue, tmp_path)
    before = index.view()
    shutil.rmtree(tmp_path)
    assert len(before.search(film(3).codes, 3)) == 12
    catalogue.put(film(30))
    check(index, catalogue)


def test_a_disk_that_cannot_be_written_leaves_everything_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    catalogue = filled()
    index = index_of(catalogue, tmp_path)
    monkeypatch.setattr(os, "write", full)
    check(index, catalogue)
    assert "cannot be written" in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr(live, "FLUSH_ROWS", 30)
    for seed in range(20, 32):
        catalogue.put(film(seed))
    check(index, catalogue)
    assert segments(tmp_path)


def test_while_another_writes_queries_go_on_in_memory(tmp_path: Path) -> None:
    catalogue = filled()
    index = index_of(catalogue, tmp_path)
    with SegmentFolder(tmp_path, ALGORITHM, HammingScheme(min_quality=20)).writing() as writer:
        assert writer is not None
        check(index, catalogue)
        assert not segments(tmp_path)
        assert not index.compact()
    assert index.compact()
    assert segments(tmp_path)


def test_two_that_loaded_the_same_write_it_once(tmp_path: Path) -> None:
    catalogue = filled(3)
    one, two = index_of(catalogue, tmp_path), index_of(catalogue, tmp_path)
    one.view()
    two.view()
    catalogue.put(film(40))
    for index in (one, two):
        index.compact()
        check(index, catalogue)
    held = [seq for part in two._segments.values() for seq in part.rows.seqs.tolist()]
    assert sorted(held) == [1, 2, 3, 4]


class Journal:
    """What was done to a folder, step by step, so that any state in which a crash may leave it can be made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder = folder
        self.steps: list[tuple[str, ...] | tuple[str, str, bytes]] = []
        real = {name: getattr(os, name) for name in ("write", "fsync", "replace", "unlink")}

        def write(file: int, data: bytes) -> int:
            self.steps.append(("write", self._name(file), bytes(data)))
            return real["write"](file, data)

        def fsync(file: int) -> None:
            self.steps.append(("sync", self._name(file)))
            real["fsync"](file)

        def replace(source: Path, target: Path) -> None:
            self.steps.append(("rename", Path(source).name, Path(target).name))
            real["replace"](source, target)

        def unlink(path: Path, **_: object) -> None:
            self.steps.append(("unlink", Path(path).name))
            real["unlink"](path)

        for name, patched in (("write", write), ("fsync", fsync), ("replace", replace), ("unlink", unlink)):
            monkeypatch.setattr(os, name, patched)

    def _name(self, file: int) -> str:
        path = Path(f"/proc/self/fd/{file}").readlink()
        return "." if path == self.folder else path.name

    def crashes(self, start: dict[str, bytes]) -> Iterator[dict[str, bytes]]:
        """Contents of the folder after a kill, and after a power cut, at every step.

        A kill leaves all that was done, and a part of the write under way. A power cut may besides have lost what was
        not synced: bytes of files, and names of the folder, together or each without the other.
        """
        for count in range(len(self.steps) + 1):
            done = self.steps[:count]
            yield _after(start, done, lose_bytes=False, lose_names=False)
            if count and done[-1][0] == "write":
                half = done[-1][2][: len(done[-1][2]) // 2]
                yield _after(start, [*done[:-1], ("write", done[-1][1], half)], lose_bytes=False, lose_names=False)
            for lose_bytes, lose_names in ((True, False), (False, True), (True, True)):
                yield _after(start, done, lose_bytes=lose_bytes, lose_names=lose_names)


def _after(start: dict[str, bytes], steps: list, *, lose_bytes: bool, lose_names: bool) -> dict[str, bytes]:
    content = {name: bytearray(each) for name, each in start.items()}
    names = {name: name for name in start}
    durable_names, synced = dict(names), set(start)
    for number, (kind, name, *more) in enumerate(steps):
        if kind == "write":
            if name not in names:
                names[name] = f"{name}#{number}"
                content[names[name]] = bytearray()
            content[names[name]] += more[0]
            synced.discard(names[name])
        elif kind == "sync" and name == ".":
            durable_names = dict(names)
        elif kind == "sync":
            synced.add(names[name])
        elif kind == "rename":
            names[more[0]] = names.pop(name)
        else:
            names.pop(name, None)
    kept = durable_names if lose_names else names
    return {
        name: bytes(content[at]) if at in synced or not lose_bytes else bytes(content[at][: len(content[at]) // 3])
        for name, at in kept.items()
    }


def _registrations(catalogue: FakeCatalogue, index: LiveIndex[HammingScheme]) -> None:
    for seed in (20, 21, 22):
        catalogue.put(film(seed))
    index.view()


def _removal(catalogue: FakeCatalogue, index: LiveIndex[HammingScheme]) -> None:
    catalogue.remove(catalogue.references["ref_3"])
    index.view()


def _compaction(catalogue: FakeCatalogue, index: LiveIndex[HammingScheme]) -> None:
    catalogue.remove(catalogue.references["ref_3"])
    index.compact()


@pytest.mark.parametrize("work", [_registrations, _removal, _compaction])
def test_no_crash_at_any_step_makes_an_answer_wrong(
    work: Callable[[FakeCatalogue, LiveIndex[HammingScheme]], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = filled(5)
    index = index_of(catalogue, tmp_path / "home")
    index.view()
    folder = next((tmp_path / "home").iterdir())
    start = {path.name: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as patch:
        journal = Journal(patch, folder)
        work(catalogue, index)
    assert len(journal.steps) >= 4
    states = list({tuple(sorted(state.items())): state for state in journal.crashes(start)}.values())
    assert len(states) >= 5
    for number, state in enumerate(states):
        left = tmp_path / f"crash-{number}" / folder.name
        left.mkdir(parents=True)
        for name, content in state.items():
            (left / name).write_bytes(content)
        reader = SegmentFolder(left.parent, ALGORITHM, HammingScheme(min_quality=20))
        for named in reader.manifest().segments:
            reader.open(named)
        opened = index_of(catalogue, left.parent)
        check(opened, catalogue)
        assert opened.compact()
        check(opened, catalogue)
        named_files = {each.file for each in reader.manifest().segments}
        assert {path.name for path in left.iterdir()} == {"manifest", "lock", *named_files}


def test_a_process_that_is_killed_leaves_nothing_wrong(tmp_path: Path) -> None:
    """Real processes, killed with SIGKILL at every write, sync, rename and removal of a flush and a compaction."""
    script = Path(__file__).with_name("killing.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 20


def test_many_read_while_one_writes(tmp_path: Path) -> None:
    """Every answer of every process is that of the catalogue at the revision that it saw."""
    script = Path(__file__).with_name("reading.py")
    log = tmp_path / "catalogue.log"
    log.write_text("put 0\n", encoding="utf-8")
    command = [sys.executable, str(script), str(log), str(tmp_path / "index")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen([*command, "write"], env=environment, stdin=subprocess.PIPE, text=True) as writer:
        readers = [
            subprocess.Popen(
                [*command, "read"], env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
            )
            for _ in range(2)
        ]
        # The writer waits for its input to end, which it does once all readers have looked once.
        first = [reader.stdout.readline() for reader in readers if reader.stdout is not None]
        assert first == ["looking\n", "looking\n"]
        assert writer.stdin is not None
        writer.stdin.close()
    ends = [reader.communicate(timeout=60)[0] for reader in readers]
    assert writer.returncode == 0
    assert [reader.returncode for reader in readers] == [0, 0]
    assert all(int(end.split()[-1]) >= 1 for end in ends)


def test_every_scheme_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    def describe(codes: np.ndarray, times: np.ndarray) -> Listing:
        flat = np.ascontiguousarray(codes)
        keys = flat[:, :4].copy().view("<u4").reshape(-1) & np.uint32(0xFFF)
        return Listing(keys, flat[:, 8:16].copy().view("<u8").reshape(-1), {"time": times, "angle": flat[:, 30]})

    words = InvertedScheme("words-v1", code_bytes=32, key_bits=12, describe=describe, min_quality=10)
    schemes: list[Scheme] = [HammingScheme(min_quality=20), words]
    prints: list[tuple[int, str, Fingerprint]] = [(seed, f"ref_{seed}", film(seed)) for seed in range(4)]
    for scheme in schemes:
        folder = SegmentFolder(tmp_path, "x", scheme)
        part = Part(Rows.of(prints, 32), scheme)
        with folder.writing() as writer:
            assert writer is not None
            named = writer.write(part)
            writer.publish([named], frozenset())
        back = folder.open(folder.manifest().segments[0])
        assert back.rows.ids == part.rows.ids
        assert {name: each.tolist() for name, each in back.tables.items()} == {
            name: each.tolist() for name, each in part.tables.items()
        }
