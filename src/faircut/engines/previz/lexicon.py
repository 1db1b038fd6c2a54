"""The words the renderer knows how to draw: places, subjects, colours, motions, sounds. Plain data and look-ups."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""

COLOURS: Final[dict[str, Colour]] = {
    "red": (205, 52, 45), "crimson": (165, 28, 48), "scarlet": (214, 48, 36), "maroon": (112, 30, 38),
    "orange": (232, 126, 38), "amber": (240, 168, 48), "yellow": (244, 202, 60), "golden": (222, 172, 62),
    "gold": (222, 172, 62), "green": (72, 148, 76), "emerald": (32, 140, 96), "lime": (150, 206, 60),
    "olive": (118, 122, 56), "teal": (32, 132, 136), "turquoise": (58, 186, 182), "cyan": (60, 194, 216),
    "blue": (52, 104, 190), "navy": (32, 46, 92), "indigo": (70, 62, 150), "purple": (124, 70, 158),
    "violet": (140, 88, 186), "magenta": (200, 56, 142), "pink": (238, 148, 172), "brown": (124, 82, 52),
    "beige": (218, 198, 164), "tan": (200, 164, 118), "black": (38, 38, 44), "white": (240, 238, 232),
    "grey": (132, 136, 142), "gray": (132, 136, 142), "silver": (190, 196, 204), "copper": (184, 110, 66),
    "ginger": (206, 118, 54),
}  # fmt: skip

PLACES: Final[tuple[tuple[str, str], ...]] = (
    ("space", r"outer space|deep space|space|galaxy|nebula|asteroids?|cosmos|spacewalk"),
    ("moon", r"on the moon|lunar|moon surface|mars|martian"),
    ("underwater", r"underwater|coral|reef|sea ?bed|ocean floor|beneath the (?:sea|waves|ocean)|under the sea"),
    ("street", r"streets?|alleys?|avenue|boulevard|road through the city|downtown|market|pavement|sidewalk"),
    ("city", r"city|cityscape|skyline|skyscrapers?|rooftops?|town|metropolis"),
    ("room", r"rooms?|bedroom|kitchen|living room|hall|office|studio|indoors?|interior|corridor|library|workshop|cafe|café|bar|restaurant|classroom|attic|gallery|museum|table|desk"),
    ("sea", r"sea|ocean|waves|harbou?r|bay|lake|river|lagoon|open water"),
    ("beach", r"beach|shore|coast|seaside|island|sand bar"),
    ("desert", r"desert|dunes?|sahara|canyon|wasteland|savannah?"),
    ("forest", r"forests?|woods|jungle|woodland|grove|rainforest"),
    ("mountains", r"mountains?|alps|peaks?|cliffs?|valley|highlands|summit"),
    ("snow", r"snowy|arctic|tundra|glacier|frozen|winter|ice|snow-covered|in the snow|snow|antarctica?"),
    ("sky", r"in the sky|through the sky|sky|clouds|above the clouds"),
    ("hills", r"hills?|meadow|field|fields|grass|farm|countryside|park|garden|plain|prairie|village|lawn|pasture"),
)  # fmt: skip
"""Places in order of precedence, each with the words that call for it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A family of drawable things: which painter draws it, at what height in metres, how it moves if nothing is said."""

    painter: str
    height_m: float
    colour: Colour
    motion: str = "stand"
    medium: str = "ground"


_PERSON: Final = (62, 98, 150)
SUBJECTS: Final[dict[str, Kind]] = {
    "person": Kind("person", 1.75, _PERSON), "man": Kind("person", 1.8, _PERSON), "woman": Kind("person", 1.68, (168, 62, 78)),
    "child": Kind("child", 1.2, (230, 164, 56)), "robot": Kind("robot", 1.7, (176, 184, 192)),
    "astronaut": Kind("astronaut", 1.9, (236, 236, 232)), "knight": Kind("robot", 1.8, (150, 158, 170)),
    "dog": Kind("dog", 0.75, (168, 112, 64)), "cat": Kind("cat", 0.45, (206, 128, 62)), "fox": Kind("fox", 0.6, (214, 104, 44)),
    "wolf": Kind("dog", 0.95, (112, 116, 124)), "horse": Kind("horse", 2.0, (122, 76, 46)), "cow": Kind("cow", 1.6, (232, 226, 216)),
    "deer": Kind("deer", 1.5, (160, 104, 60)), "elephant": Kind("elephant", 3.1, (138, 140, 146)), "bear": Kind("bear", 1.4, (104, 70, 46)),
    "lion": Kind("lion", 1.2, (204, 154, 84)), "rabbit": Kind("rabbit", 0.42, (196, 186, 174)), "sheep": Kind("sheep", 1.0, (238, 234, 224)),
    "bird": Kind("bird", 0.55, (84, 112, 150), "fly", "air"), "gull": Kind("bird", 0.6, (236, 236, 234), "fly", "air"),
    "crow": Kind("bird", 0.5, (52, 52, 60), "fly", "air"), "owl": Kind("bird", 0.6, (142, 112, 82), "fly", "air"),
    "fish": Kind("fish", 0.5, (238, 138, 50), "swim", "water"), "whale": Kind("whale", 3.4, (66, 92, 124), "swim", "water"),
    "dolphin": Kind("whale", 1.4, (112, 140, 160), "swim", "water"), "butterfly": Kind("butterfly", 0.3, (226, 118, 48), "fly", "air"),
    "car": Kind("car", 1.45, (190, 54, 46)), "truck": Kind("truck", 2.9, (52, 112, 160)), "bus": Kind("bus", 3.0, (222, 168, 48)),
    "train": Kind("train", 3.6, (58, 92, 124), "drive"), "bicycle": Kind("bicycle", 1.05, (46, 120, 128)),
    "boat": Kind("sailboat", 6.0, (238, 232, 218), "sail", "surface"), "ship": Kind("ship", 12.0, (96, 62, 52), "sail", "surface"),
    "plane": Kind("plane", 4.0, (232, 234, 238), "fly", "air"), "rocket": Kind("rocket", 14.0, (236, 236, 240), "launch"),
    "ufo": Kind("ufo", 3.0, (150, 162, 172), "fly", "air"), "balloon": Kind("balloon", 1.5, (212, 56, 62), "float", "air"),
    "airship": Kind("hot_air_balloon", 16.0, (216, 84, 58), "float", "air"), "kite": Kind("kite", 1.3, (222, 74, 62), "float", "air"),
    "ball": Kind("ball", 0.36, (214, 62, 50)), "lantern": Kind("lantern", 0.55, (248, 176, 78)),
    "candle": Kind("candle", 0.4, (240, 230, 208)), "fire": Kind("fire", 1.1, (246, 140, 44)),
    "house": Kind("house", 6.5, (214, 190, 156)), "castle": Kind("castle", 26.0, (150, 144, 140)),
    "tower": Kind("tower", 18.0, (156, 148, 142)), "lighthouse": Kind("lighthouse", 20.0, (238, 234, 226)),
    "windmill": Kind("windmill", 12.0, (226, 216, 198)), "tree": Kind("tree", 7.0, (74, 122, 66)), "flower": Kind("flower", 0.5, (226, 84, 108)),
    "chair": Kind("chair", 0.95, (168, 116, 72)), "table": Kind("table", 0.8, (142, 96, 62)), "cup": Kind("cup", 0.3, (232, 226, 216)),
    "lamp": Kind("lamp", 1.6, (240, 208, 140)), "book": Kind("book", 0.32, (128, 52, 58)), "box": Kind("box", 0.6, (188, 146, 96)),
    "umbrella": Kind("umbrella", 1.1, (202, 48, 56)), "tent": Kind("tent", 1.9, (222, 136, 62)), "bottle": Kind("bottle", 0.34, (56, 112, 84)),
    "dragon": Kind("dragon", 3.2, (86, 136, 92), "fly", "air"), "bench": Kind("bench", 0.9, (132, 88, 56)),
}  # fmt: skip

ALIASES: Final[dict[str, str]] = {
    "figure": "person", "people": "person", "someone": "person", "boy": "child", "girl": "child", "kid": "child", "kids": "child",
    "children": "child", "men": "man", "women": "woman", "lady": "woman", "dancer": "woman", "queen": "woman", "princess": "woman",
    "mother": "woman", "grandmother": "woman", "actress": "woman", "witch": "woman", "runner": "person", "hiker": "person",
    "traveller": "person", "traveler": "person", "walker": "person", "farmer": "man", "fisherman": "man", "sailor": "man",
    "king": "man", "wizard": "man", "father": "man", "detective": "man", "soldier": "man", "worker": "person", "chef": "person",
    "courier": "person", "musician": "person", "painter": "person", "scientist": "person", "teacher": "person", "pilot": "person",
    "hero": "person", "stranger": "person", "silhouette": "person", "couple": "person", "crowd": "person", "monk": "man",
    "android": "robot", "droid": "robot", "cyborg": "robot", "spaceman": "astronaut", "cosmonaut": "astronaut",
    "puppy": "dog", "hound": "dog", "kitten": "cat", "kitty": "cat", "pony": "horse", "stallion": "horse", "mare": "horse",
    "donkey": "horse", "unicorn": "horse", "stag": "deer", "elk": "deer", "wolves": "wolf", "foxes": "fox", "bull": "cow",
    "buffalo": "cow", "goat": "sheep", "lamb": "sheep", "hare": "rabbit", "bunny": "rabbit", "squirrel": "rabbit", "tiger": "lion",
    "leopard": "lion", "birds": "bird", "eagle": "bird", "seagull": "gull", "raven": "crow",
    "sparrow": "bird", "hawk": "bird", "swan": "gull", "goose": "gull", "geese": "gull", "parrot": "bird", "dove": "gull",
    "shark": "whale", "goldfish": "fish", "moth": "butterfly", "butterflies": "butterfly", "taxi": "car", "cab": "car",
    "vehicle": "car", "convertible": "car", "van": "truck", "lorry": "truck", "pickup": "truck", "tram": "bus", "coach": "bus",
    "locomotive": "train", "bike": "bicycle", "cyclist": "bicycle", "sailboat": "boat", "yacht": "boat", "dinghy": "boat",
    "canoe": "boat", "raft": "boat", "galleon": "ship", "ferry": "ship", "freighter": "ship", "airplane": "plane",
    "aeroplane": "plane", "aircraft": "plane", "jet": "plane", "glider": "plane", "spaceship": "rocket", "spacecraft": "rocket",
    "shuttle": "rocket", "saucer": "ufo", "drone": "ufo", "satellite": "ufo", "zeppelin": "airship", "blimp": "airship",
    "football": "ball", "basketball": "ball", "sphere": "ball", "orb": "ball", "marble": "ball", "campfire": "fire", "bonfire": "fire",
    "flame": "fire", "cottage": "house", "cabin": "house", "hut": "house", "barn": "house", "home": "house", "palace": "castle",
    "fortress": "castle", "temple": "castle", "church": "tower", "oak": "tree", "pine": "tree", "rose": "flower",
    "tulip": "flower", "sunflower": "flower", "armchair": "chair", "stool": "chair", "throne": "chair", "desk": "table",
    "mug": "cup", "glass": "cup", "teacup": "cup", "vase": "bottle", "crate": "box", "chest": "box", "parcel": "box", "suitcase": "box",
    "package": "box", "streetlamp": "lamp", "parasol": "umbrella", "monster": "dragon", "dinosaur": "dragon", "letter": "book",
    "torch": "lantern", "candles": "candle", "boats": "boat",
}  # fmt: skip
"""Other words for the same drawing. "hot air balloon" is handled before single words."""

MOTIONS: Final[tuple[tuple[str, str], ...]] = (
    ("run", r"runs?|running|ran|races?|racing|gallops?|galloping|chas(?:e|es|ing)|sprint\w*|jogs?|jogging|dash\w*"),
    ("launch", r"launch\w*|lifts? off|blasts? off|takes? off|lift-off"),
    ("fly", r"fl(?:y|ies|ying|ew)|soar\w*|glid(?:e|es|ing)|hover\w*"),
    ("swim", r"swims?|swimming|dives?|diving"),
    ("drive", r"drives?|driving|drove|speeds?|speeding|rides?|riding|cycl(?:es|ing)|cruis\w+|rolls?|rolling"),
    ("sail", r"sails?|sailing|drifts? (?:on|across)|rows?|rowing"),
    ("float", r"floats?|floating|drifts?|drifting|rises|rising|ascend\w*"),
    ("jump", r"jumps?|jumping|hops?|hopping|leaps?|leaping|bounds"),
    ("dance", r"danc(?:e|es|ing)|spins?|spinning|twirl\w*|waves?|waving"),
    ("walk", r"walks?|walking|walked|strolls?|strolling|wander\w*|trots?|crosses|crossing|marches|steps?|approach\w*|hikes?|hiking|climbs?|prowls?|enters?|leaves|moves"),
    ("stand", r"stands?|standing|waits?|waiting|sits?|sitting|rests?|resting|sleeps?|sleeping|looks?|looking|watch(?:es|ing)?|parked|lies|lying|stays?|still"),
)  # fmt: skip

COUNTS: Final[dict[str, int]] = {
    "two": 2, "pair": 2, "couple": 2, "three": 3, "four": 4, "five": 5, "several": 4, "many": 5, "flock": 5, "herd": 4,
    "group": 4, "crowd": 5, "some": 3, "school": 5, "pack": 4, "fleet": 3, "dozens": 5,
}  # fmt: skip

AMBIENCES: Final[tuple[tuple[str, str], ...]] = (
    ("rain", r"rain\w*|drizzl\w+|downpour"), ("wind", r"wind\w*|gale|breez\w+|blizzard|storm\w*"),
    ("sea", r"sea|ocean|waves?|surf|beach|shore|coast|harbou?r"), ("stream", r"river|stream|creek|brook|waterfall"),
    ("fire", r"fire|campfire|bonfire|fireplace|burning|flames?"), ("crickets", r"crickets|cicadas"),
    ("birds", r"birdsong|birds? sing\w*|morning birds"), ("city", r"traffic|city|street|downtown"), ("crowd", r"crowd|market|audience"),
)  # fmt: skip

MOODS: Final[tuple[tuple[str, str], ...]] = (
    ("tense", r"tense|thriller|danger\w*|chase|suspens\w*|fear|scary|horror|dark|threat\w*|ominous|stalk\w*|noir|mystery|mysterious"),
    ("sad", r"sad|lonely|alone|melanchol\w*|grief|mourn\w*|tears|farewell|lost|abandoned"),
    ("epic", r"epic|battle|heroic|triumph\w*|grand|majestic|castle|army|launch\w*|rocket|storm\w*"),
    ("joyful", r"joy\w*|happy|happily|play\w*|fun|cheerful|funny|laugh\w*|danc\w*|bounc\w*|party|puppy"),
    ("dreamy", r"dream\w*|magic\w*|space|stars?|moonlit|underwater|night|snow\w*|fog\w*|mist\w*|float\w*"),
    ("calm", r"calm|peace\w*|quiet|gentle|slow|serene|sunset|golden|meadow|forest|sea"),
)  # fmt: skip

_STOP: Final = frozenset(
    "a an the of in on at to from into onto over under through across with and or then while as by for its his her their our my your "
    "this that these those it he she they we i you is are was were be been being slow slowly shot close up wide medium camera angle low "
    "high light golden hour left right top bottom day night dawn dusk sunset sunrise view scene image video audio frame lens cinematic "
    "static dolly pan tilt zoom orbit crane truck handheld style mood colour color warm cool soft bright dark very more small big large tiny old "
    "new young little huge giant tall long beautiful quiet lone single first last one two three out down back away around behind "
    "front near far away there here music sound rain wind dust snow fog mist morning afternoon evening noon storm time moment world way "
    "horizon distance background foreground ground floor wall window door face hand hands eyes head light shadow silence air style film movie "
    "fire water edge corner side middle center centre end beginning title following same other another everything something nothing story "
    "while whole bit lot kind sort piece part line path road trail track".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One subject in a text: which kind, its own noun, the colour said of it, how many."""

    noun: str
    kind: str
    colour: Colour | None
    count: int
    position: int
    descriptors: str = ""


