"""Whether a word that names something protected is meant as that name, by what stands around it.

A word of every day ("frozen") counts as a name where something else of the same work is named, where a capital
begins it in a text that does not capitalise everything, or where the sentence speaks of a film, a character or a world.
Where grammar makes somebody of it (``grammar``), it is no thing; said of somebody's kin or pet, it is theirs.
A word in capitals throughout is emphasis or a sign, unless grammar takes it for a name too. A given name followed
by somebody's surname is somebody. A name spelt almost rightly inside the full name of another person is that person's:
"Patrick Bateman" is not Batman.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from faircut.detectors.common_words import (
    FUNCTION_WORDS,
    Commonness,
    is_given_name,
    is_only_a_place,
    is_rank,
)
from faircut.detectors.grammar import (
    DETERMINERS,
    follows_a_determiner,
    is_described,
    is_ones_own,
    is_somebody,
    is_spoken_of_as_a_place,
)
from faircut.detectors.han import is_pinyin
from faircut.detectors.known_words import PEOPLE, is_in
from faircut.detectors.registry import Name
from faircut.detectors.search import Find
from faircut.detectors.several_words import Certainty
from faircut.detectors.surroundings import BEFORE, SHORT, WORD, Surroundings
from faircut.detectors.title_cues import is_quoted, is_said_of_a_thing, is_taken_for_a_title
from faircut.detectors.translated import Translations


class Doubt(IntEnum):
    """What a find comes to: it is meant, it may be, or it is only a word."""

    MEANT = 0
    PERHAPS = 1
    A_WORD = 2


_NEARLY_SHORT = 6
"""Letters of names that are met as words in small letters in some language."""
_ARTICLE = "the"
_SPEAKING_AFTER = "film movie cartoon series show character cosplay franchise trailer sequel fanart comic"
_SPEAKING_BEFORE = """
called named titled character superhero movie cosplaying disney pixar marvel dreamworks ghibli nintendo
"""
_SPOKEN_OF_AFTER, _SPOKEN_OF_BEFORE = frozenset(_SPEAKING_AFTER.split()), frozenset(_SPEAKING_BEFORE.split())
_DEPICTING = (["draw"], ["paint"], ["sketch"], ["show"], ["animate"], ["depict"])
_PICTURES = frozenset(
    {"picture", "image", "portrait", "drawing", "painting", "photo", "video", "clip", "film", "cartoon"}
)
_LIKE = (["style", "of"], ["look", "of"])
_APPOSITION = re.compile(r",\s+([^,.;:!?()\n\r]+)(?:[,.;:!?()\n\r]|$)")
_LONGEST_APPOSITION = 3
_COMPARED = frozenset({"as", "like"})


@dataclass(slots=True)
class Clues:
    """What else of the same work or party a text names."""

    _by_work: dict[str, dict[str, Find]] = field(default_factory=dict)
    _by_party: dict[str, dict[str, Find]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, finds: Iterable[tuple[Find, Sequence[Name]]], around: Surroundings, translations: Translations
    ) -> Clues:
        """Clues from finds in a text, with the names that each may mean."""
        clues = cls()
        for find, names in finds:
            for name in names:
                if name.work_id is not None:
                    clues._by_work.setdefault(name.work_id, {}).setdefault(find.pattern.key, find)
                # Two doubtful words of one large catalogue say nothing about each other.
                doubtful = find.maybe_a_word or (_may_be_shouted(find) and _is_shouted(find, around.text))
                doubtful = doubtful or _is_translated(find, name, around, translations)
                if not doubtful and find.certainty is Certainty.CERTAIN:
                    clues._by_party.setdefault(name.party_id, {}).setdefault(find.pattern.key, find)
        return clues

    def for_name(self, name: Name, find: Find, *, of_work_only: bool = False) -> bool:
        """Whether another name at another place points to the name's work or party."""
        of_work = self._by_work.get(name.work_id, {}) if name.work_id is not None else {}
        of_party = {} if of_work_only else self._by_party.get(name.party_id, {})
        return any(
            key != find.pattern.key and not (other.start < find.end and find.start < other.end)
            for others in (of_work, of_party)
            for key, other in others.items()
        )


