"""Evidence in words: what was found where, of which protected thing, and what to change. Pure, as policy is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from faircut.domain import ElementKind, ElementPolicy, GreyZone, Match, Naming, Segment, Subject, Verdict

PICTURE_FAMILIES = frozenset({"pdq", "pdq-framed", "keypoints"})
"""Algorithms, without their versions, whose matches are pictures."""
SOUND_FAMILIES = frozenset({"chromaprint", "landmarks"})
"""Algorithms whose matches are sound."""
_LONGEST_QUOTE = 80


class Words(NamedTuple):
    """``what`` is the second half of the reason's code, such as "picture" in ``protected.picture``."""

    what: str
    message: str
    remedy: str


def words_for(match: Match, subject: Subject) -> Words:
    """What a match says to the person whose input it was found in."""
    licence = f", or ask {_owner(subject)} for a licence" if subject.policy is not ElementPolicy.BLOCK else ""
    if (sense := sense_of(match.detector)) is not None:
        return _copied(match, subject, sense, licence)
    if "matched" not in match.evidence:
        # A plugin's evidence: we know what it points at, not how it was found.
        message = f"{_where(match)} shows {describe(subject)}{_reference(match)}."
        return Words("match", message, f"Change or leave out what shows it{licence}.")
    if family_of(match.detector) == "quotes":
        return _quoted(match, subject, licence)
    if family_of(match.detector) == "descriptions":
        return _described(match, subject, licence)
    return _named(match, subject, licence)


_LOOK = "Say what the look is: light, colours, lens, pace."


def grey_words(match: Match, subject: Subject, verdict: Verdict) -> tuple[str, str]:
    """Message and remedy of a match in the grey zone, see ``detectors.grey_zone``."""
    mark = match.evidence["grey"]
    zone, thing = GreyZone(mark["zone"]), describe(subject)
    ends = {
        Verdict.ALLOW: "It is let through.",
        Verdict.REVIEW: "A person has to look at it.",
        Verdict.BLOCK: "It is not let through.",
    }[verdict]
    place = _place(match)
    if zone is GreyZone.ARCHETYPE:
        said = f"{place[0].upper()}{place[1:]} shows what many stories have, and {thing} too: {_seen(match)}."
        return f"{said} {ends}", "Add what makes it a thing of your own."
    named = f"{_seen(match)} in {place}"
    if match.evidence.get("how") == "studio":
        said, remedy = f"{named} asks for the look of a studio whose works are protected.", _LOOK
    elif zone is GreyZone.STYLE:
        said, remedy = f"{named} asks for the look of {thing}.", _LOOK
    elif zone is GreyZone.PUBLIC_DOMAIN:
        # The source names the figure, and who only described it need not learn whom.
        told = subject.naming is Naming.FULL or match.evidence.get("how") != "described"
        source = f": {mark['cue']}" if told else ""
        said = f"{named} is also {thing}. The figure belongs to everybody{source}."
        remedy = "Keep to the figure of that source, and leave out what later versions added."
    else:
        use = {GreyZone.PARODY: "a parody", GreyZone.NEWS: "a report", GreyZone.CRITICISM: "criticism"}[zone]
        said = f"{named} names {thing}, in what is said to be {use} (“{mark['cue']}”)."
        remedy = "Name something of your own, if it does not have to be this one."
    if mark["also"]:
        said, remedy = f"{said} {_more(subject, mark['also'])}", _without(subject, mark["also"])
    elif mark.get("perhaps") and verdict is Verdict.REVIEW:
        said = f"{said} {_more(subject, mark['perhaps'], 'may ask')}"
    return f"{said} {ends}", remedy


def _more(subject: Subject, words: Sequence[str], asks: str = "asks") -> str:
    """That more is asked for than a name. Which words say so are the registration's own."""
    said = f": {_quoted_words(told)}" if (told := _told(subject, words)) else ""
    return f"But it {asks} for more of it than the name{said}."


def _without(subject: Subject, words: Sequence[str]) -> str:
    which = _quoted_words(told) if (told := _told(subject, words)) else "what describes it"
    return f"Leave out {which}: beside the name that asks for the thing itself."


def _told(subject: Subject, words: Sequence[str]) -> list[str]:
    """The words that may be told; those of elements whose owner hides them are empty."""
    return [each for each in words if each] if subject.naming is Naming.FULL else []


def _quoted_words(words: Sequence[str]) -> str:
    """The first few words, quoted: “a”, “b” and “c”."""
    quoted = [f"“{each}”" if len(each) <= _LONGEST_QUOTE else f"“{each[: _LONGEST_QUOTE - 3]}…”" for each in words[:5]]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}" if len(quoted) > 1 else quoted[0]


def sense_of(detector: str) -> str | None:
    """ "picture" or "sound" for what copies are found by; None for the rest."""
    family = family_of(detector)
    return "picture" if family in PICTURE_FAMILIES else "sound" if family in SOUND_FAMILIES else None


