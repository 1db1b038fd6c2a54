"""What is left of English words without their endings."""

from __future__ import annotations

SHORTEST_STEM = 3
SHORTEST_PART = 4
_INFLECTIONS = (
    ("ies", "y"), ("ied", "y"), ("ier", "y"), ("iest", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"),
    ("ing", ""), ("ing", "e"), ("er", ""), ("er", "e"), ("ers", ""), ("ers", "e"), ("est", ""), ("est", "e"),
    ("ly", ""),
)  # fmt: skip
_DERIVATIONS = (
    ("ily", "y"), ("iness", "y"), ("ness", ""), ("less", ""), ("ful", ""), ("ish", ""), ("y", ""), ("y", "e"),
    ("able", ""),
    ("able", "e"), ("like", ""), ("ment", ""), ("ist", ""), ("ism", ""), ("or", "e"), ("tion", "t"), ("tion", "te"),
    ("tions", "te"), ("sion", "d"), ("ally", ""), ("ity", "e"), ("ship", ""), ("hood", ""), ("dom", ""), ("wise", ""),
    ("ward", ""), ("wards", ""), ("scape", ""), ("esque", ""),
)  # fmt: skip


def stems_of(word: str, *, derived: bool = True) -> list[str]:
    """What an English word may be inflected from, or derived from."""
    stems = []
    derivations = _DERIVATIONS if derived else ()
    for endings, shortest in ((_INFLECTIONS, SHORTEST_STEM), (derivations, SHORTEST_PART)):
        for ending, put in endings:
            if word.endswith(ending):
                stem = word[: len(word) - len(ending)]
                if len(stem) >= shortest:
                    stems.append(stem + put)
                    if not put and stem[-1] == stem[-2]:
                        stems.append(stem[:-1])
    return stems


__all__ = ["SHORTEST_PART", "SHORTEST_STEM", "stems_of"]
