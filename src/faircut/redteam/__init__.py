"""Attacks on the running guard, end to end, by an attacker who reads its answers; see ``docs/redteam.md``."""
