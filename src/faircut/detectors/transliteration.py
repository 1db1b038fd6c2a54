"""Words in other scripts to the phonemes of ``phonetic``: how a reader of the script would say them.

So "Дарт" and "דארת" meet "Darth", which general transliteration (ISO 9, ISO 259, ISO 233) does not aim at. Written for
loan words and names: stress, tone and vowels that a script leaves out are not recovered. Han characters have no
reading here; names in Han are found by their registered aliases only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

_LONGEST = 40
_BARE, _BARE_SYLLABLES = 2, 1
"""Letters that a word must have more of to be read without its particle."""
# Particles written onto a Korean or Japanese word, and letters of Hebrew and Arabic that are words before one.
_PARTICLES = frozenset("가이은는을를와과의에로도야아がはをにのとでもへ")
_PREFIXES = frozenset("הובלמשכوبلفك")
# Endings of Slavic and Greek cases that have a consonant. The genitive plural is left out: surnames end so (Petrov).
_CASES = {
    "Cyrillic": re.compile(r"(?<=\w{3})(?:[аяыи]ми|[оеє]го|[оеє]му|[оеє]ві|[оеёаяыи]м|[аяыи]х)\Z"),
    "Greek": re.compile(r"(?<=\w{3})[σν]\Z"),
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word's phonemes, each way that it may be read. ``script`` is the script's name in English.

    ``vowels`` says how much the vowels can be trusted (0..1).
    """

    sounds: tuple[str, ...]
    script: str
    vowels: float
    loan: str
    """Compare by loan keys, as this script writes foreign names: it lacks some of the sounds. "" where it does not."""
    native: tuple[tuple[str, ...], ...] = ()
    """For each letter in it that foreign names are seldom written with, the Latin ones for which they are."""
    cases: tuple[str, ...] = ()
    """Those of the sounds that it has without what may be the ending of a case."""


def _table(*rows: str) -> dict[str, str]:
    """Rows of "letter sound" pairs; a lone "." is no sound."""
    fields = " ".join(rows).split()
    return {letter: "" if sound == "." else sound for letter, sound in zip(fields[::2], fields[1::2], strict=True)}