def doubt(find: Find, name: Name, clues: Clues, around: Surroundings, translations: Translations) -> Doubt:
    """What a find of a name comes to."""
    told = clues.for_name(name, find, of_work_only=_is_met_anywhere(find, around))
    if not find.undisguised:
        if find.pattern.key.isdigit() and not told:
            # Nobody disguises a number: "f/2.4" is no 24.
            return Doubt.A_WORD
        return _respelt(find, name, told, around)
    common = find.pattern.common
    if told:
        return Doubt.MEANT
    short = common is Commonness.RARE or max(len(find.pattern.key), len(find.pattern.letters)) < around.shortest
    if short and find.plain and around.is_foreign and not _is_titled(find, around):
        return Doubt.A_WORD
    if common is Commonness.NAME:
        # What is no word of English may be one of the language that is written here.
        near = len(find.pattern.letters) <= _NEARLY_SHORT or find.how == "plural"
        maybe = near and len(find.pattern.words) == 1 and find.plain and around.is_foreign
        maybe = maybe or _is_translated(find, name, around, translations)
        return Doubt.PERHAPS if maybe else Doubt.MEANT
    if (
        _is_called_so(find)
        and _is_ones_own(find, around)
        and not _is_clued(name, around)
        and not _speaks_of_it(find, around)
    ):
        return Doubt.A_WORD
    if common is Commonness.GIVEN:
        if around.belongs_to_somebody(find.start, find.end, own=True):
            return Doubt.A_WORD
        return Doubt.MEANT if name.figure and _is_no_place(find, around) else Doubt.PERHAPS
    if common is Commonness.PHRASE:
        # Capitals inside make a name of it; what is counted and no part of something else is a thing.
        if _speaks_of_it(find, around) or is_quoted(around.text, find.start, find.end):
            return Doubt.MEANT
        if not find.plain:
            # In a heading every saying has capitals.
            heading = _is_a_saying(find) and not around.capitals_tell(find.start, find.end)
            return Doubt.PERHAPS if heading else Doubt.MEANT
        counted = _is_counted(find, around) and not _is_hyphenated(find, name, around)
        return Doubt.A_WORD if counted and not _is_clued(name, around) else Doubt.PERHAPS
    return _of_one_word(find, name, around)


def _of_one_word(find: Find, name: Name, around: Surroundings) -> Doubt:
    """A find of a word of every day or seldom met, or of a figure, of which nothing else is named."""
    common = find.pattern.common
    speaks = _speaks_of_it(find, around) or _is_titled(find, around)
    clued = _is_clued(name, around)
    if common is Commonness.FIGURE and not clued and around.follows_a_given_name(find.start):
        return Doubt.A_WORD
    if not find.plain and around.capitals_tell(find.start, find.end):
        if (common in _EASILY_PLACES or len(find.pattern.key) < 4) and around.next_to_a_capital(find.start, find.end):
            return Doubt.PERHAPS if common is Commonness.FIGURE else Doubt.A_WORD
        shouted = _is_shouted(find, around.text) and not speaks and not _is_depicted(find, around)
        if shouted and _is_held_together(find) and not clued:
            return Doubt.A_WORD
        doubted = shouted or _as_a_thing(find, around) or _is_ones_own(find, around)
        return Doubt.PERHAPS if doubted else Doubt.MEANT
    if speaks and _has_several_words(find) and common is Commonness.EVERYDAY:
        return Doubt.MEANT
    if speaks or clued or common is Commonness.FIGURE or _is_a_saying_meant(find, name, around):
        return Doubt.PERHAPS
    if find.pattern.key in FUNCTION_WORDS or common is Commonness.EVERYDAY or _as_a_thing(find, around):
        return Doubt.A_WORD
    return Doubt.PERHAPS