def place_of(text: str) -> str | None:
    """The place that the words call for, or None."""
    lowered = text.lower()
    earliest = None
    for name, words in PLACES:
        if found := re.search(rf"\b(?:{words})\b", lowered):
            if name == "sky" and earliest is not None:
                continue
            earliest = earliest or name
            if name in ("space", "moon", "underwater", "street", "room"):
                return name
    return earliest


def singular(word: str) -> str:
    """A noun's dictionary key: itself, its alias, or either of those without a plural s."""
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if form in SUBJECTS:
            return form
        if form in ALIASES:
            return ALIASES[form]
    return ""


def mentions_of(text: str) -> list[Mention]:
    """Known subjects in the order of the text, one per kind and noun."""
    lowered = re.sub(r"\bhot[\s-]air[\s-]balloons?\b", "airship", text.lower())
    lowered = re.sub(r"\b(?:table|street|chair) lamp\b", "streetlamp", lowered)
    tokens = [(found[0], found.start()) for found in re.finditer(r"[a-zé'-]+", lowered)]
    found_mentions: list[Mention] = []
    for index, (token, position) in enumerate(tokens):
        kind = singular(token)
        if not kind or any(mention.noun == token for mention in found_mentions):
            continue
        following = tokens[index + 1][0] if index + 1 < len(tokens) else ""
        if (kind in ("truck", "ufo") and (following in ("left", "right", "shot") or "camera" in lowered[max(0, position - 12) : position])) or (
            token in ("figure", "cup", "glass", "silhouette", "box", "tower") and following in ("skating", "walls")
        ):
            continue
        if singular(following) and following not in ("man", "woman") and token not in ("bus", "train"):
            continue
        before = [word for word, _ in tokens[max(0, index - 4) : index]]
        for cut in range(len(before) - 1, -1, -1):
            if before[cut] in ("and", "with", "on", "in", "of", "past", "near", "behind", "from") or singular(before[cut]):
                lead = before[:cut] if before[cut] == "of" else []
                before = before[cut + 1 :]
                before = [word for word in lead if word in COUNTS] + before
                break
        colour = next((COLOURS[word] for word in before if word in COLOURS), None)
        if colour is not None and "golden hour" in lowered and "golden" in before:
            colour = None
        count = next((COUNTS[word] for word in before if word in COUNTS), 0)
        plural = token.endswith("s") and token not in ("bus", "glass") and singular(token.removesuffix("s")) == kind
        count = count or (3 if plural or token in ("birds", "people", "children", "geese", "wolves") else COUNTS.get(token, 1))
        found_mentions.append(Mention(token, kind, colour, min(count, 5), position, " ".join(before)))
    return found_mentions