_CYRILLIC = _table(
    "а a б b в v г g д d е e ё o ж J з z и i й Y к k л l м m н n о o п p р r с s т t у u ф f х h ц s ч C ш S щ S ъ .",
    "ы i ь . э e ю iu я ia і i ї i є e ґ g ў w ј Y љ l њ n ћ C ђ J џ J ѓ g ќ k ѕ z қ k ң n ғ g ү u ұ u һ h ө o ә a",
)
_CYRILLIC_PAIRS = (("дж", "J"), ("тс", "s"), ("дз", "z"), ("уо", "wo"), ("уи", "wi"), ("уэ", "we"), ("уа", "wa"))
_GREEK = _table(
    "α a β v γ g δ d ε e ζ z η i θ T ι i κ k λ l μ m ν n ξ ks ο o π p ρ r σ s ς s τ t υ i φ f χ h ψ ps ω o",
)
_GREEK_PAIRS = (
    ("μπ", "b"), ("ντ", "d"), ("γκ", "g"), ("γγ", "g"), ("τζ", "J"), ("τσ", "C"), ("ου", "u"), ("αι", "e"),
    ("ει", "i"), ("οι", "i"), ("αυ", "av"), ("ευ", "ev"),
)  # fmt: skip
_ARABIC = _table(
    "ا a ب b ت t ث T ج J ح h خ k د d ذ d ر r ز z س s ش S ص s ض d ط t ظ z ع . غ g ف f ق k ك k ل l م m ن n ه h و u ي i",
    "ى a ة a ء . أ a إ i آ a ؤ u ئ i پ p چ C ژ J گ g ڤ v ک k ی i ہ h ے e ٹ t ڈ d ڑ r ں n ھ h",
)
_HEBREW = _table(
    "א a ב b ג g ד d ה h ו u ז z ח h ט t י i כ k ך k ל l מ m ם m נ n ן n ס s ע . פ p ף f צ s ץ s ק k ר r ש S ת t"
)
_HEBREW_PAIRS = (
    ("ג'", "J"),
    ("ז'", "J"),
    ("צ'", "C"),
    ("ת'", "T"),
    ("ץ'", "C"),
    ("וו", "v"),
    ("ג׳", "J"),
    ("צ׳", "C"),
    ("ת׳", "T"),
)
_NATIVE = {
    **dict.fromkeys("حח", ("h",)), **dict.fromkeys("عصضطظע", ()), "ق": ("q",),
    "ذ": ("dh", "th"), "ث": ("th",), "ת": ("th",), **dict.fromkeys("צץ", ("ts", "tz", "z", "cz")),
}  # fmt: skip
"""Letters of Arabic and Hebrew for sounds that they have and others lack, with what they may be written for."""
_ARTICLE = "al"
_DEVANAGARI = _table(
    "क k ख k ग g घ g ङ n च C छ C ज J झ J ञ n ट t ठ t ड d ढ d ण n त t थ T द d ध d न n प p फ f ब b भ b म m य Y र r ल l",
    "ळ l व v श S ष S स s ह h अ a आ a इ i ई i उ u ऊ u ए e ऐ e ओ o औ o ऋ ri ऑ o ऍ e ा a ि i ी i ु u ू u े e ै e ो o ौ o",
    "ॉ o ॅ e ृ ri ं n ँ n ः h ऎ e ऒ o ॆ e ॊ o ऱ r ऴ l",
)
_PAIRS = (("tS", "C"), ("ts", "s"), ("dJ", "J"), ("eY", "e"), ("ei", "e"))
_KOREAN_L = ("lr", "l")
_VIRAMA, _NUKTA = "\u094d", "\u093c"
_NUKTA_SOUNDS = {"ज": "z", "फ": "f", "क": "k", "ख": "k", "ग": "g", "ड": "r", "ढ": "r"}
_KANA = _table(
    "ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko サ sa シ Si ス su セ se ソ so タ ta チ Ci ツ su テ te",
    "ト to ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho マ ma ミ mi ム mu メ me モ mo ヤ Ya ユ Yu ヨ Yo",
    "ラ ra リ ri ル ru レ re ロ ro ワ wa ヲ o ン n ガ ga ギ gi グ gu ゲ ge ゴ go ザ za ジ Ji ズ zu ゼ ze ゾ zo",
    "ダ da ヂ Ji ヅ zu デ de ド do バ ba ビ bi ブ bu ベ be ボ bo パ pa ピ pi プ pu ペ pe ポ po ヴ vu ー . ッ . ・ .",
)
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ャ": "a", "ュ": "u", "ョ": "o", "ヮ": "a"}
_INITIALS = ("g", "k", "n", "d", "t", "r", "m", "b", "p", "s", "s", ".", "J", "J", "C", "k", "t", "p", "h")
_MEDIALS = (
    "a",
    "e",
    "ia",
    "ie",
    "o",
    "e",
    "io",
    "ie",
    "o",
    "wa",
    "we",
    "we",
    "io",
    "u",
    "wo",
    "we",
    "wi",
    "iu",
    "u",
    "ui",
    "i",
)
_FINALS = (
    ".",
    "k",
    "k",
    "ks",
    "n",
    "nJ",
    "n",
    "t",
    "l",
    "lk",
    "lm",
    "lb",
    "ls",
    "lt",
    "lp",
    "l",
    "m",
    "b",
    "bs",
    "s",
    "s",
    "n",
    "J",
    "C",
    "k",
    "t",
    "p",
    "t",
)
_GEORGIAN = _table(
    "ა a ბ b გ g დ d ე e ვ v ზ z თ t ი i კ k ლ l მ m ნ n ო o პ p ჟ J რ r ს s ტ t უ u ფ p ქ k ღ g ყ k შ S ჩ C ც s ძ z",
    "წ s ჭ C ხ h ჯ J ჰ h",
)
_ARMENIAN = _table(
    "ա a բ b գ g դ d ե e զ z է e ը e թ t ժ J ի i լ l խ h ծ s կ k հ h ձ z ղ g ճ C մ m յ Y ն n շ S ո o չ C պ p ջ J ռ r",
    "ս s վ v տ t ր r ց s ւ v փ p ք k օ o ֆ f և ev",
)