def _respelt(find: Find, name: Name, told: bool, around: Surroundings) -> Doubt:
    """A find whose spelling is not the registered one."""
    certainty = int(find.certainty)
    by_chance = find.how == "folded" and not told and name.text.isascii() and len(find.pattern.key) <= SHORT
    if by_chance and around.is_written_so(find.start, find.end):
        return Doubt.A_WORD
    if find.how in _BY_EDITS:
        if not told and around.belongs_to_somebody(find.start, find.end) and " " not in find.pattern.names[0].text:
            return Doubt.A_WORD
        if is_pinyin(around.text[find.start : find.end]) and is_pinyin(" ".join(find.pattern.parts)):
            # Other syllables are another Chinese name, rarely a slip.
            certainty = min(certainty, int(Certainty.POSSIBLE))
        common = find.pattern.common
        if _is_somebodys_name(around.text[find.start : find.end]):
            certainty = min(certainty, int(Certainty.POSSIBLE))
        seldom = common is Commonness.RARE or (common is Commonness.GIVEN and not is_given_name(find.pattern.key))
        if not told and seldom:
            certainty = min(certainty, int(Certainty.POSSIBLE))
        elif not told and common not in (Commonness.NAME, Commonness.PHRASE):
            certainty -= 1
    if told:
        certainty += 1
    return Doubt.MEANT if certainty >= 2 else Doubt.PERHAPS if certainty == 1 else Doubt.A_WORD


def _is_somebodys_name(written: str) -> bool:
    """Whether several words are each what people are called, so that they may be somebody's whose name is like it."""
    words = [word.lower() for word in WORD.findall(written)]
    return len(words) > 1 and all(is_given_name(word) or is_in(PEOPLE, word) for word in words)


_EASILY_PLACES = frozenset({Commonness.EVERYDAY, Commonness.FIGURE})
_BY_EDITS = frozenset({"misspelt", "sounds like", "repeated letters", "look-alike letters"})


def _is_clued(name: Name, around: Surroundings) -> bool:
    """Whether a keyword of the element stands in the text."""
    return any(f" {clue.lower()} " in around.small for clue in name.clues)


def _is_held_together(find: Find) -> bool:
    """Whether it is a number, or has no words but those that hold sentences together."""
    return find.pattern.key.isdigit() or all(part in FUNCTION_WORDS for part in find.pattern.parts)


def _is_translated(find: Find, name: Name, around: Surroundings, translations: Translations) -> bool:
    """Whether a word that translates a name stands in a text of that language as its other words do."""
    if find.pattern.common is not Commonness.NAME or not find.undisguised or len(find.pattern.parts) > 1:
        return False
    written = around.text[find.start : find.end]
    if written.isascii() or find.plain:
        of_the_language = find.plain and (around.is_foreign or around.is_written_so(find.start, find.end))
    else:
        of_the_language = not _has_case(written) and around.is_written_so(find.start, find.end)
    if not of_the_language or is_quoted(around.text, find.start, find.end) or _speaks_of_it(find, around):
        return False
    return translations.has(name)


def _has_case(written: str) -> bool:
    return written.lower() != written.upper()


def _has_several_words(find: Find) -> bool:
    """Whether it is more than one word with an article."""
    return len([part for part in find.pattern.parts if part != _ARTICLE]) > 1


def _is_a_saying(find: Find) -> bool:
    """Whether words that hold sentences together are part of it, an article before it apart."""
    return any(part in FUNCTION_WORDS and part != _ARTICLE for part in find.pattern.parts)


def _is_met_anywhere(find: Find, around: Surroundings) -> bool:
    """Whether hardly any text is without it, so that beside another name of a large catalogue it says nothing."""
    written_so = find.plain or _is_shouted(find, around.text)
    return find.undisguised and written_so and _is_held_together(find)


def _is_a_saying_meant(find: Find, name: Name, around: Surroundings) -> bool:
    """Whether several such words stand in quotation marks, or a number after a rank: "agent 007"."""
    if find.pattern.key.isdigit():
        before, _ = around.around(find.start, find.end)
        return name.figure and before[-1:] != [] and is_rank(before[-1].lower())
    return _has_several_words(find) and is_quoted(around.text, find.start, find.end)


def _speaks_of_it(find: Find, around: Surroundings) -> bool:
    """Whether the words next to a find speak of a film, a character, a likeness."""
    before, after = around.around(find.start, find.end)
    ahead = [word.lower() for word in before[-2:]]
    return (
        ahead in _LIKE
        or any(word in _SPOKEN_OF_BEFORE for word in ahead)
        or any(word.lower() in _SPOKEN_OF_AFTER for word in after[:1])
    )


def _is_titled(find: Find, around: Surroundings) -> bool:
    """Whether the words next to a find speak of its world, or of what is set in it."""
    rare = find.pattern.common is Commonness.RARE
    return is_taken_for_a_title(around.text, find.start, find.end, plural=find.how == "plural", rare=rare)