def family_of(detector: str) -> str:
    """``pdq`` of ``pdq-v1``: what found it, whichever version."""
    return detector.rsplit("-v", 1)[0]


def _copied(match: Match, subject: Subject, what: str, licence: str) -> Words:
    shows = "shows" if what == "picture" else "sounds like"
    ending = "."
    if match.evidence.get("ambiguous"):
        shows = "may show" if what == "picture" else "may sound like"
        doubt = "The picture is too dim or plain to be sure." if what == "picture" else "Too little of it to be sure."
        ending = f". {doubt}"
    message = f"{_where(match)} {shows} {describe(subject)}{_reference(match)}{_transform(match)}{ending}"
    cut = f"Cut out {_span(match.query)}" if match.query else f"Leave {match.input} out"
    return Words(what, message, f"{cut}, or use material of your own{licence}.")


def _quoted(match: Match, subject: Subject, licence: str) -> Words:
    place = _place(match)
    message = f"{place[0].upper()}{place[1:]} quotes {describe(subject)}: {_seen(match)}."
    return Words("quote", message, f"Say it in words of your own{licence}.")


def _described(match: Match, subject: Subject, licence: str) -> Words:
    place = _place(match)
    said = [str(each["attribute"]) for each in match.evidence.get("attributes", ())[:3]]
    # The attributes are the registration's own words.
    why = f" ({', '.join(said)})" if said and subject.naming is Naming.FULL else ""
    verb = "may describe" if match.evidence.get("ambiguous") else "describes"
    return Words(
        "description",
        f"{place[0].upper()}{place[1:]} {verb} {describe(subject)}: {_seen(match)}{why}.",
        f"Change what makes it recognisable, or invent a {_own_noun(subject)} of your own{licence}.",
    )


def _named(match: Match, subject: Subject, licence: str) -> Words:
    what = "title" if subject.element is None else "name"
    if match.evidence.get("ambiguous") and _spelling(match):
        return Words(
            what,
            f"{_seen(match)} in {_place(match)} may be another way to write the name of {describe(subject)}.",
            "If you mean something else, write it otherwise; or describe something of your own.",
        )
    if match.evidence.get("ambiguous"):
        return Words(
            what,
            f"{_seen(match)} in {_place(match)} is an everyday word or name, and also names {describe(subject)}.",
            "If you mean the common word, add what makes that plain; otherwise describe something of your own.",
        )
    clue = f", which {match.evidence['clue']} shows too" if "clue" in match.evidence else ""
    instead = "Take these words out of the picture" if match.evidence.get("written") else ""
    return Words(
        what,
        f"{_seen(match)} in {_place(match)}{_spelling(match)} names {describe(subject)}{clue}.",
        f"{instead or f'Describe a {_own_noun(subject)} of your own instead'}{licence}.",
    )


_SPELLINGS = {
    "folded": "in other characters",
    "leet": "with digits or signs for letters",
    "padded": "with digits between the letters",
    "spaced": "letter by letter",
    "misspelt": "misspelt",
    "sounds like": "spelt as it sounds",
    "look-alike letters": "in letters that look alike",
    "repeated letters": "with repeated letters",
    "reversed": "spelt backwards",
    "in another order": "in another order",
    "interrupted": "with words between",
    "masked": "with letters masked",
    "without vowels": "without its vowels",
    "first letters": "by first letters",
}


def _spelling(match: Match) -> str:
    """How a name is disguised, if it is: ", misspelt," """
    how = str(match.evidence.get("how", ""))
    words = how if how.startswith("in ") and how.endswith(" letters") else _SPELLINGS.get(how)
    return f", {words}," if words else ""


def describe(subject: Subject) -> str:
    """The protected thing in words: 'the character Ada of “Lantern Street” (North Pictures)'.

    No further than its naming policy allows: 'a protected character of “Lantern Street” (North Pictures)', 'a protected
    character'.
    """
    thing = _noun(subject) if subject.element is not None else "work"
    if subject.naming is Naming.NOTHING or (subject.naming is Naming.WORK and subject.work is None):
        return f"a protected {thing}"
    if subject.naming is Naming.WORK and subject.element is not None:
        return f"a protected {thing} of “{subject.work}” ({subject.party})"
    work = f"“{subject.work}”" if subject.work else ""
    if subject.element is None:
        return f"{work} ({subject.party})"
    of_work = f" of {work}" if work and subject.element != subject.work else ""
    # A person often holds the rights in their own face.
    party = f" ({subject.party})" if subject.party != subject.element else ""
    return f"the {_named_thing(subject.kind, subject.element)}{of_work}{party}"


def _owner(subject: Subject) -> str:
    hidden = subject.naming is Naming.NOTHING or (subject.naming is Naming.WORK and subject.work is None)
    return "the operator" if hidden else subject.party


