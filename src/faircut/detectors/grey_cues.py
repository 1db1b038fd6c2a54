"""Words around a name that put it into a zone: "in the style of …", "a parody of …", "… explained".

Some cues say by themselves what a prompt is about; whoever writes them may still go on about the name. Others are
wider: "inspired by …", "a critic discusses …". Before a name that somebody acts under they count only where nobody is
asked for: no "he", nothing that the figure does, and each mention with a cue of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from faircut.domain import GreyZone

_FILLER = (
    r"(?:\s+(?:the|a|an|that|this|old|new|classic|famous|film|movie|series|show|book|character|studio|der|die|das|"
)
_FILLER += r"den|dem|le|la|les|el|los|il|lo|gli|o|os|as|filme?|película|serie))*\s*[\"“”'‘«„(]*"

# What stands before the name, up to its first letter, and what stands after it, from its last. English, German, French,
# Spanish, Italian and Portuguese.
_CUES: Mapping[GreyZone, tuple[str, str]] = {
    GreyZone.STYLE: (
        r"\b(?:in|with|after|using)\s+(?:the\s+|a\s+)?(?:[\w-]+\s+){0,2}?(?:style|look|manner|spirit|aesthetics?|mood|vibe|"
        r"feel|tone|palette|colou?rs)\s+(?:of|from)|\b(?:à|a)\s+la|\bim\s+(?:stil|look|geist)(?:e)?\s+(?:von|der|des)|"
        r"\b(?:dans\s+le|au)\s+style\s+(?:de|du|d['’])|\b(?:al|en\s+el)\s+estilo\s+de(?:l)?|\bnello\s+stile\s+d(?:i|el)|"
        r"\bno\s+estilo\s+d[eoa]",
        # From the first of several spaces alone: looked for from each, a text of spaces takes time with its square.
        r"[\"”'’»]?(?:['’]s)?(?<![\s-])[\s-]+(?:style|styled|esque|inspired|aesthetics?)\b",
    ),
    GreyZone.PARODY: (
        r"\b(?:parod(?:y|ie|ia|ies|ying)|paródia|spoof(?:ing)?|satire|sátira|satira|send-?up|pastiche|mockumentary)"
        r"(?:\s+(?:film|video|sketch|trailer|scene))?(?:\s+(?:of|on|about|auf|von|über|de|du|di|do|da|sur|su|sobre))?",
        r"[\"”'’»]?(?:['’]s)?[\s-]+(?:parody|spoof|satire|pastiche|send-?up|parodie|parodia)\b",
    ),
    GreyZone.NEWS: (
        r"\b(?:news\s+(?:report|item|story|segment|broadcast|programme|program)|newsreel|documentary|reportage|"
        r"nachrichten(?:beitrag)?|dokumentation|dokumentarfilm|documentaire|reportaje|documental|documentario|documentário)"
        r"(?:\s+(?:film|video))?\s+(?:on|about|of|covering|über|sur|sobre|su)",
        r"[\"”'’»]?[\s-]+documentary\b",
    ),
    GreyZone.CRITICISM: (
        r"\b(?:review|critique|criticism|analysis|essay|retrospective|lecture|film\s+critic|kritik|rezension|analyse|"
        r"crítica|critica|análisis|análise|analisi|reseña|recensione)"
        r"(?:\s+(?:video|talk))?\s+(?:of|on|about|reviewing|discussing|zu|über|de|du|di|do|da|sur|sobre|su)",
        r"[\"”'’»]?[\s-]+(?:review|analysis|retrospective|explained)\b",
    ),
}
_OF_A_WORK = (
    r"(?:\s+(?:the|an?|its|their|his|her|how|why))*\s+(?:[\w-]+\s+)?(?:ending|finale|editing|cutting|making|premiere|"
    r"opening|release|score|music|soundtrack|sound\s+design|script|screenplay|dialogue|cinematography|history|success|failure|"
    r"influence|impact|popularity|reception|themes?|symbolism|philosophy|plot|production|filming|economics|ethics|"
    r"politics|box\s+office|lawsuit|trial|dispute|strike|merchandise|marketing)\s+(?:of|in|behind|for|over|around|at|on|about)"
)
"""What is spoken of where a work is spoken about, and nothing that is to be seen of it."""
_SPOKEN = (
    r"(?:podcasts?|lessons?|class|seminar|talk|interviews?|opinions?|thoughts|debates?|discussions?|quiz|explainer)"
)
_SPEAKING = (
    r"(?:reviews|reviewed|reviewing|critiques|critiquing|analy[sz]es|analy[sz]ing|discuss(?:es|ing)?|explain(?:s|ing)?|"
    r"dissect(?:s|ing)?|debat(?:es|ing)|interpret(?:s|ing)?|criticis(?:es|ing)|criticiz(?:es|ing)|"
    r"(?:talk|talks|talking|speak|speaks|speaking|lectures|lecturing)\s+(?:about|on))"
)
_REPORT = r"(?:reports?|reporting|reported|coverage|bulletin|segment|story|feature|broadcast|news(?:\s+item)?)"
_WIDER: Mapping[GreyZone, tuple[str, str]] = {
    GreyZone.STYLE: (
        r"\b(?:inspired\s+by|reminiscent\s+of|evok(?:es|ing)|evocative\s+of|inspirée?\s+de|inspirad[oa]\s+(?:en|por)|"
        r"ispirat[oa]\s+a|inspiriert\s+von|(?:grading|graded|palette|lighting|lit|shot|filmed|atmosphere|mood|vibes?|tones?|"
        r"colou?rs)\s+(?:just\s+)?(?:like|as)(?:\s+in)?|(?:palette|colou?rs|lighting|vibes?|mood|atmosphere|aesthetics?|"
        r"grading|look|feel)\s+(?:of|from))",
        r"[\"”'’»]?(?:['’]s)?(?<![\s-])[\s-]+(?:style|styled|esque|inspired|aesthetics?|vibes?|atmosphere|mood|palette|"
        r"colou?r\s+(?:palette|grading|grade|scheme)|colou?rs|lighting)\b|-like\b",
    ),
    GreyZone.PARODY: (
        r"\b(?:lampoon(?:s|ing)?(?:\s+of)?|spoofs|parodies|satiri[sz](?:es|ing)|mock(?:s|ing)|(?:makes?|making)\s+fun\s+of|"
        r"pok(?:es?|ing)\s+fun\s+at)",
        r"\s+but\b[^.;!?\n]{3,80}\b(?:parody|spoof|satire)\b",
    ),
    GreyZone.NEWS: (
        rf"\b(?:{_REPORT}|documentary|newsreel|reporter)(?:\s+live)?(?:\s+(?:on|about|from|of|covering|covers))?{_OF_A_WORK}|"
        rf"\b(?:news|reporter)\s+(?:covers|covering|reports?\s+on)(?:{_OF_A_WORK})?",
        r"(?!)",
    ),
    GreyZone.CRITICISM: (
        rf"\b{_SPOKEN}\s+(?:on|about|of)(?:{_OF_A_WORK})?|\b{_SPEAKING}(?:{_OF_A_WORK})?|"
        rf"\b(?:review|critique|analysis|essay|lecture)(?:\s+(?:of|on|about))?{_OF_A_WORK}|"
        r"\b(?:film|movie|book|game|series|show|theatre)\s+(?:review|critique|analysis)\s*:",
        r"[\"”'’»]?[\s-]+podcast\b",
    ),
}
_IN_WHICH = re.compile(
    rf"\b(?:(?:parody|spoof|satire|pastiche|lampoon)|(?:satirical|parody|spoof|comedy)\s+(?:sketch|skit|film|video|clip|"
    rf"trailer|scene|short))\s+(?:in\s+which|where){_FILLER}$",
    re.IGNORECASE,
)
"""A parody is the one use in which the figure acts."""
_LOOK_OF_A = re.compile(r"\b(?:an?|that|this|same|with|some)\s+[\"“‘«]?$", re.IGNORECASE)
_LOOK = re.compile(
    r"^[\"”'’»]?\s+(?:look|feel|feeling|tone)\b(?!\s*-?\s*(?:a?like|at|up|down|out|for|like)\b)", re.IGNORECASE
)
_NEWS_AHEAD = re.compile(rf"\b(?:{_REPORT}|reporters?|journalists?|anchor|correspondent)\b", re.IGNORECASE)
_EVENT = re.compile(
    r"^[\"”’»]?(?:['’]s)?\s+(?:fan\s+)?(?:convention|premiere|exhibition|theme\s+park|screening|anniversary|festival|"
    r"lawsuit|auction|strike|merchandise|box\s+office|ticket\s+sales)\b",
    re.IGNORECASE,
)
_FILMS_LOOK = re.compile(rf"\blooks?\s+like{_FILLER}$", re.IGNORECASE)
_FILMS = re.compile(r"^[\"”'’»]?\s+(?:movies?|films?|series|episodes?)\b", re.IGNORECASE)
_SAID_NO_MORE = re.compile(
    r"^[\"”'’»)\]]*(?:['’]s?\b|['’](?=\s)|\s*[,.;:!?()\]–—\n]|\s*$|\s+[-–—]\s|\s+(?:and|or|as)\b)", re.IGNORECASE
)
_ABOUT_THE_WORK = re.compile(rf"{_OF_A_WORK}{_FILLER}$", re.IGNORECASE)
_THING_OF_A_WORK = re.compile(
    r"^\s+(?:in|on|at|for|by|from|to|with|after|before|\d+|fans?|films?|movies?|books?|series|season|episode|game|comics?|titles?|intro|opening|credits|style)\b",
    re.IGNORECASE,
)
_MALE = r"he|him|his|himself|man|men|boys?|guys?|father|king|prince|gentleman"
_FEMALE = r"she|her|hers|herself|woman|women|girls?|lady|ladies|mother|queen|princess"
_ANYONE = (
    r"they|them|person|people\s+like|hero(?:es|ine|ines)?|character|figure|portrait|face|someone|somebody|kid|child|teen(?:ager)?|"
    r"costume|outfit|suit|mask|dress(?:ed|es)?\s+(?:as|up|like)|cosplay(?:er)?|lookalike|look-alike|double|spy|agent|wizard|"
    r"student|pupil|archaeologist|adventurer|detective|vigilante|plumber|protagonist|action\s+figure|doll|toy|statue|mascot"
)
_NO_PERSON = re.compile(
    r"\b(?:no|without|nobody|zero)\s+(?:any\s+)?(?:people|persons?|characters?|figures?|faces?)\b", re.IGNORECASE
)

_BEFORE = {zone: re.compile(rf"(?:{before}){_FILLER}$", re.IGNORECASE) for zone, (before, _) in _CUES.items()}
_AFTER = {zone: re.compile(rf"^(?:{after})", re.IGNORECASE) for zone, (_, after) in _CUES.items()}
_WIDER_BEFORE = {zone: re.compile(rf"(?:{before}){_FILLER}$", re.IGNORECASE) for zone, (before, _) in _WIDER.items()}
_WIDER_AFTER = {zone: re.compile(rf"^(?:{after})", re.IGNORECASE) for zone, (_, after) in _WIDER.items()}
STYLE_OF = re.compile(rf"(?:{_CUES[GreyZone.STYLE][0]}){_FILLER}", re.IGNORECASE)
STYLED_SO = re.compile(_CUES[GreyZone.STYLE][1], re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?;\n]")
_REACH = 90
"""Characters before a name that are searched for a cue."""


def cue_at(zone: GreyZone, text: str, span: Sequence[int]) -> str | None:
    """The words that put the name at ``span`` into a zone, if any: in its own sentence, next to it."""
    before, after = _around(text, span)
    return _found(_BEFORE[zone], _AFTER[zone], before, after)


def cue_of_all(zone: GreyZone, text: str, spans: Sequence[Sequence[int]]) -> str | None:
    """The first cue of a zone, if each sentence with the name in it has one: no sentence excuses another."""
    cues: dict[int, str | None] = {}
    ends = [each.start() for each in SENTENCE_END.finditer(text)]
    for span in spans:
        sentence = bisect_left(ends, span[0])
        cues[sentence] = cues.get(sentence) or cue_at(zone, text, span)
    return next(iter(cues.values())) if all(cues.values()) else None


def wider_cue(zone: GreyZone, text: str, spans: Sequence[Sequence[int]], *, of_work: bool) -> str | None:
    """The first wider cue of a zone, if each mention has one and none goes on about what is to be seen.

    ``of_work``: the name is the title of a work, not of somebody in it.
    """
    if not _are_all(text, spans):
        return None
    cues = [_wider_at(zone, text, span, of_work=of_work) for span in spans]
    return cues[0] if cues and all(cues) else None


def look_of_a_hero(text: str, spans: Sequence[Sequence[int]]) -> str | None:
    """The cue after a name that is a title and its hero's too, if each mention has one: "Harry Potter aesthetic"."""
    if not _are_all(text, spans):
        return None
    cues = []
    for span in spans:
        before, after = _around(text, span)
        found = _WIDER_AFTER[GreyZone.STYLE].search(after) or (
            _LOOK.search(after) if _LOOK_OF_A.search(before) else None
        )
        cues.append(found[0].strip(" -\"“”'’»") if found else None)
    return cues[0] if cues and all(cues) else None


