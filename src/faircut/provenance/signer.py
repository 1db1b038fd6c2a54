"""Signs what is about to be released with a C2PA manifest, and reads it back before anybody relies on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import c2pa

from faircut.domain import MediaKind
from faircut.errors import ProvenanceError
from faircut.provenance.authority import Authority
from faircut.provenance.reader import RECORD_LABEL, C2paReader, ProvenanceReport, ProvenanceState, reading_context

_NO_TRAINING = ("cawg.ai_generative_training", "cawg.ai_training", "cawg.ai_inference", "cawg.data_mining")
_FORMATS = {
    MediaKind.IMAGE: "image/*",
    MediaKind.VIDEO: "video/*",
    MediaKind.AUDIO: "audio/*",
    MediaKind.TEXT: "text/plain",
}


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An input of the generation: what the request calls it, what it is, and the SHA-256 of its bytes."""

    label: str
    kind: MediaKind
    digest: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What the manifest states. Prompts are not in it, only the digest of the request: they belong to their author."""

    title: str
    job_id: str
    request_digest: str
    engine: str
    engine_version: str
    engine_label: str
    digital_source_type: str
    ingredients: tuple[Ingredient, ...] = ()


class C2paSigner:
    """Signs mp4 files under one Authority. No time-stamp authority is asked, so no network is needed."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.reader = C2paReader(authority.root)

    def sign(self, source: Path, target: Path, claim: Claim) -> ProvenanceReport:
        """Writes ``source`` (mp4) with a manifest to ``target``, replacing what is there, and returns it read back.

        The manifest holds ``c2pa.actions.v2`` with one ``c2pa.created`` (when, softwareAgent, digitalSourceType),
        the inputs as ``inputTo`` ingredients, ``cawg.training-mining`` notAllowed throughout, and
        ``org.faircut.job`` with job id, request digest and input digests. Raises ProvenanceError when signing
        fails or the result does not read back as Trusted.
        """
        info = c2pa.C2paSignerInfo(b"es256", self._authority.chain, self._authority.key, None)
        try:
            with (
                reading_context(self._authority.root) as context,
                c2pa.Signer.from_info(info) as signer,
                c2pa.Builder(json.dumps(_manifest(claim)), context=context) as builder,
                source.open("rb") as reader,
                target.open("w+b") as writer,
            ):
                builder.sign(signer, "video/mp4", reader, writer)
        except (c2pa.C2paError, OSError) as error:
            raise ProvenanceError(
                f"The output could not be signed: {error}.", remedy="Look at the engine's file and the disk."
            ) from error
        report = self.reader.read(target)
        if report.state is not ProvenanceState.TRUSTED:
            raise ProvenanceError(
                f"The signed file reads back as {report.state}: {'; '.join(report.problems) or 'no reason given'}.",
                remedy="Check the certificates in the provenance folder and this machine's clock.",
            )
        return report


def _manifest(claim: Claim) -> dict[str, Any]:
    ingredients = [
        {
            "title": each.label,
            "format": _FORMATS[each.kind],
            "relationship": "inputTo",
            "instance_id": f"urn:sha256:{each.digest}",
            "label": f"input-{number}",
        }
        for number, each in enumerate(claim.ingredients, 1)
    ]
    created: dict[str, Any] = {
        "action": "c2pa.created",
        "when": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "softwareAgent": {"name": f"Faircut {claim.engine}", "version": claim.engine_version},
        "digitalSourceType": claim.digital_source_type,
        "description": claim.engine_label,
    }
    if ingredients:
        created["parameters"] = {"ingredientIds": [each["label"] for each in ingredients]}
    return {
        "claim_generator_info": [{"name": "Faircut", "version": version("faircut")}],
        "title": claim.title,
        "format": "video/mp4",
        "ingredients": ingredients,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created], "allActionsIncluded": True}},
            {
                "label": "cawg.training-mining",
                "data": {"entries": {use: {"use": "notAllowed"} for use in _NO_TRAINING}},
            },
            {
                "label": RECORD_LABEL,
                "data": {
                    "job": claim.job_id,
                    "request": claim.request_digest,
                    "inputs": [{"label": each.label, "sha256": each.digest} for each in claim.ingredients],
                },
            },
        ],
    }