_OF_THE_QUERY = frozenset(
    (
        "also", "ambiguous", "archetype", "at", "bars", "corroborated_by", "clue", "coverage", "distance", "grey",
        "how", "inliers", "inverted", "licence", "log_odds", "matched", "mean_distance", "moments", "occurrences",
        "pitch", "region", "reversed", "span", "spans", "speed", "transform", "words", "written",
    )
)  # fmt: skip
"""Evidence that says where and how something was found in the query, and nothing of what is registered."""


def discreet(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence without what would name the thing: names, registered words, and whatever a plugin may have added."""
    kept = {key: value for key, value in evidence.items() if key in _OF_THE_QUERY}
    if "grey" in kept:
        # Which words of a prompt are the registration's own tells what it says.
        telling = {"also", "perhaps"} | ({"cue"} if evidence.get("how") == "described" else set())
        kept["grey"] = {key: value for key, value in kept["grey"].items() if key not in telling}
    if "attributes" in evidence:
        kept["attributes"] = [
            {key: value for key, value in each.items() if key in ("span", "weight")} for each in evidence["attributes"]
        ]
    return kept


_NOUNS = {ElementKind.LIKENESS: "person"}
"""What a thing is called to people where the word for its kind is not what they would say."""
_OWN_NOUNS = {
    ElementKind.LIKENESS: "person",
    ElementKind.SCRIPT: "story",
    ElementKind.SET: "place",
    ElementKind.SOUNDTRACK: "tune",
    ElementKind.STYLE: "look",
    ElementKind.TITLE: "story",
    ElementKind.VOICE: "speaker",
}
"""What to invent instead: nobody builds a set in a prompt, and a voice of one's own is one's own voice."""


def _noun(subject: Subject) -> str:
    if subject.kind is None:
        return "story"
    return _NOUNS.get(subject.kind, subject.kind.value)


def _own_noun(subject: Subject) -> str:
    if subject.kind is None:
        return "story"
    return _OWN_NOUNS.get(subject.kind, subject.kind.value)


def _named_thing(kind: ElementKind | None, name: str) -> str:
    """ "character Ada", "voice of Ada", "soundtrack “Lantern Waltz”"."""
    if kind in (ElementKind.TITLE, ElementKind.SOUNDTRACK):
        return f"{kind.value} “{name}”"
    if kind is ElementKind.VOICE and "voice" not in name.casefold():
        return f"voice of {name}"
    return f"{_NOUNS.get(kind, kind.value) if kind else 'story'} {name}"


def _seen(match: Match) -> str:
    seen = str(match.evidence["matched"])
    return f"“{seen}”" if len(seen) <= _LONGEST_QUOTE else f"“{seen[: _LONGEST_QUOTE - 3]}…”"


def _place(match: Match) -> str:
    if match.evidence.get("written"):
        moment = f" at {clock(match.evidence['at'])}" if "at" in match.evidence else ""
        return f"the writing in {match.input}{moment}"
    return "the prompt" if match.input == "prompt" else match.input


def _where(match: Match) -> str:
    return f"{match.input} at {_span(match.query)}" if match.query else match.input


def _reference(match: Match) -> str:
    if match.reference is None:
        return ""
    moment = match.reference.seconds == 0
    return f", {'at ' + clock(match.reference.start) if moment else _span(match.reference)} of it"


def _transform(match: Match) -> str:
    changes = changes_of(match)
    return f" ({', '.join(changes)})" if changes else ""


def changes_of(match: Match) -> list[str]:
    """What an editor did to the copy, as far as the evidence tells: "mirrored", "at 1.25 times its speed" …"""
    evidence = match.evidence
    transform, speed = str(evidence.get("transform", "as is")), float(evidence.get("speed", 1.0))
    changes = [] if transform == "as is" else [transform]
    if evidence.get("inverted") and "negative" not in transform:
        changes.append("in negative")
    if "bars" in evidence:
        changes.append(f"with bars {evidence['bars']}")
    if evidence.get("reversed") or speed < 0:
        changes.append("backwards")
    if match.query and speed == 0:
        changes.append("as a freeze frame")
    elif match.query and abs(abs(speed) - 1.0) > 0.03:
        changes.append(f"at {abs(speed):g} times its speed")
    if abs(pitch := float(evidence.get("pitch", 1.0)) - 1.0) > 0.01:
        changes.append(f"{abs(pitch):.0%} {'higher' if pitch > 0 else 'lower'}")
    return changes


def _span(segment: Segment | None) -> str:
    return f"{clock(segment.start)} to {clock(segment.end)}" if segment else "all of it"


def chance(probability: float) -> str:
    """A probability for people, never rounded up to certainty: 97 %, 99.8 %, over 99.9 %."""
    if probability > 0.999:
        return "over 99.9 %"
    return f"{probability:.1%}".replace(".0%", "%").replace("%", " %") if probability >= 0.01 else "under 1 %"


def clock(seconds: float) -> str:
    """Seconds for people: 7.5 s, 1:02.5, 1:02:03."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds, 1), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:02.0f}" if hours else f"{minutes}:{rest:04.1f}"
