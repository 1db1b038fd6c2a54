"""Uploads: judged at once, limited while reading, never written where the sender says."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

MAX_UPLOAD = 3 * 2**20


def _files_under(home: Path) -> set[Path]:
    return {path for path in (home / "incoming").rglob("*") if path.is_file()}


def test_a_mirrored_cut_is_refused_with_segments_and_pictures(service, films):
    answer = service.client("maker").post("/v1/uploads", files={"file": ("cut.mp4", films["cut"].read_bytes())})
    assert answer.status_code == 201
    upload = answer.json()
    assert upload["kind"] == "video"
    decision = upload["decision"]
    assert decision["verdict"] == "block"
    assert decision["allows"] is False
    reason = next(each for each in decision["reasons"] if each["code"] == "protected.picture")
    assert reason["work"] == "The Lantern Keeper"
    assert reason["reference_segment"][0] == pytest.approx(3, abs=0.5)
    assert reason["remedy"]
    for side in ("query_url", "reference_url"):
        picture = service.client("maker").get(reason["pictures"][0][side])
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content[:3] == b"\xff\xd8\xff"
    assert "digest" not in str(reason["evidence"])
    assert not _files_under(service.faircut.home)


def test_own_material_passes_and_is_listed(service, films):
    client = service.client("maker")
    upload = client.post("/v1/uploads", files={"file": ("own.mp4", films["own"].read_bytes())}).json()
    assert upload["decision"]["verdict"] == "allow"
    assert client.get(f"/v1/uploads/{upload['id']}").json() == upload
    listed = client.get("/v1/uploads", params={"limit": 1}).json()
    assert [each["id"] for each in listed["items"]] == [upload["id"]]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("/etc/shadow", "shadow"),
        ("..", "file"),
        (".hidden.png", "hidden.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("x" * 500 + ".png", "x" * 200),
        ("%2e%2e%2fpicture.png", "%2e%2e%2fpicture.png"),
    ],
)
def test_file_names_are_only_names(service, films, sent, kept):
    before = set(service.faircut.home.parent.rglob("*passwd*"))
    body = films["picture"].read_bytes()
    boundary = "xyz"
    form = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="'.encode()
        + sent.replace("\\", "\\\\").encode()
        + b'"\r\nContent-Type: image/png\r\n\r\n'
        + body
        + f"\r\n--{boundary}--\r\n".encode()
    )
    answer = service.client("maker").post(
        "/v1/uploads", content=form, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == kept
    assert set(service.faircut.home.parent.rglob("*passwd*")) == before
    assert not _files_under(service.faircut.home)


def _form_start(boundary: str = "xyz") -> bytes:
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="big.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    ).encode()


def test_oversize_upload_is_refused_by_its_declared_length_before_it_is_sent(service):
    client = service.client("maker")
    host, port = urlsplit(service.base).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        head = (
            f"POST /v1/uploads HTTP/1.1\r\nHost: {host}\r\nAuthorization: {client.headers['authorization']}\r\n"
            f"Content-Type: multipart/form-data; boundary=xyz\r\nContent-Length: {10**12}\r\n\r\n"
        )
        wire.sendall(head.encode() + _form_start())
        assert wire.recv(4096).split(b" ")[1] == b"413"
    assert client.get("/healthz").status_code == 200


def test_oversize_upload_without_length_is_stopped_while_reading(service):
    sent = 0

    def endless():
        nonlocal sent
        yield _form_start()
        for _ in range(10_000):
            sent += 65536
            yield bytes(65536)

    client = service.client("maker")
    answer = client.post(
        "/v1/uploads", content=endless(), headers={"Content-Type": "multipart/form-data; boundary=xyz"}
    )
    assert answer.status_code == 413
    error = answer.json()["error"]
    assert error["code"] == "input.limit"
    assert error["field"] == "file"
    assert sent < 20 * MAX_UPLOAD, "the server read on after the limit"
    assert not _files_under(service.faircut.home)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\nhello\r\n--y--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno disposition\r\n--x--\r\n"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nt\r\n--x--\r\n',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\r\n--x--\r\n',
        ),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 4000 + b"\r\n--x--\r\n"),
        (
            "multipart/form-data; boundary=x",
            b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % number for number in range(60))
            + b"--x--\r\n",
        ),
        ("multipart/form-data; boundary=" + "x" * 2000, b"--x--\r\n"),
    ],
)
def test_malformed_forms_are_errors_with_a_remedy(service, content_type, body):
    answer = service.client("maker").post("/v1/uploads", content=body, headers={"Content-Type": content_type})
    assert answer.status_code in (413, 422), answer.text
    assert answer.json()["error"]["remedy"]
    assert not _files_under(service.faircut.home)


def test_what_is_no_media_is_refused_by_name(service):
    answer = service.client("maker").post("/v1/uploads", files={"file": ("notes.mp4", b"not a film at all")})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "input.unreadable"
    answer = service.client("maker").post("/v1/uploads", files={"file": ("x", b"x")}, data={"kind": "hologram"})
    assert answer.json()["error"]["field"] == "kind"
