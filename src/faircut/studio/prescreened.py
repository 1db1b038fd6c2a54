"""Whether Decisions that were made when a request was sent still speak for it when a worker takes it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from faircut.domain import GenerationRequest, Stage
from faircut.protocols import DecisionReader, Screener

HOLD = timedelta(hours=1)
"""How long they are relied on. The catalogue's revision and the policy tell of every change but a new version of a
detector, which takes a restart: an hour bounds for how long its elder may speak."""


def still_hold(
    request: GenerationRequest, decision_ids: Sequence[str], decisions: DecisionReader, screener: Screener
) -> bool:
    """True when judging the request again would make the very same Decisions, so that it need not be done twice.

    All of them must allow, be younger than :data:`HOLD`, and stem from today's catalogue and policy; the text and the
    very bytes of every file must be among them. Raises NotFound, and IntegrityError when one was tampered with.
    """
    found = [decisions.get(each) for each in decision_ids]
    judged = {each.asset_digest for each in found if each.stage is Stage.UPLOAD}
    newest = datetime.now(UTC) - HOLD
    return (
        any(each.stage is Stage.PROMPT for each in found)
        and all(file.digest in judged for file in request.files)
        and all(each.allows and each.created_at > newest and screener.is_current(each.id) for each in found)
    )
