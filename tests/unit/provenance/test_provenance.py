from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import c2pa
import numpy as np
import pytest
from cryptography import x509

from faircut.domain import Asset, MediaKind
from faircut.errors import ProvenanceError, UnreadableMedia
from faircut.provenance import (
    Authority,
    C2paReader,
    C2paSigner,
    Claim,
    Ingredient,
    ProvenanceCheck,
    ProvenanceState,
    open_authority,
)
from faircut.provenance import authority as authority_module
from faircut.store.blobs import sha256_file

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
CLAIM = Claim(
    title="job_1",
    job_id="job_1",
    request_digest="cd" * 32,
    engine="previz",
    engine_version="previz-v1",
    engine_label="previz, not AI-generated",
    digital_source_type=SOURCE_TYPE,
    ingredients=(Ingredient("Image 1", MediaKind.IMAGE, "ab" * 32), Ingredient("Audio 1", MediaKind.AUDIO, "ef" * 32)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("provenance")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return open_authority(folder / "authority")


@pytest.fixture(scope="module")
def video(folder: Path) -> Path:
    path = folder / "plain.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("h264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(12):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 20, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def signed(folder: Path, authority: Authority, video: Path) -> Path:
    target = folder / "signed.mp4"
    C2paSigner(authority).sign(video, target, CLAIM)
    return target


def asset(path: Path) -> Asset:
    return Asset("output", MediaKind.VIDEO, sha256_file(path), path.stat().st_size, path=path)


def test_signed_file_reads_trusted_and_tells_its_story(authority: Authority, signed: Path, tmp_path: Path) -> None:
    nameless = tmp_path / "blob"  # as it lies in the released store
    nameless.write_bytes(signed.read_bytes())
    report = C2paReader(authority.root).read(nameless)
    assert report.state is ProvenanceState.TRUSTED
    assert report.problems == ()
    assert report.title == "job_1"
    assert report.generator is not None
    assert report.generator.startswith("Faircut ")
    assert report.signer is not None
    assert "Faircut test signer" in report.signer
    (action,) = report.actions
    assert (action.action, action.software, action.digital_source_type, action.description) == (
        "c2pa.created",
        "Faircut previz previz-v1",
        SOURCE_TYPE,
        "previz, not AI-generated",
    )
    assert action.when is not None
    assert report.record == {
        "job": "job_1",
        "request": "cd" * 32,
        "inputs": [{"label": "Image 1", "sha256": "ab" * 32}, {"label": "Audio 1", "sha256": "ef" * 32}],
    }
    assert ProvenanceCheck(C2paReader(authority.root)).detect(asset(nameless), {}) == ()


def test_manifest_reserves_training_and_names_inputs(authority: Authority, signed: Path) -> None:
    with c2pa.Reader(str(signed)) as reader:
        store = json.loads(reader.json())
    manifest = store["manifests"][store["active_manifest"]]
    mining = next(each for each in manifest["assertions"] if each["label"] == "cawg.training-mining")
    assert {entry["use"] for entry in mining["data"]["entries"].values()} == {"notAllowed"}
    assert [(each["title"], each["relationship"]) for each in manifest["ingredients"]] == [
        ("Image 1", "inputTo"),
        ("Audio 1", "inputTo"),
    ]


def test_signing_again_changes_the_bytes_but_not_the_verdict(
    authority: Authority, signed: Path, video: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.mp4"
    again.write_bytes(b"left over from a worker that was killed" * 10_000)
    assert C2paSigner(authority).sign(video, again, CLAIM).state is ProvenanceState.TRUSTED
    assert sha256_file(again) != sha256_file(signed)


def positions(data: bytes) -> list[int]:
    """Bytes in the pictures, in the index, and in the manifest itself."""
    return [data.index(b"mdat") + 40, data.index(b"moov") + 60, data.index(b"c2pa.created") + 3, data.index(b"job_1")]


@pytest.mark.parametrize("which", range(4))
def test_one_changed_byte_reads_invalid(authority: Authority, signed: Path, tmp_path: Path, which: int) -> None:
    data = bytearray(signed.read_bytes())
    data[positions(bytes(data))[which]] ^= 1
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(data)
    report = C2paReader(authority.root).read(changed)
    assert report.state is ProvenanceState.INVALID
    assert report.problems
    with pytest.raises(ProvenanceError):
        ProvenanceCheck(C2paReader(authority.root)).detect(asset(changed), {})


def test_foreign_authority_is_valid_but_not_trusted(
    authority: Authority, video: Path, tmp_path: Path, folder: Path
) -> None:
    foreign = open_authority(tmp_path / "foreign")
    target = tmp_path / "foreign.mp4"
    C2paSigner(foreign).sign(video, target, CLAIM)
    report = C2paReader(authority.root).read(target)
    assert report.state is ProvenanceState.VALID
    assert any("untrusted" in problem for problem in report.problems)
    with pytest.raises(ProvenanceError, match="not trusted"):
        ProvenanceCheck(C2paReader(authority.root)).detect(asset(target), {})


def test_signer_whose_chain_ends_elsewhere_is_refused(authority: Authority, video: Path, tmp_path: Path) -> None:
    foreign = open_authority(tmp_path / "foreign")
    mixed = Authority(root=authority.root, chain=foreign.chain, key=foreign.key)
    with pytest.raises(ProvenanceError):
        C2paSigner(mixed).sign(video, tmp_path / "mixed.mp4", CLAIM)


def test_missing_manifest_and_non_media(authority: Authority, video: Path, tmp_path: Path) -> None:
    reader = C2paReader(authority.root)
    assert reader.read(video).state is ProvenanceState.ABSENT
    text = tmp_path / "text.mp4"
    text.write_text("not a video")
    assert reader.read(text).state in {ProvenanceState.ABSENT, ProvenanceState.INVALID}
    with pytest.raises(UnreadableMedia):
        reader.read(tmp_path / "nowhere.mp4")
    with pytest.raises(ProvenanceError):
        ProvenanceCheck(reader).detect(asset(video), {})
    with pytest.raises(ProvenanceError):
        C2paSigner(authority).sign(text, tmp_path / "out.mp4", CLAIM)


def test_remuxed_file_has_lost_its_manifest(authority: Authority, signed: Path, tmp_path: Path) -> None:
    target = tmp_path / "remuxed.mp4"
    with av.open(str(signed)) as source, av.open(str(target), "w") as sink:
        stream = source.streams.video[0]
        copy = sink.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                sink.mux(packet)
    assert C2paReader(authority.root).read(target).state is ProvenanceState.ABSENT


def test_remote_manifests_are_not_fetched(authority: Authority, video: Path, tmp_path: Path) -> None:
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        info = c2pa.C2paSignerInfo(b"es256", authority.chain, authority.key, None)
        manifest = {
            "claim_generator_info": [{"name": "x"}],
            "assertions": [
                {
                    "label": "c2pa.actions.v2",
                    "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE}]},
                }
            ],
        }
        target = tmp_path / "remote.mp4"
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(manifest)) as builder:
            builder.set_no_embed()
            builder.set_remote_url(f"http://127.0.0.1:{server.server_port}/manifest")
            with video.open("rb") as source, target.open("w+b") as sink:
                builder.sign(signer, "video/mp4", source, sink)
        try:
            report = C2paReader(authority.root).read(target)
        finally:
            server.shutdown()
            thread.join()
    assert hits == []
    assert report.state is ProvenanceState.ABSENT


def test_authority_files_are_private_and_stay_the_same(folder: Path, authority: Authority) -> None:
    home = folder / "authority"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    assert modes == {"root.pem": 0o644, "root.key": 0o600, "signer.pem": 0o600}
    assert open_authority(home) == authority
    assert "PRIVATE" not in repr(authority)


def test_expiring_signer_is_replaced_under_the_same_root(
    tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = open_authority(tmp_path / "authority")
    monkeypatch.setattr(authority_module, "_RENEW_BEFORE", authority_module._SIGNER_LIFE)
    new = open_authority(tmp_path / "authority")
    assert new.root == old.root
    serials = [x509.load_pem_x509_certificates(each.chain)[0].serial_number for each in (old, new)]
    assert serials[0] != serials[1]
    C2paSigner(new).sign(video, tmp_path / "renewed.mp4", CLAIM)
    assert C2paReader(old.root).read(tmp_path / "renewed.mp4").state is ProvenanceState.TRUSTED


@pytest.mark.parametrize("name", ["root.pem", "signer.pem"])
def test_damaged_authority_is_an_error_with_a_remedy(tmp_path: Path, name: str) -> None:
    open_authority(tmp_path / "authority")
    (tmp_path / "authority" / name).write_text("rubbish")
    with pytest.raises(ProvenanceError, match="backup"):
        open_authority(tmp_path / "authority")


OPENER = """
import sys
from pathlib import Path
from faircut.provenance import open_authority
sys.stdin.read()
sys.stdout.write(open_authority(Path(sys.argv[1])).chain.decode())
"""


def test_processes_that_start_together_share_one_authority(tmp_path: Path) -> None:
    target = tmp_path / "authority"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for worker in workers:  # all are past their imports or on the way there; closing the pipes lets them go
        assert worker.stdin is not None
        worker.stdin.close()
        worker.stdin = None
    chains = {worker.communicate(timeout=60)[0] for worker in workers}
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert len(chains) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["authority"]


OUTSIDER = """
import json, sys
import c2pa
settings = {"version": 1, "trust": {"trust_anchors": open(sys.argv[1]).read()}, "verify": {"verify_trust": True}}
with c2pa.Reader(sys.argv[2], context=c2pa.Context.from_dict(settings)) as reader:
    print(reader.get_validation_state())
"""


def test_outsider_verifies_with_the_root_certificate_alone(folder: Path, signed: Path) -> None:
    root = folder / "authority" / "root.pem"
    done = subprocess.run(
        [sys.executable, "-c", OUTSIDER, str(root), str(signed)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "Trusted"
