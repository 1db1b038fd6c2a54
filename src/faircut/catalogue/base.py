"""What reading, changing and importing share: the database, the ledger, and registrations of references."""

from __future__ import annotations

from contextlib import AbstractContextManager

from faircut.catalogue.changes import Change, change
from faircut.catalogue.queries import CatalogueQueries
from faircut.catalogue.registration import References, Sniff
from faircut.protocols import Extractor, Ledger
from faircut.store.blobs import BlobStore
from faircut.store.database import Database


class CatalogueBase(CatalogueQueries):
    """Queries, and the means to change what they read.

    ``blobs`` must be a store of the catalogue's own. ``sniff`` says what kind of media a file is.
    """

    def __init__(
        self, database: Database, ledger: Ledger, blobs: BlobStore, extractor: Extractor, sniff: Sniff
    ) -> None:
        super().__init__(database, blobs)
        self.ledger = ledger
        self.registrations = References(database, blobs, extractor, sniff)

    def change(self, actor: str) -> AbstractContextManager[Change]:
        """A transaction for one change: it commits at the end, or leaves nothing behind on any exception."""
        return change(self.database, self.ledger, actor)
