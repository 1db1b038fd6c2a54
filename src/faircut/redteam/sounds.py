"""Names by ear: other ways to spell the same sounds, in Latin letters and in other scripts.

``said`` is what a reader hears; ``respelt`` and ``in_script`` write it otherwise. Rules of English orthography, and the
letters with which each script usually writes foreign names. Chinese characters are not among them.
"""

from __future__ import annotations

import random
import re

_HEARD = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tion", "Sun"),
        (r"sch|sh|sz", "S"),
        (r"tch|ch|cz", "C"),
        (r"^kn|^gn", "n"),
        (r"^wr", "r"),
        (r"ph", "f"),
        (r"igh", "I"),
        (r"gh", "g"),
        (r"wh", "w"),
        (r"dj|dge", "j"),
        (r"qu", "kw"),
        (r"x", "ks"),
        (r"tz|ts", "ts"),
        (r"c(?=[eiy])", "s"),
        (r"ck|c|q", "k"),
        (r"z", "s"),
        (r"(.)\1+", r"\1"),
        (r"ee|ea|ie|ii|y", "i"),
        (r"oo|ou|ew|ue", "u"),
        (r"ai|ei|ay|ey|ae", "e"),
        (r"au|aw|oa|ow|oe", "o"),
        (r"([aeiouI].*[^aeiou])(?:er|or|ar|ur|ir)$", r"\1r"),
        # In a word of one syllable a silent e makes the vowel before it long: kite is no kit.
        (r"^([^aeiou]*)a([^aeiou])e(s?)$", r"\1e\2\3"),
        (r"^([^aeiou]*)i([^aeiou])e(s?)$", r"\1I\2\3"),
        (r"(?<=[^aeiou])e$", ""),
        (r"I", "ai"),
        (r"h(?![aeiou])", ""),
        (r"(.)\1+", r"\1"),
    )
)
_RESPELLINGS = (
    ("c(?![ehiky])", "k"), ("k(?!n)", "c"), ("ck", "k"), ("ph", "f"), ("f", "ph"), ("x", "ks"), ("ks", "x"),
    ("qu", "kw"), ("kw", "qu"), ("z", "s"), ("y", "i"), ("i(?![ae])", "y"), ("ee", "ea"), ("ea", "ee"), ("oo", "u"),
    ("ou", "oo"), ("ai", "ay"), ("ay", "ei"), ("ei", "ai"), ("aw", "au"), ("au", "aw"), ("oa", "oe"), ("^kn", "n"),
    ("wh", "w"), ("w", "wh"), ("^r", "wr"), ("ss", "s"), ("ll", "l"), ("tt", "t"), ("nn", "n"), ("rr", "r"),
    ("(?<=[aeiou])l(?=[aeiou])", "ll"), ("(?<=[aeiou])n(?=[aeiou])", "nn"), ("(?<=[aeiou])t(?=[aeiou])", "tt"),
    ("(?<=[aeiou])r(?=[aeiou])", "rr"), ("(?<=[aeiou])s(?=[aeiou])", "z"), ("sh", "sch"), ("er$", "ur"), ("er$", "or"),
    ("or$", "er"), ("(?<=[^aeiou])e$", ""), ("(?<=[aeiou][nlrt])$", "e"), ("gh", "g"), ("tz", "ts"),
)  # fmt: skip
_MOST_RULES = 3


def said(word: str) -> str:
    """What a reader hears in a word of small Latin letters; equal where two spellings sound the same."""
    for pattern, sound in _HEARD:
        word = pattern.sub(sound, word)
    return word


def respelt(words: str, dice: random.Random) -> str | None:
    """Small Latin words with one to three spellings changed that do not change the sound; None where none fits."""
    out = words.split()
    changed = 0
    for pattern, other in dice.sample(_RESPELLINGS, len(_RESPELLINGS)):
        at = dice.randrange(len(out))
        made = re.sub(pattern, other, out[at], count=1)
        if made != out[at] and said(made) == said(out[at]):
            out[at] = made
            changed += 1
            if changed == _MOST_RULES or dice.random() < 0.4:
                break
    return " ".join(out) if changed else None


