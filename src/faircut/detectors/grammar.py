"""What grammar makes of a name that is also a word: somebody who acts or is acted upon, a thing among others, a place,
or somebody of one's own.

Small letters say nothing, but English leaves no article out beside one that it sets: "my dog meets spider-man" names
somebody, where "a black panther sleeps" tells of an animal. The lists hold what is done to a person, what a person is
made to do, and who belongs to somebody; each decides only together with the words around it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from faircut.detectors.common_words import FUNCTION_WORDS, is_adjective, is_everyday, is_given_name, is_place
from faircut.detectors.known_words import PLACES, WORDS, is_in


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ARTICLE = "the"
DETERMINERS = _words("""
a an another any each every no some two three four five six seven eight nine ten many few several both these those
this that my your his her its our their which what
""")
_POSSESSIVES = _words("""
my your his her its our their
""")
_OF_WHO_ASKS = frozenset({"my", "our", "your"})
"""Whose kin is nobody's figure: "her sister Elsa" may be told of another figure."""
_BEFORE_A_VERB = _words("""
i you we they who to will would can could should shall must may might please and then not let's don't
""")
_PRONOUNS = _words("""
me us him her them
""")

_DONE_TO_SOMEBODY = """
accompany adopt adore ambush arrest attack battle befriend bite bother bully challenge chase comfort confront
congratulate console convince defeat defend dodge embrace escort fight follow free frighten greet guard help hire hug
impersonate interview invite judge kick kidnap kill kiss love marry meet mimic mock nurse offend outrun pet phone
photograph portray praise punch push question race recognise recognize rescue ride save scare scold shoot shove slap
smack spank stab startle surprise tackle taunt teach tease tell thank tickle trick visit watch wrestle
"""
_DONE = MappingProxyType(
    {
        "bite": "bit bitten", "fight": "fought", "meet": "met", "ride": "rode ridden",
        "shoot": "shot", "teach": "taught", "tell": "told",
    }
)  # fmt: skip
_ACTIONS = _words("""
act appear argue attack bake battle beat bike bow box breathe bring brush build buy carry catch celebrate chase cheer
climb come cook crawl cry dance deliver destroy dive do drink drive eat enter fall feed fight fly get give go greet
help hide hold hug hunt jump kick kill kiss knit laugh leap learn lift listen lose march marry meet meditate move open
paint perform pilot play point pull punch push put race read relax rescue ride roar run save say scream sell serve
shake shoot shout sing sit skate ski sleep smash smile sneeze spin stand steal surf swim swing take talk teach tell
throw travel use visit wait wake walk wash watch wave wear whisper win work wrestle write yell
""")
_CAUSES = _words("""
make makes made making let lets letting help helps helped helping see sees saw seeing watch watches watched watching
hear hears heard hearing
""")
_WISHES = _words("""
want wants wanted need needs needed like likes ask asks asked asking tell tells told teach teaches taught teaching get
gets got getting force forces forced train trains trained allow allows allowed invite invites invited
""")
_WANTED = frozenset({"want", "wants", "need", "needs", "put", "puts", "have", "has", "include", "place", "like"})
_SHOWN_IN = _words("""
advert animation cartoon clip commercial film footage image movie photo picture reel scene short trailer video vlog
""")
_DISGUISED = _words("""
dressed disguised costumed cosplaying posing masquerading
""")
_WITH = frozenset({"and", "with"})

_RELATIONS = _words("""
aunt auntie baby boss boy boyfriend brother buddy child classmate coach colleague cousin coworker dad daddy daughter
dentist doctor father fiance fiancee flatmate friend girl girlfriend godchild goddaughter godfather godmother godson
gran grandchild granddaughter grandfather grandma grandmother grandpa grandson granny grandad granddad housemate
husband instructor kid landlady landlord lady mama mom mother mum mummy nan nanny neighbor neighbour nephew niece
nurse papa partner roommate sister son spouse stepbrother stepdaughter stepfather stepmother stepsister stepson
student teacher therapist toddler tutor twin uncle vet wife bird budgie bunny calf canary cat chicken chihuahua
cockatiel collie corgi cow dachshund dog donkey ferret foal gecko goat goldfish hamster hedgehog hen horse hound
iguana kitten kitty labrador lamb lizard mare mule parakeet parrot pet pig poodle pony pug pup puppy rabbit rat
retriever rooster sheep snake spaniel stallion tabby terrier tomcat tortoise turtle
""")
_PERSONS_AHEAD = 4

