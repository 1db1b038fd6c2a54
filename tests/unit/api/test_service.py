"""What holds for every answer: one error shape, security headers, limits, a current OpenAPI document."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import faircut.web
from faircut.api.multipart import bare_name
from faircut.api.routes.references import parse_segments
from faircut.errors import InputError

ROOT = Path(__file__).parents[3]
STATIC = Path(faircut.web.__file__).parent / "static"
HTMX_SHA256 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"


def test_openapi_document_is_current(service):
    """On failure: `python -m faircut.api > docs/openapi.json`, and look at what changed."""
    told = service.client(None).get("/openapi.json").json()
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert kept == told


def test_openapi_says_what_is_open(service):
    document = service.client(None).get("/openapi.json").json()
    unguarded = {path for path, each in document["paths"].items() for one in each.values() if not one["security"]}
    signed = {"/links/{job_id}/{name}", "/links/{job_id}/clips/{number}", "/callbacks/{job_id}/{token}"}
    assert unguarded == {"/healthz", "/version", *signed}
    ids = [one["operationId"] for each in document["paths"].values() for one in each.values()]
    assert len(ids) == len(set(ids))


def test_health_and_version_are_open(service):
    client = service.client(None)
    assert client.get("/healthz").json()["status"] == "ok"
    assert "tiny" in client.get("/version").json()["engines"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("DELETE", "/v1/preflight", 405, "method_not_allowed"),
        ("GET", "/v1/generations/job_x", 404, "not_found"),
        ("GET", "/v1/generations?limit=0", 422, "input.invalid"),
        ("GET", "/v1/decisions/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404, "not_found"),
        ("GET", "/v1/decisions/dec_x/evidence/0/other.jpg", 422, "input.invalid"),
    ],
)
def test_errors_have_one_shape(service, method, path, status, code):
    answer = service.client().request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message", "remedy", "field"}
    assert answer.json()["error"]["code"] == code


def test_pages_get_errors_as_pages(service):
    answer = service.signed_in().get("/jobs/job_x")
    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.text
    answer = service.signed_in("auditor").get("/")
    assert answer.status_code == 403
    assert "lacks the scope" in answer.text


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b'{"shots": "x"}', b"null", b""])
def test_malformed_json_is_an_error_with_a_remedy(service, body):
    answer = service.client().post("/v1/preflight", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]["remedy"]


@pytest.mark.parametrize("chunked", [False, True])
def test_large_bodies_are_refused(service, chunked):
    def chunks():
        for _ in range(64):
            yield b" " * 65536

    content = chunks() if chunked else b" " * 64 * 65536
    answer = service.client().post("/v1/preflight", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "input.limit"


@pytest.mark.parametrize("path", ["/login", "/v1/preflight", "/v1/generations", "/keys", "/v1/ledger/verify"])
def test_calling_it_a_form_lifts_no_limit(service, path):
    def form():
        yield b'--x\r\nContent-Disposition: form-data; name="key"; filename="a"\r\n\r\n'
        for _ in range(64):
            yield bytes(65536)
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Origin": service.base}
    answer = service.client().post(path, content=form(), headers=headers)
    # An address that takes no body does not read it either.
    assert answer.status_code == (200 if path.endswith("verify") else 413)


def test_security_headers_are_on_every_answer(service):
    client = service.client()
    for path in (
        "/healthz",
        "/login",
        "/v1/nothing",
        "/v1/generations",
        "/catalogue",
        "/static/base.css",
        "/static/no",
    ):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert ("immutable" in headers["cache-control"]) is path.endswith(".css"), path


def test_static_files_cannot_be_left(service):
    for path in ("/static/../templates/base.html", "/static/%2e%2e/application.py", "/static//etc/passwd"):
        assert service.client(None).get(path).status_code == 404


def test_pages_hold_no_inline_code_and_name_no_other_host():
    templates = sorted((STATIC.parent / "templates").rglob("*.html"))
    assert len(templates) > 10
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text), template.name
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text), template.name


def test_vendored_htmx_is_the_published_file():
    assert hashlib.sha256((STATIC / "vendor" / "htmx-2.0.11.min.js").read_bytes()).hexdigest() == HTMX_SHA256
    assert "Zero-Clause BSD" in (STATIC / "vendor" / "htmx-2.0.11.LICENSE").read_text(encoding="utf-8")


@given(st.text(max_size=400))
def test_bare_name_is_always_one_harmless_component(sent):
    name = bare_name(sent)
    assert 1 <= len(name) <= 200
    assert not set(name) & set("/\\\0\n\r")
    assert name not in (".", "..")


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", []),
        ("0-5", [(0, 5)]),
        ("0-5, 1:20-1:32.5", [(0, 5), (80, 92.5)]),
        ("1:00:00-1:00:01", [(3600, 3601)]),
        ("[[0, 5.5], [80, 92]]", [(0, 5.5), (80, 92)]),
    ],
)
def test_segments_as_people_write_them(text, segments):
    assert [tuple(each) for each in parse_segments(text)] == segments


@given(st.text(alphabet="0123456789-:.,[] x", max_size=40))
def test_segments_parse_or_say_what_is_wrong(text):
    with suppress(InputError):
        for segment in parse_segments(text):
            assert isinstance(segment.start, float)
            assert isinstance(segment.end, float)