_SCRIPTS = {
    "Cyrillic": "a а b б C ч d д e е f ф g г h х i и j дж k к l л m м n н o о p п r р s с S ш t т u у v в w в",
    "Greek": "a α b μπ C τσ d ντ e ε f φ g γκ h χ i ι j τζ k κ l λ m μ n ν o ο p π r ρ s σ S σ t τ u ου v β w ου",
    "Arabic": "a ا b ب C تش d د e ي f ف g غ h ه i ي j ج k ك l ل m م n ن o و p ب r ر s س S ش t ت u و v ف w و",
    "Hebrew": "a א b ב C צ' d ד e - f פ g ג h ה i י j ג' k ק l ל m מ n נ o ו p פ r ר s ס S ש t ט u ו v ו w וו",
}
_TABLES = {
    script: dict(zip(row.split()[::2], (each.replace("-", "") for each in row.split()[1::2]), strict=True))
    for script, row in _SCRIPTS.items()
}
_NAGARI = dict(
    zip(
        "bCdfghjklmnprsStvw",
        ("ब", "च", "ड", "फ़", "ग", "ह", "ज", "क", "ल", "म", "न", "प", "र", "स", "श", "ट", "व", "व"),
        strict=True,
    )
)
_NAGARI_SIGNS = {"a": "ा", "e": "े", "i": "ी", "o": "ो", "u": "ू"}
_NAGARI_VOWELS = {"a": "आ", "e": "ए", "i": "ई", "o": "ओ", "u": "ऊ"}
_VIRAMA = "्"
_KANA_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サシスセソ", "t": "タティトゥテト",
    "d": "ダディドゥデド",
    "n": "ナニヌネノ", "h": "ハヒフヘホ", "b": "バビブベボ", "p": "パピプペポ", "m": "マミムメモ", "r": "ラリルレロ",
    "f": "ファフィフフェフォ", "v": "ヴァヴィヴヴェヴォ", "S": "シャシシュシェショ", "C": "チャチチュチェチョ",
    "j": "ジャジジュジェジョ", "w": "ワウィウウェウォ", "y": "ヤイユイェヨ",
}  # fmt: skip
_SMALL_KANA = "ァィゥェォャュョ"
_HANGUL_FIRST = {
    "g": 0, "n": 2, "d": 3, "r": 5, "l": 5, "m": 6, "b": 7, "v": 7, "s": 9, "S": 9, "": 11, "w": 11, "j": 12, "C": 14,
    "k": 15, "t": 16, "p": 17, "f": 17, "h": 18,
}  # fmt: skip
_HANGUL_VOWEL = {"a": 0, "e": 5, "o": 8, "u": 13, "i": 20}
_HANGUL_LAST = {"n": 4, "l": 8, "r": 8, "m": 16}
SCRIPTS = (*_TABLES, "Devanagari", "Japanese", "Korean")


def in_script(words: str, script: str) -> str:
    """Small Latin words as ``script`` (of ``SCRIPTS``) usually writes foreign names, by their sounds."""
    spoken = [said(word) for word in re.findall(r"[a-z]+", words)]
    between = "・" if script == "Japanese" else " "
    return between.join(_written(sound, script) for sound in spoken)


def _written(sound: str, script: str) -> str:
    if script in _TABLES:
        made = "".join(_TABLES[script].get(each, "") for each in sound)
        return re.sub("σ$", "ς", made)
    pairs = [(found[1], found[2]) for found in re.finditer(r"([^aeiou]?)([aeiou]?)", sound) if found[0]]
    write = {"Devanagari": _nagari, "Japanese": _kana, "Korean": _hangul}[script]
    return write(pairs)


def _nagari(pairs: list[tuple[str, str]]) -> str:
    out = ""
    for number, (consonant, vowel) in enumerate(pairs):
        if not consonant:
            out += _NAGARI_VOWELS[vowel]
        else:
            last = number == len(pairs) - 1
            out += _NAGARI.get(consonant, "") + (_NAGARI_SIGNS[vowel] if vowel else "" if last else _VIRAMA)
    return out


def _kana(pairs: list[tuple[str, str]]) -> str:
    out = ""
    for number, (consonant, vowel) in enumerate(pairs):
        if consonant == "n" and not vowel:
            out += "ン"
            continue
        row = _KANA_ROWS.get({"l": "r"}.get(consonant, consonant), _KANA_ROWS[""])
        kana = re.findall(f".[{_SMALL_KANA}]?", row)
        # A consonant alone is written with u, after t and d with o.
        silent = "o" if consonant in "td" else "u"
        out += kana["aiueo".index(vowel or silent)]
        if number == len(pairs) - 1 and not vowel and consonant == "r":
            out = f"{out[:-1]}ー"
    return out


def _hangul(pairs: list[tuple[str, str]]) -> str:
    out: list[list[int]] = []
    for consonant, vowel in pairs:
        if not vowel and consonant in _HANGUL_LAST and out and not out[-1][2]:
            out[-1][2] = _HANGUL_LAST[consonant]
        else:
            out.append([_HANGUL_FIRST.get(consonant, 11), _HANGUL_VOWEL[vowel] if vowel else 18, 0])
    return "".join(chr(0xAC00 + (first * 21 + middle) * 28 + last) for first, middle, last in out)


__all__ = ["SCRIPTS", "in_script", "respelt", "said"]