_TOWARDS_A_PLACE = _words("""
around at between from in inside into leaving near nearby outside through to toward towards via within
""")
_PLACE_NOUNS = _words("""
airport area avenue basin bay beach border boulevard bridge capital castle cathedral cemetery citizens city cliffs
coast coastline college countryside county district fields garden gorge governorate harbor harbour highway hill hills
hotel inhabitants island landscape market mayor mosque mountain mountains municipality museum neighborhood
neighbourhood oblast outskirts park people port prefecture province railway refinery region residents river road roads
rooftops shore skyline square stadium state station street streets suburb suburbs temple town train university valley
village villages weather workers
""")
_BESIDE = 2
_VERB_ENDING = re.compile(r"(?:s|ing|ed)$")
_ENDING_OF_OTHERS = re.compile(r"(?:[^siu]s|ing|ed)$")
"""Of verbs and plurals, but no adjective such as "gelatinous"."""
_PARTICIPLE = re.compile(r"(?:ing|ed)$")
_PLURAL = re.compile(r"[^siu]s$")
_VOWELS = "aeiou"


def _forms(verb: str) -> dict[str, str]:
    """What a regular verb becomes, with its ending."""
    forms = {verb: ""}
    doubled = verb + verb[-1]
    stem = verb[:-1] if verb.endswith("e") else verb
    third = verb + "es" if verb.endswith(("s", "sh", "ch", "x")) else verb + "s"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return forms | {verb[:-1] + "ies": "s", verb[:-1] + "ied": "ed", verb + "ing": "ing"}
    forms |= {third: "s", stem + "ed": "ed", stem + "ing": "ing"}
    if stem == verb and verb[-1] not in _VOWELS and verb[-2] in _VOWELS:
        forms |= {doubled + "ed": "ed", doubled + "ing": "ing"}
    return forms


def _all_forms(verbs: str, irregular: Mapping[str, str]) -> dict[str, str]:
    forms: dict[str, str] = {}
    for verb in verbs.split():
        forms |= _forms(verb) | dict.fromkeys(irregular.get(verb, "").split(), "ed")
    return forms


_DOING = _all_forms(_DONE_TO_SOMEBODY, _DONE)
"""Each form of the verbs whose object is a person, with its ending."""


def is_somebody(before: Sequence[str], after: Sequence[str], *, plural: bool = False) -> bool:
    """Whether a name without an article is the subject or object of what persons do, or stands beside one.

    ``plural``: the name itself is one, so that it takes a verb without an ending.
    """
    ahead, following = [word.lower() for word in before], [word.lower() for word in after]
    acts = following[:1] and following[0] in _ACTIONS
    if plural and acts and not ahead:
        return True
    bare = ahead[:-1] if ahead[-1:] == [_ARTICLE] else ahead
    if (acts and bare[-1:] and bare[-1] in _CAUSES) or _is_bidden(bare, following):
        return True
    if bare[-1:] and bare[-1] in _WANTED and following[:1] == ["in"] and not _SHOWN_IN.isdisjoint(following):
        return True
    if _is_with_a_person(bare, following) or (bare[-1:] == ["as"] and bare[-2:-1] and bare[-2] in _DISGUISED):
        return True
    return _is_acted_upon(bare) and not (following and _is_a_thing_of(following[0]))


def _is_bidden(ahead: Sequence[str], following: Sequence[str]) -> bool:
    """ "want iron man to dance"."""
    to_act = following[:1] == ["to"] and following[1:2] and following[1] in _ACTIONS
    return bool(to_act and ahead and ahead[-1] in _WISHES)


def _is_with_a_person(ahead: Sequence[str], following: Sequence[str]) -> bool:
    """ "iron man and my grandma", "me and iron man"."""
    if following[:1] and following[0] in _WITH and len(following) > 1:
        if following[1] in _PRONOUNS and following[2:3] != ["own"] and not _owns(following[1:]):
            return True
        if following[1] in _POSSESSIVES and any(word in _RELATIONS for word in following[2:4]):
            return True
    if ahead[-1:] and ahead[-1] in _WITH and len(ahead) > 1:
        if ahead[-2] in _PRONOUNS:
            return True
        return ahead[-2] in _RELATIONS and any(word in _POSSESSIVES for word in ahead[:-2])
    return False


def _owns(words: Sequence[str]) -> bool:
    """Whether "her" says whose rather than whom."""
    return words[0] == "her" and len(words) > 1 and words[1] not in FUNCTION_WORDS


