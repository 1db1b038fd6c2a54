"""Reads Content Credentials back and says whether they can be trusted. Never touches the network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import c2pa

from faircut.errors import UnreadableMedia


class ProvenanceState(StrEnum):
    """What the C2PA validator says (C2PA Technical Specification, "Validation states"), or that there is nothing."""

    TRUSTED = "trusted"
    VALID = "valid"
    INVALID = "invalid"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class ProvenanceAction:
    """One entry of ``c2pa.actions.v2``."""

    action: str
    when: str | None
    software: str | None
    digital_source_type: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class ProvenanceReport:
    """What a file says of its origin. ``problems`` are validation failures as ``code: explanation``.

    ``record`` is Faircut's own assertion: job id, request digest, inputs with digests; empty for others' files.
    """

    state: ProvenanceState
    title: str | None = None
    generator: str | None = None
    actions: tuple[ProvenanceAction, ...] = ()
    signer: str | None = None
    problems: tuple[str, ...] = ()
    record: dict[str, Any] | None = None


RECORD_LABEL = "org.faircut.job"


def reading_context(anchors: bytes) -> c2pa.Context:
    """A c2pa context that trusts ``anchors`` (PEM) and nothing else, and makes no remote request."""
    return c2pa.Context.from_dict(
        {
            "version": 1,
            "trust": {"trust_anchors": anchors.decode("ascii")},
            "verify": {
                "verify_trust": True,
                "verify_after_sign": True,
                "remote_manifest_fetch": False,
                "ocsp_fetch": False,
            },
            "builder": {"thumbnail": {"enabled": False}},
        }
    )


class C2paReader:
    """Reads manifests, trusting the PEM certificates in ``anchors`` and no others."""

    def __init__(self, anchors: bytes) -> None:
        self._anchors = anchors

    def read(self, path: Path) -> ProvenanceReport:
        """What ``path`` says of its origin, whatever its name. Raises UnreadableMedia when it cannot be opened."""
        try:
            with path.open("rb") as file, reading_context(self._anchors) as context:
                try:
                    with c2pa.Reader(file, context=context) as reader:
                        return _report(json.loads(reader.json()))
                except (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.NotSupported, c2pa.C2paError.RemoteManifest):
                    return ProvenanceReport(ProvenanceState.ABSENT)
                except c2pa.C2paError as error:
                    if str(error).startswith("Remote:"):  # names a manifest elsewhere, which is not fetched
                        return ProvenanceReport(ProvenanceState.ABSENT, problems=(str(error),))
                    return ProvenanceReport(ProvenanceState.INVALID, problems=(str(error),))
        except OSError as error:
            raise UnreadableMedia(
                f"{path.name} cannot be opened: {error.strerror}.", remedy="Name a file that exists and can be read."
            ) from error


def _report(store: dict[str, Any]) -> ProvenanceReport:
    manifest = store.get("manifests", {}).get(store.get("active_manifest"), {})
    assertions = {each.get("label"): each.get("data") or {} for each in manifest.get("assertions", [])}
    results = store.get("validation_results", {}).get("activeManifest", {})
    failures = [*results.get("failure", []), *store.get("validation_status", [])]
    problems = dict.fromkeys(f"{each.get('code')}: {each.get('explanation', '')}" for each in failures)
    signature = manifest.get("signature_info", {})
    generator = (manifest.get("claim_generator_info") or [{}])[0]
    return ProvenanceReport(
        state=_state(store.get("validation_state")),
        title=manifest.get("title"),
        generator=" ".join(part for part in (generator.get("name"), generator.get("version")) if part) or None,
        actions=tuple(_action(each) for each in assertions.get("c2pa.actions.v2", {}).get("actions", [])),
        signer=", ".join(part for part in (signature.get("common_name"), signature.get("issuer")) if part) or None,
        problems=tuple(problems),
        record=assertions.get(RECORD_LABEL),
    )


def _state(word: str | None) -> ProvenanceState:
    return {"Trusted": ProvenanceState.TRUSTED, "Valid": ProvenanceState.VALID}.get(word or "", ProvenanceState.INVALID)


def _action(data: dict[str, Any]) -> ProvenanceAction:
    agent = data.get("softwareAgent") or {}
    software = agent if isinstance(agent, str) else " ".join(filter(None, (agent.get("name"), agent.get("version"))))
    return ProvenanceAction(
        action=data.get("action", ""),
        when=data.get("when"),
        software=software or None,
        digital_source_type=data.get("digitalSourceType"),
        description=data.get("description"),
    )
