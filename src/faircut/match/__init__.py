"""Fingerprints to time-aligned Matches: ``picture`` over PDQ codes, ``sound`` over Chromaprint codes."""
