"""A licence that ends while a job runs under it: nothing that it alone allowed gets out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from studio_doubles import SPEC, request

from faircut.app import Faircut
from faircut.config import Settings
from faircut.domain import JobState, Licence, Stage
from faircut.store.models import LicenceRow
from faircut.studio import Studio

PROMPT = "Captain Lumen walks along the quay at dusk"


class Bench:
    """The real judge over the real studio; only the engine is a double."""

    def __init__(self, home: Path) -> None:
        self.at: dict[str, Callable[[], object]] = {}
        self.faircut = Faircut(Settings(home=home, plugins=(SPEC,), engine="tiny"))
        self.faircut.catalogue.add_party("North", actor="t")
        self.faircut.catalogue.add_work("The Lantern Keeper", "North", actor="t")
        self.faircut.catalogue.add_element("character", "Captain Lumen", work="The Lantern Keeper", actor="t")
        self.studio = Studio(
            self.faircut.settings,
            database=self.faircut.database,
            ledger=self.faircut.ledger,
            screener=self.faircut.screener,
            plugins=self.faircut.plugins,
            signer=self.faircut.signer,
            decisions=self.faircut.decisions,
            uploads=self.faircut.upload_blobs,
            observe=lambda boundary: self.at.pop(boundary, lambda: None)(),
        )

    def grant(self) -> Licence:
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        return self.faircut.licences.grant("North", element="Captain Lumen", to="cli", until=tomorrow, actor="t")

    def revoke(self, licence: Licence) -> None:
        self.faircut.licences.revoke(licence.id, actor="t")

    def expire(self, licence: Licence) -> None:
        """As if its last day were over: nothing is written when a licence ends by itself."""
        ended = (datetime.now(UTC) - timedelta(seconds=1)).isoformat(timespec="microseconds")
        with self.faircut.database.write() as session:
            session.execute(update(LicenceRow).where(LicenceRow.id == licence.id).values(until=ended))

    def released(self) -> int:
        return len(list(self.studio.released.root.glob("??/*")))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("home") / "home")
    made.studio.start()
    yield made
    made.studio.stop()
    made.faircut.close()


def test_while_it_lasts_the_video_is_released_and_the_ledger_says_by_which_licence(bench: Bench) -> None:
    licence = bench.grant()
    job = bench.studio.wait(bench.studio.submit(request(PROMPT), owner="cli").id, timeout=300)
    assert job.state is JobState.RELEASED
    decision = bench.faircut.decisions.get(job.decision_ids[0])
    assert (decision.stage, decision.licences) == (Stage.PROMPT, {licence.id})
    (event,) = bench.faircut.ledger.events(subject=decision.id)
    assert [(each["code"], each["licence"]) for each in event.payload["reasons"]] == [("licensed.name", licence.id)]
    bench.revoke(licence)
    # What was released under it stays so.
    assert bench.studio.output(job.id).is_file()
    refused = bench.studio.wait(bench.studio.submit(request(PROMPT), owner="cli").id, timeout=300)
    assert refused.state is JobState.REFUSED


@pytest.mark.parametrize(("ends", "when"), [("revoke", "before release"), ("expire", "before generate")])
def test_once_it_has_ended_nothing_is_released(bench: Bench, ends: str, when: str) -> None:
    licence, before = bench.grant(), bench.released()
    bench.at[when] = lambda: getattr(bench, ends)(licence)
    job = bench.studio.wait(bench.studio.submit(request(PROMPT), owner="cli").id, timeout=300)
    assert not bench.at
    assert job.state is JobState.REFUSED
    assert bench.faircut.decisions.get(job.decision_ids[-1]).reasons[0].code == "protected.name"
    assert bench.released() == before
    assert not bench.faircut.ledger.find(f"release:{job.id}")
