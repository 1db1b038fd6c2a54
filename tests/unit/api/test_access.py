"""No route without a key, none with the wrong scope, nobody's things for others, no cookie from another site."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

from faircut.access import Scope
from faircut.api.access import Require
from faircut.web import create_app

OPEN = {("GET", "/healthz"), ("GET", "/version"), ("GET", "/openapi.json"), ("GET", "/login"), ("POST", "/login")}
OPEN |= {("POST", "/logout")}
# A link is its own key: signed, and for a while only.
OPEN |= {("GET", "/links/{job_id}/{name}"), ("GET", "/links/{job_id}/clips/{number}")}
OPEN |= {("POST", "/callbacks/{job_id}/{token}")}


def _routes(app: FastAPI) -> Iterator[tuple[str, str, BaseRoute]]:
    pending = list(app.routes)
    while pending:
        route = pending.pop(0)
        inner = getattr(route, "original_router", None)
        if inner is not None:
            pending += inner.routes
        elif isinstance(route, Route):
            for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, route.path, route
        else:
            assert isinstance(route, Mount), route
            assert route.path == "/static"


def _address(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "0", path.replace("{side}", "query"))


def _scopes(route: BaseRoute) -> set[str]:
    if not isinstance(route, APIRoute):
        return set()
    calls = [each.call for each in route.dependant.dependencies]
    return {scope for call in calls if isinstance(call, Require) for scope in call.scopes}


@pytest.fixture(scope="module")
def guarded(service) -> list[tuple[str, str, set[str]]]:
    found = [(method, path, _scopes(route)) for method, path, route in _routes(create_app(service.faircut))]
    assert len(found) > 50
    assert {(method, path) for method, path, _ in found} >= OPEN
    return [each for each in found if each[:2] not in OPEN]


def test_every_route_asks_for_a_key(service, guarded):
    client = service.client(None)
    for method, path, scopes in guarded:
        assert scopes, f"{method} {path} asks for no scope"
        answer = client.request(method, _address(path))
        if path.startswith(("/v1/", "/api/")):
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"
            # Doors for other services' clients answer in those services' words.
            codes = {"/api/v3": "AuthenticationError", "/v1/vid": "invalid_api_key"}
            assert answer.json()["error"]["code"] == codes.get(path[:7], "access.unauthenticated")
        else:
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize(
    "header", ["Bearer fck_wrong", "Bearer", "Bearer \u00e9\u00e9", "Basic YTpi", "fck_x", "Bearer a b"]
)
def test_wrong_keys_are_refused(service, header):
    answer = service.client(None).get("/v1/generations", headers={"Authorization": header.encode()})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "access.unauthenticated"


def test_every_route_refuses_keys_without_its_scope(service, guarded):
    wrong: dict[frozenset[str], httpx.Client] = {}
    for method, path, scopes in guarded:
        others = [scope for scope in Scope if scope not in scopes and scope is not Scope.ADMIN]
        if not others:
            continue
        key = frozenset(others)
        if key not in wrong:
            wrong[key] = service.client(secret=service.key(*others))
        answer = wrong[key].request(method, _address(path))
        assert answer.status_code == 403, (method, path, answer.status_code)


def test_revoked_key_stops_at_once_in_header_and_session(service):
    key, secret = service.faircut.keys.create("short", ["generate"], actor="tests")
    bearer = service.client(secret=secret)
    browser = service.browser(service.faircut.sessions.open_with_key(secret).value)
    assert bearer.get("/v1/generations").status_code == 200
    assert browser.get("/v1/generations").status_code == 200
    assert service.client().delete(f"/v1/keys/{key.id}").json()["revoked_at"]
    assert bearer.get("/v1/generations").status_code == 401
    assert browser.get("/v1/generations").status_code == 401


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "{base}.evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "{base}"}, False),
        ({"Origin": "{base}"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
    ],
)
def test_cookie_alone_cannot_change_anything_from_another_site(service, headers, allowed):
    headers = {name: value.replace("{base}", service.base) for name, value in headers.items()}
    answer = service.signed_in().post("/v1/preflight", json={"shots": ["a harbour"]}, headers=headers)
    assert answer.status_code == (200 if allowed else 403)


def test_login_sets_a_strict_http_only_cookie_and_logout_ends_it(service):
    browser = service.client(None)
    same = {"Origin": service.base}
    assert browser.post("/login", data={"key": "fck_no"}, headers=same).status_code == 401
    answer = browser.post("/login", data={"key": service.keys["maker"], "next": "/jobs/x"}, headers=same)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/jobs/x"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    kept = service.browser(browser.cookies["faircut_session"])
    assert browser.get("/").status_code == 200
    assert browser.post("/logout", headers=same).status_code == 303
    assert kept.get("/").status_code == 303, "the cookie must not work after signing out"


def test_one_time_link_signs_in_once(service):
    token = service.faircut.sessions.issue_login_token()
    first = service.client(None).get("/login", params={"token": token})
    assert first.status_code == 303
    assert "faircut_session" in first.headers["set-cookie"]
    second = service.client(None).get("/login", params={"token": token})
    assert second.status_code == 401
    assert "set-cookie" not in second.headers


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "\n/"])
def test_login_never_sends_people_elsewhere(service, target):
    answer = service.client(None).post(
        "/login", data={"key": service.keys["maker"], "next": target}, headers={"Origin": service.base}
    )
    assert answer.headers["location"] == "/"


def test_owners_see_only_their_own(service, films):
    maker, other, admin = service.client("maker"), service.client("other"), service.client("admin")
    upload = maker.post("/v1/uploads", files={"file": ("cut.mp4", films["cut"].read_bytes())}).json()
    decision = upload["decision"]
    assert decision["verdict"] == "block"
    picture = next(each for each in decision["reasons"] if each["pictures"])["pictures"][0]["query_url"]
    job = maker.post(
        "/v1/generations", json={"shots": [{"prompt": "Captain Lumen"}], "size": "480p", "duration": 4}
    ).json()
    service.faircut.studio.wait(job["id"], 60)
    addresses = [
        f"/v1/uploads/{upload['id']}",
        f"/v1/decisions/{decision['id']}",
        picture,
        f"/decisions/{decision['id']}",
        f"/v1/generations/{job['id']}",
        f"/v1/generations/{job['id']}/events",
        f"/jobs/{job['id']}",
    ]
    for address in addresses:
        assert maker.get(address).status_code == 200, address
        assert admin.get(address).status_code == 200, address
        assert other.get(address).status_code == 404, address
    assert other.get(f"/v1/generations/{job['id']}/content").status_code == 404
    assert other.post(f"/v1/generations/{job['id']}/cancel").status_code == 404
    assert upload["id"] not in [each["id"] for each in other.get("/v1/uploads").json()["items"]]
    assert job["id"] not in [each["id"] for each in other.get("/v1/generations").json()["items"]]
    assert job["id"] in [each["id"] for each in admin.get("/v1/generations").json()["items"]]
    # Somebody else's upload cannot be used in a request either.
    answer = other.post("/v1/generations", json={"shots": [{"prompt": "x"}], "clips": [upload["id"]]})
    assert answer.status_code == 404


def test_somebody_elses_job_is_not_leaked_through_a_decision_page(service):
    maker, other = service.client("maker"), service.client("other")
    asked = {"size": "480p", "duration": 4}
    secret = maker.post("/v1/generations", json={"shots": [{"prompt": "Captain Lumen secretly"}], **asked}).json()
    own = other.post("/v1/generations", json={"shots": [{"prompt": "Captain Lumen"}], **asked}).json()
    own = service.faircut.studio.wait(own["id"], 60)
    page = other.get(f"/decisions/{own.decision_ids[0]}", params={"job": secret["id"]})
    assert page.status_code == 200
    assert "secretly" not in page.text