@lru_cache(maxsize=20_000)
def spoken(word: str) -> Spoken | None:
    """How a word sounds that is written in one of the scripts above, all of it; None for any other."""
    word = unicodedata.normalize("NFKC", word[:_LONGEST]).casefold()
    letters = [char for char in word if unicodedata.category(char)[0] == "L"]
    scripts = {_script(char) for char in letters}
    if len(scripts) != 1 or (script := scripts.pop()) is None:
        return None
    sound = _collapse(_READERS[script](word), script)
    vowels, loan = _TRUST[script]
    if not sound:
        return None
    sounds = _readings(sound, script)
    bare = word[:-1] if word[-1] in _PARTICLES else word[1:] if word[0] in _PREFIXES else ""
    if bare and len(letters) > (_BARE_SYLLABLES if script == "Korean" else _BARE):
        sounds += _readings(_collapse(_READERS[script](bare), script), script)
    cases: tuple[str, ...] = ()
    if script in _CASES and (stem := _CASES[script].sub("", word)) != word:
        cases = _readings(_collapse(_READERS[script](stem), script), script)
    native = tuple(_NATIVE[char] for char in letters if char in _NATIVE)
    return Spoken(sounds + cases, script, vowels, script if loan else "", native, cases)


def _readings(sound: str, script: str) -> tuple[str, ...]:
    """What else the letters may stand for: a Cyrillic g for h, h for kh, a Greek nd for d, an Indian v for w."""
    found = [sound]
    if script == "Cyrillic" and "g" in sound:
        found.append(sound.replace("g", "h"))
    if script in ("Cyrillic", "Greek") and "h" in sound:
        found.append(sound.replace("h", "k"))
    if script == "Greek":
        found += [re.sub(f"(?<=.)[nm](?=[{after}])", "", sound) for after in ("b", "d", "g", "bdg")]
        found += [each.replace("C", "s") for each in found if "C" in each]
        # It has no letter for what English writes sh.
        found += [each.replace("s", "S") for each in found if "s" in each]
    if script == "Hebrew" and "u" in sound:
        # A vav inside a word may be a consonant.
        found += [sound[:at] + "v" + sound[at + 1 :] for at, each in enumerate(sound) if each == "u"]
        found.append(sound.replace("u", "v"))
    if script == "Arabic" and sound.startswith(_ARTICLE):
        found.append(sound[len(_ARTICLE) :])
    if script in ("Japanese", "Korean"):
        # Vowels put in because the script has no bare consonants.
        found += [
            re.sub("(?<=[td])o(?![aeiou])|(?<=[^aeiouwY])u(?![aeiou])", "", each)
            for each in (sound, re.sub("[hf]u(?=[^aeiou])", "ku", sound), sound.replace("fu", "hu"))
        ]
        # What then stands side by side may be one sound.
        found += [_collapse(each, script) for each in found]
    if script in ("Devanagari", "Indic"):
        found += [sound.replace("v", "w")] * ("v" in sound) + [sound.replace("T", "t")] * ("T" in sound)
    return tuple(dict.fromkeys(found))


def script_of(word: str) -> str | None:
    """The script above in which a word is written, folded or not: folding makes Latin letters of some."""
    return next((script for char in word if (script := _script(char))), None)


def _script(char: str) -> str | None:
    point = ord(char)
    for first, last, name in _RANGES:
        if first <= point <= last:
            return name
    return None


def _by_letters(word: str, table: dict[str, str], pairs: tuple[tuple[str, str], ...] = ()) -> str:
    # The breve makes another letter of a Cyrillic i.
    bare = (
        char for char in unicodedata.normalize("NFD", word) if char == "\u0306" or unicodedata.category(char) != "Mn"
    )
    word = unicodedata.normalize("NFC", "".join(bare))
    for pair, sound in pairs:
        word = word.replace(pair, sound)
    return "".join(table.get(char, char if char.isascii() and char.isalpha() else "") for char in word)


def _collapse(sound: str, script: str) -> str:
    sound = re.sub(r"(.)\1+", r"\1", sound)
    for pair, one in (*_PAIRS, _KOREAN_L) if script == "Korean" else _PAIRS:
        sound = sound.replace(pair, one)
    return sound


def _cyrillic(word: str) -> str:
    return _by_letters(word, _CYRILLIC, _CYRILLIC_PAIRS)