def _is_acted_upon(ahead: Sequence[str]) -> bool:
    """Whether a verb whose object is a person stands before, adjectives between aside."""
    for at in range(len(ahead) - 1, -1, -1):
        word, earlier = ahead[at], ahead[at - 1] if at else ""
        ending = _DOING.get(word)
        if ending is not None:
            # "A fight", "a racing" and "two kicks" are no verbs; "two kids chase" and "to chase" are.
            if earlier in DETERMINERS or earlier == _ARTICLE:
                return False
            if ending == "s":
                return True
            if ending:
                return bool(earlier) and not is_adjective(earlier)
            return not earlier or earlier in _BEFORE_A_VERB or _PLURAL.search(earlier) is not None
        if word in FUNCTION_WORDS or not is_everyday(word) or _VERB_ENDING.search(word):
            return False
    return False


def _is_a_thing_of(following: str) -> bool:
    """Whether a noun follows of which the name says what it is like. After a verb, what ends like one is a plural."""
    return following not in FUNCTION_WORDS and is_everyday(following) and not _PARTICIPLE.search(following)


def is_described(following: str) -> bool:
    """Whether a word after a name is a thing that the name says something of, and no verb: "a wasp nest"."""
    return _is_a_thing_of(following) and not _VERB_ENDING.search(following)


def follows_a_determiner(before: Sequence[str]) -> bool:
    """Whether an article or number stands before, perhaps with adjectives between."""
    ahead = [word.lower() for word in before]
    seldom = True
    while ahead and _may_describe(ahead[-1], seldom=seldom):
        # "A philosopher discusses" describes nothing.
        seldom &= _ENDING_OF_OTHERS.search(ahead.pop()) is None
    return bool(ahead) and ahead[-1] in DETERMINERS


def _may_describe(word: str, *, seldom: bool) -> bool:
    """Whether a word may be an adjective. ``seldom``: one that is seldom met may be, too."""
    if word in FUNCTION_WORDS or word in DETERMINERS:
        return False
    if is_everyday(word):
        return True
    if "-" in word:
        return is_everyday(word.rsplit("-", 1)[1])
    return seldom and is_in(WORDS, word) and not _ENDING_OF_OTHERS.search(word)


def is_ones_own(before: Sequence[str], after: Sequence[str], *, closed: bool) -> bool:
    """Whether a name is said of kin, pets or friends of somebody: "my niece Alice", "Mario, my uncle,".

    ``closed``: what follows the name lies between commas, or a comma and the end.
    """
    ahead, following = [word.lower() for word in before], [word.lower() for word in after]
    if ahead and ahead[-1] in _RELATIONS and _is_owned(before[:-1]):
        return True
    return closed and following[:1] != [] and following[0] in _POSSESSIVES and following[-1] in _RELATIONS


def _is_owned(ahead: Sequence[str]) -> bool:
    """Whether somebody's possessive stands before, perhaps with adjectives between: a studio has no niece."""
    for word in reversed(ahead):
        if word.endswith(("'s", "’s")):
            return word.islower() or is_given_name(word[:-2].lower())
        if word.lower() in _OF_WHO_ASKS:
            return True
        if word.lower() in FUNCTION_WORDS:
            return False
    return False


def is_spoken_of_as_a_place(before: Sequence[str], after: Sequence[str], *, apposed: bool) -> bool:
    """Whether somebody goes to a name or lives there, or it says where a thing is.

    ``apposed``: a comma follows, as in "Batman, Turkey" and "Batman, the city on the river".
    """
    ahead, following = [word.lower() for word in before], [word.lower() for word in after]
    if ahead and ahead[-1] in _TOWARDS_A_PLACE:
        return True
    if any(word in _PLACE_NOUNS for word in (*ahead[-_BESIDE:], *following[: None if apposed else 1])):
        return True
    if apposed and any(word[0].isupper() and is_in(PLACES, word.lower()) for word in after[:_BESIDE]):
        return True
    if apposed or following[:1] == ["in"]:
        return any(is_place(word) for word in following)
    # "Fargo winter" and "Batman costume" leave open what is meant.
    return bool(following) and following[0] not in _ACTIONS and is_described(following[0])


__all__ = [
    "DETERMINERS",
    "follows_a_determiner",
    "is_described",
    "is_ones_own",
    "is_somebody",
    "is_spoken_of_as_a_place",
]
