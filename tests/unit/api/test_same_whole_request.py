"""A complete request, with its files, titles, captions and file names, is judged alike for every caller."""

from __future__ import annotations

from typing import Any

import pytest

CALLERS = 12
LANGUAGES = ("en-GB", "de", "zh-Hant-TW", "ar", "*", "xx")
REQUESTS: tuple[tuple[list[dict[str, str]], tuple[str, ...], str], ...] = (
    ([{"prompt": "A harbour in a storm", "title": "The Pier"}], ("picture",), "allow"),
    (
        [{"prompt": "A harbour", "caption": "Cinder Quay"}, {"prompt": "Captain Lumen walks in"}],
        ("picture", "cut"),
        "block",
    ),
    ([{"prompt": "A man called Captain Lu"}, {"prompt": "men walks in", "title": "Rain"}], (), "block"),
    ([{"prompt": "Make him dance"}], ("captain_lumen",), "block"),
    ([{"prompt": "Make it slower"}], ("own", "cut"), "block"),
)


@pytest.fixture(scope="module")
def callers(service, films) -> list[tuple[Any, dict[str, str]]]:  # type: ignore[no-untyped-def]
    """Twelve keys, old and new, of two partners and of none, each with uploads of its own of the same files."""
    made = []
    for number in range(CALLERS):
        scopes, partner = ["generate", "screen"][: 1 + number % 2], ("North", "South", None)[number % 3]
        _, secret = service.faircut.keys.create(f"caller {number}", scopes, partner=partner, actor="tests")
        client = service.client(secret=secret)
        uploads = {}
        for name, of in (("picture", "picture"), ("captain_lumen", "picture"), ("cut", "cut"), ("own", "own")):
            content = films[of].read_bytes()
            answer = client.post("/v1/uploads", files={"file": (f"{name}{films[of].suffix}", content)})
            uploads[name] = answer.json()["id"]
        made.append((client, uploads))
    return made


@pytest.mark.parametrize(("shots", "names", "verdict"), REQUESTS)
def test_one_whole_request_one_answer(  # type: ignore[no-untyped-def]
    callers, shots: list[dict[str, str]], names: tuple[str, ...], verdict: str
) -> None:
    told: list[Any] = []
    for number, (client, uploads) in enumerate(callers):
        body = {
            "shots": shots,
            "images": [uploads[each] for each in names if each in ("picture", "captain_lumen")],
            "clips": [uploads[each] for each in names if each in ("own", "cut")],
            "size": "480p",
            "duration": 8,
        }
        headers = {
            "Accept-Language": LANGUAGES[number % len(LANGUAGES)],
            "X-Forwarded-For": f"203.0.113.{number}",
            "X-Tier": ("free", "enterprise")[number % 2],
            "Cookie": f"tier=gold{number}",
        }
        answer = client.post("/v1/preflight", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["errors"], found["verdict"]) == ([], verdict)
        told.append(
            [
                (each["input"], each["verdict"], each["asset_digest"], each["required"],
                 [(why["code"], why["message"], why["score"]) for why in each["reasons"]])
                for each in found["decisions"]
            ]
        )  # fmt: skip
    assert len(told[0]) == 1 + len(names)
    assert all(each == told[0] for each in told)


def test_a_request_split_over_two_keys_of_a_partner_is_refused_and_judged_alike(service) -> None:  # type: ignore[no-untyped-def]
    admin = service.client("admin")

    def client(partner: str | None) -> Any:
        body = {"name": "studio", "scopes": ["generate"], "partner": partner}
        made = admin.post("/v1/keys", json=body)
        assert (made.status_code, made.json()["partner"]) == (201, partner)
        return service.client(secret=made.json()["secret"])

    first, second, strangers = client("Harbour Films"), client("Harbour Films"), (client("Inland Films"), client(None))
    half = {"shots": [{"prompt": "A diver at dusk, a man called Captain"}], "size": "480p", "duration": 4}
    job = first.post("/v1/generations", json=half).json()
    assert service.faircut.studio.wait(job["id"], timeout=60).decision_ids
    rest = {"shots": [{"prompt": "Lumen walks in from the rain"}]}
    found = second.post("/v1/preflight", json=rest).json()
    assert [each["verdict"] for each in found["decisions"]] == ["allow", "block"]
    assert "diver" not in str(found)
    for other in strangers:
        told = other.post("/v1/preflight", json=rest).json()
        assert (told["verdict"], len(told["decisions"])) == ("allow", 1)
        assert told["decisions"][0]["reasons"] == found["decisions"][0]["reasons"]
        assert told["decisions"][0]["asset_digest"] == found["decisions"][0]["asset_digest"]
