"""Which language a prompt is written in, as far as it matters: can a sentence model that knows some languages judge it?

By script where one script means one language or few, and by the most frequent small words for those in Latin letters.
Two small words are asked for, so that a name or a borrowed phrase does not make an English prompt a foreign one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
_SMALL = {
    "en": "a an the of in on at to for with and or but is are was were be by from as it its his her he she they their "
    "this that while who into over under through near like wearing shot looking standing walking holding",
    "de": "der die das ein eine einen einem einer und mit auf im ist nicht den dem des von zu aus bei über unter "
    "ihr sein seine ihre trägt hat während wie durch vor hinter großer kleine rote alte",
    "fr": "le la les un une des et avec dans sur est du de au aux qui que son sa ses pour par en pas il elle ils "
    "tête porte sous très vers rouge homme femme petite grand",
    "es": "el la los las un una unos y con en de del que es por para su sus como lleva sobre hombre mujer niño "
    "bajo muy grande pequeño rojo cabeza mientras hacia tiene",
    "it": "il lo la gli le un uno una e con di del della nel nella che è per su suo sua come indossa uomo donna "
    "sotto molto grande piccolo rosso testa mentre verso ha degli",
    "pt": "o os as um uma uns e com em do da dos das no na que é por para seu sua como homem mulher sob muito "
    "grande pequeno vermelho cabeça enquanto tem veste não",
    "nl": "de het een en met op in van is niet die dat zijn haar uit bij door onder over naar draagt heeft terwijl "
    "grote kleine rode oude man vrouw voor",
    "pl": "i w z na się jest nie do od przez który która oraz pod nad przed jego jej ma jak wielki mały czerwony "
    "mężczyzna kobieta głowa ubrany",
    "cs": "a v s na se je není do od přes který která pod nad před jeho její má jak velký malý červený muž žena hlava",
    "sv": "en ett och med på i av är inte den det som sin sitt hans hennes till från under över medan har bär röd",
    "da": "en et og med på i af er ikke den det som sin sit hans hendes til fra under over mens har bærer rød",
    "fi": "ja on ei se joka hän jonka kanssa alla päällä pitkä suuri pieni punainen mies nainen pää yllään kuin",
    "tr": "bir ve ile bu için olan gibi üzerinde altında büyük küçük kırmızı adam kadın baş giyen çok uzun siyah beyaz",
    "ro": "un o și cu în de la pe este care din său sa cum poartă sub foarte mare mic roșu bărbat femeie cap",
    "hu": "egy a az és van nem aki amely alatt felett nagy kis piros férfi nő fej visel mint hosszú fekete fehér",
    "id": "yang dan di dengan dari ke untuk adalah sebuah seorang besar kecil merah pria wanita kepala memakai berdiri",
    "vi": "một và với của trong trên là có người không những các đang màu đỏ lớn nhỏ đầu mặc áo đàn ông phụ nữ",
}
IN_LATIN_LETTERS = frozenset(_SMALL)
"""Languages of the table that are written in Latin letters."""
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}
_LEAST_SHARE = 0.3
_LEAST_WORDS = 2
_UNDECIDED = "und"


def language_of(text: str) -> str | None:
    """A BCP 47 tag; "und" for a script that the table does not know; None when there are too few words to tell."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    scripts = Counter(_script(char) for word in words for char in word)
    letters = sum(scripts.values())
    if not letters:
        return None
    foreign = {script: count for script, count in scripts.items() if script != "LATIN"}
    if sum(foreign.values()) >= _LEAST_SHARE * letters:
        # Japanese is written with Chinese characters too: kana decide.
        for kana in ("HIRAGANA", "KATAKANA"):
            if kana in foreign:
                return "ja"
        return _SCRIPTS.get(max(foreign, key=lambda script: foreign[script]), _UNDECIDED)
    found = {language: sum(word in small for word in words) for language, small in _WORDS.items()}
    best = max(found, key=lambda language: (found[language], language == "en"))
    if best == "en" or found[best] < _LEAST_WORDS or found[best] <= found["en"] + 1:
        return "en" if found["en"] else None
    return best


def is_foreign_letter(char: str) -> bool:
    """Whether a character is a letter of another script than the Latin one. Forms such as full width count as plain."""
    return not char.isascii() and char.isalpha() and _script(unicodedata.normalize("NFKC", char)[0]) != "LATIN"


@lru_cache(maxsize=20_000)
def _script(char: str) -> str:
    return unicodedata.name(char, "UNKNOWN").split(" ", 1)[0].split("-", 1)[0]


__all__ = ["IN_LATIN_LETTERS", "is_foreign_letter", "language_of"]
