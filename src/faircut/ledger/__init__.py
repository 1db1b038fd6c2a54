"""Append-only, hash-chained events, and the means to find any change made to them afterwards."""

from faircut.ledger.sql import SqlLedger
from faircut.ledger.verify import LedgerProblem, LedgerReport

__all__ = ["LedgerProblem", "LedgerReport", "SqlLedger"]
