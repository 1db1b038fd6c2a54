"""The verdict on a request does not depend on who asks, from where, in which language, or how often: except through a
licence, and then exactly as far as it reaches."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# The service's threads draw random numbers while a strategy draws its own: the global state moves, harmlessly.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")

PROMPTS = (
    "A lighthouse in a storm, slow dolly in",
    "Captain Lumen walks along the quay",
    "c.a.p.t.a.i.n l.u.m.e.n at sea",
    "A night market at Cinder Quay",
)
LICENSED = {"Captain Lumen walks along the quay", "c.a.p.t.a.i.n l.u.m.e.n at sea"}
_seen: dict[tuple[str, bool], object] = {}
_clients: dict[str, httpx.Client] = {}


@pytest.fixture(scope="module")
def licence(service):  # type: ignore[no-untyped-def]
    """One key's licence for one element; the work has another, and nobody else has any."""
    key, secret = service.faircut.keys.create("licensed", ["generate"], actor="tests")
    service.keys["licensed"] = secret
    return service.faircut.licences.grant(
        "North Lantern Pictures", element="Captain Lumen", to=key.id, uses=["words"], until="2200-01-01", actor="tests"
    )


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prompt=st.sampled_from(PROMPTS),
    key=st.sampled_from(["admin", "maker", "other", "licensed"]),
    address=st.ip_addresses(v=4).map(str),
    language=st.sampled_from(["en-GB", "de", "zh-Hant-TW", "ar", "*", "xx"]),
    agent=st.text(alphabet="abcXYZ/ 0.;()", max_size=20),
    cookie=st.dictionaries(st.sampled_from(["tier", "beta", "country"]), st.sampled_from(["1", "gold", "US"])),
    more=st.dictionaries(
        st.sampled_from(["X-Tier", "X-Faircut-Bypass", "X-Country", "X-Safety-Level", "DNT"]),
        st.sampled_from(["0", "off", "enterprise", "licensed", "none"]),
    ),
)
def test_one_request_one_decision_except_through_a_licence(
    service, licence, prompt, key, address, language, agent, cookie, more
):  # type: ignore[no-untyped-def]
    headers = {
        "X-Forwarded-For": address,
        "Forwarded": f"for={address}",
        "Accept-Language": language,
        "User-Agent": agent.strip() or "none",
        "X-Owner": licence.licensee,
        "X-Licence": licence.id,
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookie.items()),
        **more,
    }
    if key not in _clients:
        _clients[key] = service.client(key)
    answer = _clients[key].post("/v1/preflight", json={"shots": [prompt]}, headers=headers)
    assert answer.status_code == 200
    body = answer.json()
    decision = body["decision"]
    told = (
        decision["verdict"],
        decision["asset_digest"],
        decision["required"],
        [(each["code"], each["message"], each["remedy"], each["score"]) for each in decision["reasons"]],
        body["highlights"],
    )
    by_licence = key == "licensed" and prompt in LICENSED
    assert _seen.setdefault((prompt, by_licence), told) == told
    assert ("licensed.name" in {each["code"] for each in decision["reasons"]}) is by_licence
    if by_licence:
        assert decision["verdict"] == "allow"
        assert all(licence.id in each["message"] for each in decision["reasons"])
    elif prompt in LICENSED:
        assert decision["verdict"] == "block"