def asks_for_somebody(text: str, spans: Sequence[Sequence[int]], registered: str = "") -> bool:
    """Whether a text speaks, beside a name, of somebody who may be meant by it.

    ``registered``: what is registered of the figure; if more of it is said of a man, a woman is somebody else.
    """
    male, female = (len(re.findall(rf"\b(?:{sex})\b", registered, re.IGNORECASE)) for sex in (_MALE, _FEMALE))
    words = [_ANYONE, *([_MALE] if male >= female else []), *([_FEMALE] if female >= male else [])]
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    rest = _NO_PERSON.sub(" ", "".join(letters))
    return bool(re.search(rf"\b(?:{'|'.join(words)})\b", rest, re.IGNORECASE))


def _are_all(text: str, spans: Sequence[Sequence[int]]) -> bool:
    """Whether what stands at ``spans`` stands nowhere else, as a word that may be a name or not."""
    places = {place for start, end in spans for place in range(start, end)}
    return all(
        each.start() in places
        for mention in {text[slice(*span)] for span in spans}
        for each in re.finditer(rf"(?<!\w){re.escape(mention)}(?!\w)", text)
    )


def _wider_at(zone: GreyZone, text: str, span: Sequence[int], *, of_work: bool) -> str | None:
    before, after = _around(text, span)
    if zone is GreyZone.PARODY and (found := _IN_WHICH.search(before)):
        return found[0].strip(" \"“”'‘«„(")
    if zone is GreyZone.STYLE:
        if _LOOK_OF_A.search(before) and (found := _LOOK.search(after)):
            return found[0].strip(" \"“”'’»")
        if (found := _FILMS_LOOK.search(before)) and _FILMS.search(after):
            return found[0].strip(" \"“”'‘«„(")
    if zone is GreyZone.PARODY and not of_work and _WIDER_AFTER[zone].search(after):
        return None
    if zone is GreyZone.NEWS and (found := _NEWS_AHEAD.search(before)) and _EVENT.search(after):
        return found[0]
    cue = _found(_WIDER_BEFORE[zone], _WIDER_AFTER[zone], before, after)
    goes_on = not (
        _SAID_NO_MORE.search(after)
        or _WIDER_AFTER[zone].search(after)
        or _ABOUT_THE_WORK.search(before)
        or (of_work and _THING_OF_A_WORK.search(after))
    )
    return None if goes_on else cue


def _around(text: str, span: Sequence[int]) -> tuple[str, str]:
    """What stands before a name in its sentence, and what stands after it."""
    start, end = span
    before = text[max(0, start - _REACH) : start]
    if ends := list(SENTENCE_END.finditer(before)):
        before = before[ends[-1].end() :]
    return before, text[end : end + _REACH]


def _found(ahead: re.Pattern[str], behind: re.Pattern[str], before: str, after: str) -> str | None:
    if found := ahead.search(before):
        return found[0].strip(" \"“”'‘«„(")
    if found := behind.search(after):
        return found[0].strip(" -\"“”'’»")
    return None


__all__ = [
    "SENTENCE_END",
    "STYLED_SO",
    "STYLE_OF",
    "asks_for_somebody",
    "cue_at",
    "cue_of_all",
    "look_of_a_hero",
    "wider_cue",
]