def _may_be_shouted(find: Find) -> bool:
    """Whether a find is one word that may be no name: two words side by side in capitals are seldom emphasis."""
    return find.undisguised and find.pattern.common not in (Commonness.NAME, Commonness.PHRASE)


def _is_shouted(find: Find, text: str) -> bool:
    """Whether a find is in capitals throughout, as emphasis and signs are."""
    return find.end - find.start > 1 and text[find.start : find.end].isupper()


def _is_depicted(find: Find, around: Surroundings) -> bool:
    """Whether a picture of it is asked for, and it is neither everyday matter nor said of another thing."""
    before, after = around.around(find.start, find.end)
    ahead, following = [word.lower() for word in before[-2:]], after[0].lower() if after else ""
    if ahead in _LIKE:
        return True
    if find.pattern.common is Commonness.EVERYDAY:
        return False
    asked = ahead[-1:] in _DEPICTING or (ahead[-1:] == ["of"] and ahead[0] in _PICTURES)
    return asked and (not following or following in FUNCTION_WORDS or following.endswith("ing"))


def _is_counted(find: Find, around: Surroundings) -> bool:
    """Whether it is one of many things, and not said of another: "a tin moon hangs" is, "a star wars battle" is not."""
    before, after = around.around(find.start, find.end)
    if find.pattern.parts[0] == _ARTICLE:
        # "My the hollow king" is the name of a file.
        return False
    following = after[0].lower() if after else ""
    said_of_another = is_described(following)
    return follows_a_determiner(before) and not said_of_another and not _is_done_by_persons(find, around)


def _is_hyphenated(find: Find, name: Name, around: Surroundings) -> bool:
    """Whether a name has a hyphen here as it is registered: hardly two words that happen to follow each other."""
    return "-" in name.text and "-" in around.text[find.start : find.end]


def _is_called_so(find: Find) -> bool:
    """Whether people are called so, with nothing before it but how one addresses them."""
    parts = find.pattern.parts
    if find.pattern.common is Commonness.GIVEN:
        return not is_only_a_place(parts)
    return len(parts) == 1 and (is_given_name(parts[0]) or is_in(PEOPLE, parts[0]))


def _is_ones_own(find: Find, around: Surroundings) -> bool:
    """Whether it is said of somebody's kin, pet or friend."""
    before, after = around.around(find.start, find.end)
    apposition = _APPOSITION.match(around.text[find.end : find.end + BEFORE])
    said = WORD.findall(apposition[1]) if apposition else []
    closed = 0 < len(said) <= _LONGEST_APPOSITION and not (before and before[-1].lower() in _COMPARED)
    return is_ones_own(before, said if closed else after, closed=closed)


def _is_no_place(find: Find, around: Surroundings) -> bool:
    """Whether a name that only places have is that of none here, nor of what is somebody's own."""
    if not is_only_a_place(find.pattern.parts) or around.is_foreign or _is_ones_own(find, around):
        return False
    before, after = around.around(find.start, find.end)
    mark = around.text[find.end : find.end + 1]
    # "Batman-esque" is said of what is like it.
    return mark != "-" and not is_spoken_of_as_a_place(before, after, apposed=mark == ",")


def _is_done_by_persons(find: Find, around: Surroundings) -> bool:
    """Whether the sentence takes for somebody what nobody is called."""
    if is_given_name(find.pattern.key):
        return False
    before, after = around.around(find.start, find.end)
    plural = find.how != "plural" and find.pattern.parts[-1].endswith("s")
    return is_somebody(before, after, plural=plural)


def _as_a_thing(find: Find, around: Surroundings) -> bool:
    """Whether grammar makes a common noun or adjective of it: "a joker card", "two sonic booms"."""
    before, after = around.around(find.start, find.end)
    if find.how == "plural" or is_said_of_a_thing(around.text, find.start, find.end):
        return True
    following = after[0].lower() if after else ""
    several = " " in around.text[find.start : find.end]
    # "Stitch the fabric" is a verb, "black panther in the jungle" the animal.
    has_object = find.plain and (following in DETERMINERS or following == _ARTICLE)
    if has_object and not several:
        return True
    if _is_done_by_persons(find, around):
        return False
    if has_object or follows_a_determiner(before):
        return True
    if find.plain and several and (not following or following in FUNCTION_WORDS):
        return True
    return is_described(following)