def unknown_noun(text: str) -> str | None:
    """The likeliest head noun of a text that names nothing known: the word before a verb or a preposition that
    follows an article, else the first word that is no function word. None if there is none."""
    lowered = text.lower()
    phrases = re.findall(
        r"\b(?:an?|the|some|two|three|his|her|its)\s+((?:[a-z-]+\s+){0,3}?[a-z-]+)"
        r"(?=\s+(?:[a-z]+s|[a-z]+ing|in|on|at|of|over|under|with|by|near|is|are|from|through|into)\b|\s*[,.;:!?]|\s*$)",
        lowered,
    )
    heads = [phrase.split()[-1] for phrase in phrases]
    if not heads and place_of(lowered) is None:
        heads = re.findall(r"[a-z]{3,}", lowered)
    return next((word for word in heads if _may_be_thing(word)), None)


def _may_be_thing(word: str) -> bool:
    return len(word) > 2 and word not in _STOP and word not in COLOURS and place_of(word) is None and motion_of(word) is None and not word.endswith("ly")


def motion_of(text: str) -> str | None:
    """The first motion that the words name, or None."""
    lowered = text.lower()
    hits = [(found.start(), name) for name, words in MOTIONS if (found := re.search(rf"\b(?:{words})\b", lowered))]
    return min(hits)[1] if hits else None


def first_of(table: tuple[tuple[str, str], ...], text: str) -> list[str]:
    """All names of a table whose words occur in the text, in the table's order."""
    lowered = text.lower()
    return [name for name, words in table if re.search(rf"\b(?:{words})\b", lowered)]
