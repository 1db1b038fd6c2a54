"""Signs what is about to be released with a C2PA manifest, and reads it back before anybody relies on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, Final

import c2pa

from faircut.domain import MediaKind
from faircut.errors import ProvenanceError
from faircut.provenance.authority import Authority
from faircut.provenance.reader import RECORD_LABEL, C2paReader, ProvenanceReport, ProvenanceState, reading_context

_PARENT: Final = "video"
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


@dataclass(frozen=True, slots=True)
class StillClaim:
    """What the manifest of a picture of a released video states besides what the video's own says."""

    title: str
    what: str
    """Which picture, in words: "last frame"."""
    media_type: str
    job_id: str
    video_digest: str


class C2paSigner:
    """Signs mp4 files, and pictures of them, under one Authority. It asks no time-stamp authority: no network."""

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
        return self._sign(source, target, _manifest(claim), "video/mp4")

    def sign_still(self, source: Path, target: Path, claim: StillClaim, video: Path) -> ProvenanceReport:
        """As :meth:`sign`, for a picture (PNG, JPEG) taken from the signed ``video``.

        Its manifest has the video with its own manifest as ``parentOf`` ingredient, and ``c2pa.opened`` and
        ``c2pa.converted`` with the digital source type and the label that the video states of itself.
        Raises ProvenanceError also when the video does not read Trusted.
        """
        origin = self.reader.read(video)
        if origin.state is not ProvenanceState.TRUSTED or not origin.actions:
            raise ProvenanceError(
                f"The video that the picture is from reads {origin.state}, not trusted.",
                remedy="Run `faircut ledger verify`; the file or the certificates were changed.",
            )
        with video.open("rb") as parent:
            ingredient = {"title": claim.job_id, "relationship": "parentOf", "label": _PARENT}
            return self._sign(
                source, target, _still(claim, origin), claim.media_type, (ingredient, "video/mp4", parent)
            )

    def _sign(
        self,
        source: Path,
        target: Path,
        manifest: Mapping[str, Any],
        media_type: str,
        parent: tuple[Mapping[str, Any], str, BinaryIO] | None = None,
    ) -> ProvenanceReport:
        info = c2pa.C2paSignerInfo(b"es256", self._authority.chain, self._authority.key, None)
        try:
            with (
                reading_context(self._authority.root) as context,
                c2pa.Signer.from_info(info) as signer,
                c2pa.Builder(json.dumps(manifest), context=context) as builder,
                source.open("rb") as reader,
                target.open("w+b") as writer,
            ):
                if parent is not None:
                    builder.add_ingredient(json.dumps(parent[0]), parent[1], parent[2])
                builder.sign(signer, media_type, reader, writer)
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


def _still(claim: StillClaim, origin: ProvenanceReport) -> dict[str, Any]:
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = origin.actions[0]
    opened = {"action": "c2pa.opened", "when": when, "parameters": {"ingredientIds": [_PARENT]}}
    taken = {
        "action": "c2pa.converted",
        "when": when,
        "softwareAgent": {"name": "Faircut", "version": version("faircut")},
        "digitalSourceType": made.digital_source_type,
        "description": f"{claim.what} of a video: {made.description}",
    }
    record = {**(origin.record or {}), "of": claim.video_digest, "picture": claim.what}
    return {
        "claim_generator_info": [{"name": "Faircut", "version": version("faircut")}],
        "title": claim.title,
        "format": claim.media_type,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [opened, taken], "allActionsIncluded": True}},
            _mining(),
            {"label": RECORD_LABEL, "data": record},
        ],
    }


def _mining() -> dict[str, Any]:
    return {"label": "cawg.training-mining", "data": {"entries": {use: {"use": "notAllowed"} for use in _NO_TRAINING}}}


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
            _mining(),
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