def _greek(word: str) -> str:
    # After a vowel the pairs are mostly spoken with the nasal.
    word = unicodedata.normalize("NFD", word)
    nasal = re.sub("(?<=[αεηιουω])\u0301?ντ", "nd", word)
    nasal = re.sub("(?<=[αεηιουω])\u0301?γκ", "ng", re.sub("(?<=[αεηιουω])\u0301?μπ", "mb", nasal))
    return _by_letters(nasal, _GREEK, _GREEK_PAIRS)


def _arabic(word: str) -> str:
    article = word.startswith("ال") and len(word) > 5
    return (_ARTICLE if article else "") + _by_letters(word.removeprefix("ال") if article else word, _ARABIC)


def _hebrew(word: str) -> str:
    sound = _by_letters(word, _HEBREW, _HEBREW_PAIRS)
    # A word that begins with vav begins with v.
    return "v" + sound[1:] if word.startswith("ו") and sound.startswith("u") else sound


def _indic(word: str) -> str:
    """Devanagari, and the scripts of India whose Unicode blocks follow its order (ISCII, IS 13194)."""
    out: list[str] = []
    pending, last = False, ""
    for each in unicodedata.normalize("NFD", word):
        char = chr(0x0900 + (ord(each) & 0x7F)) if 0x0980 <= ord(each) < 0x0D80 else each
        if char == _NUKTA and out and pending:
            out[-1] = _NUKTA_SOUNDS.get(last, out[-1])
            continue
        if char == _VIRAMA:
            pending = False
            continue
        sound = _DEVANAGARI.get(char, "")
        vowel_sign = "\u093e" <= char <= "\u094c"
        consonant = "\u0915" <= char <= "\u0939"
        if pending and not vowel_sign:
            out.append("a")
        out.append(sound)
        pending, last = consonant, char
    # The inherent vowel at the end of a word is not spoken.
    return "".join(out)


def _kana(word: str) -> str:
    out: list[str] = []
    for each in word:
        char = chr(ord(each) + 0x60) if "\u3041" <= each <= "\u3096" else each
        if char in _SMALL and out and out[-1]:
            out[-1] = out[-1][:-1] + _SMALL[char]
        else:
            out.append(_KANA.get(char, _SMALL.get(char, "")))
    return "".join(out)


def _hangul(word: str) -> str:
    out: list[str] = []
    for char in unicodedata.normalize("NFC", word):
        index = ord(char) - 0xAC00
        if 0 <= index < 11172:
            parts = (_INITIALS[index // 588], _MEDIALS[index % 588 // 28], _FINALS[index % 28])
            out += [part for part in parts if part != "."]
    return "".join(out)


_READERS: dict[str, Callable[[str], str]] = {
    "Cyrillic": _cyrillic,
    "Greek": _greek,
    "Arabic": _arabic,
    "Hebrew": _hebrew,
    "Devanagari": _indic,
    "Indic": _indic,
    "Japanese": _kana,
    "Korean": _hangul,
    "Georgian": partial(_by_letters, table=_GEORGIAN),
    "Armenian": partial(_by_letters, table=_ARMENIAN),
}
_TRUST = {
    "Cyrillic": (1.0, False),
    "Greek": (1.0, False),
    "Arabic": (0.3, True),
    "Hebrew": (0.3, True),
    "Devanagari": (0.7, False),
    "Indic": (0.5, True),
    "Japanese": (0.6, True),
    "Korean": (0.6, True),
    "Georgian": (1.0, False),
    "Armenian": (1.0, False),
}
_RANGES = (
    (0x0370, 0x03FF, "Greek"),
    (0x1F00, 0x1FFF, "Greek"),
    (0x0400, 0x052F, "Cyrillic"),
    (0x0531, 0x0587, "Armenian"),
    (0x05D0, 0x05EA, "Hebrew"),
    (0x0620, 0x06D3, "Arabic"),
    (0x0900, 0x097F, "Devanagari"),
    (0x0980, 0x0D7F, "Indic"),
    (0x10D0, 0x10FF, "Georgian"),
    (0x3041, 0x30FF, "Japanese"),
    (0xAC00, 0xD7A3, "Korean"),
)
