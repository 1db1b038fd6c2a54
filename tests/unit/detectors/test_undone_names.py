"""Names found by undoing a disguise: leet, repeats, backwards; and names in Han and pinyin."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faircut.detectors.common_words import is_known, is_met
from faircut.detectors.folding import fold
from faircut.detectors.han import pinyin_of, syllable_of, without_tones
from faircut.detectors.names import NamesDetector
from faircut.detectors.readings import readings_of
from faircut.detectors.registry import Name, Registry
from faircut.detectors.undressed import undressed
from faircut.domain import Asset, Match, MediaKind

EVERYDAY = ("the Dune Ray", "the Hush Car", "Lamp of Nine Windows", "Cinder Nun")
"""Names of words that everybody uses."""


@pytest.fixture(scope="module")
def everyday(memory_catalogue: Any) -> NamesDetector:
    memory = memory_catalogue()
    for name in (
        *EVERYDAY,
        "Frozen",
        "Old Tom Sallow",
        "Tayf al-Raml",
        "Kirisame Hinata",
        "Gullivant",
        "もふりん",
        "the Rain Queen's cape",
    ):
        memory.add_name(name)
    return NamesDetector(memory)


def ask(detector: NamesDetector, text: str) -> list[Match]:
    return list(detector.detect(Asset("prompt", MediaKind.TEXT, "", len(text), text=text), {}))


def _leet(name: str, dice: random.Random) -> str:
    table = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "l": "1|"}
    return "".join(dice.choice(table[char]) if char in table else char for char in name.lower())


def _stretched(name: str, dice: random.Random) -> str:
    at = dice.choice([place for place, char in enumerate(name) if char.isalpha()])
    return name[:at] + name[at] * dice.choice((3, 4, 6)) + name[at + 1 :]


DISGUISES: dict[str, Callable[[str, random.Random], str]] = {
    "backwards": lambda name, _: name.lower()[::-1],
    "each word backwards": lambda name, _: " ".join(word[::-1] for word in name.lower().split()),
    "stretched": _stretched,
    "leet": _leet,
    "signs between": lambda name, dice: " ".join(dice.choice("-._*🙂").join(word) for word in name.split()),
    "backwards, signs between": lambda name, _: " ".join("-".join(word) for word in name[::-1].lower().split()),
}
AROUND = ("{} on a hill", "draw {} in a forest", "In watercolour: {}", "a party, balloons, and {} brings the cake")


@settings(deadline=None, max_examples=80)
@given(
    name=st.sampled_from(EVERYDAY),
    disguise=st.sampled_from(sorted(DISGUISES)),
    around=st.sampled_from(AROUND),
    seed=st.integers(0, 999),
)
def test_a_disguise_proves_that_a_name_of_common_words_is_meant(
    everyday: NamesDetector, name: str, disguise: str, around: str, seed: int
) -> None:
    written = DISGUISES[disguise](name, random.Random(seed))
    assert f"el:{name}" in {match.element_id for match in ask(everyday, around.format(written))}, written


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("draw h⁣u᠎s‌h kär in a forest", "the Hush Car"),
        ("ⓡⓐⓨ ⓓⓤⓝⓔ on a hill", "the Dune Ray"),
        ("L9a6m2p̱ o3f̣ N1ï4n5ë W0i9n8d7o6w5ṡ", "Lamp of Nine Windows"),
        ("the hush kaar on a hill", "the Hush Car"),
        ("the Dune R-y on a hill", "the Dune Ray"),
        ("th Hsh Cr on a hill", "the Hush Car"),
        ("хуш кар on a hill", "the Hush Car"),
        ("Hinata Kiris/ame on a hill", "Kirisame Hinata"),
        ("my_ame_Kiris_Hinata.png", "Kirisame Hinata"),
        ("Kir isane Hinata on a hill", "Kirisame Hinata"),
        ("Gul_l-v-nt on a hill", "Gullivant"),
        ("*ull*vant on a hill", "Gullivant"),
        ("#gull1v4nt2026 on a hill", "Gullivant"),
        ("んりふも on a hill", "もふりん"),
        ("the c1nd3r nun'$ hat", "Cinder Nun"),
        ("my_atanih_emasirik.png", "Kirisame Hinata"),
        ("Hinata’s Kirisame on a hill", "Kirisame Hinata"),
        ("cape Queen's Rain on a hill", "the Rain Queen's cape"),
    ],
)
def test_disguises_on_one_another_and_slips_beside_the_rest_of_a_name(
    everyday: NamesDetector, text: str, name: str
) -> None:
    assert f"el:{name}" in {match.element_id for match in ask(everyday, text)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Close-up of the clune ray, soft light", "the Dune Ray"),
        ("Chapter one: the briar bricle's clress", "the Briar Bride's dress"),
        ("where the HHHuuuuush Carr meets a fisherman", "the Hush Car"),
        ("my_the_blinnnnnddd_elephannnt.png", "the blind elephant"),
        ("my_the_blind_elephant.png", "the blind elephant"),
        ("Not Feeufolleettee but the twin of Feeufolleettee", "Feufollette"),
        ("Close-up of Blłlⅼlеϲħķaaｓｐar, soft light", "Blechkaspar"),
        ("Not J55s5s55m5 T1h11r1n1c1r11f1t but the twin", "Jessamy Thorncroft"),
        ("a video of 7h3 7h0r|\\|w3dd1|\\|9 90w|\\| in the rain", "the Thornwedding Gown"),
        ("|\\| . a . |\\| . a   o . y . e . l . a . r . a . |\\|, that very evening", "Nana Oyelaran"),
        ("Que_en Magpie on a hill", "Magpie Queen"),
        ("Chapter one: [ha]bit Cinder", "Cinder habit"),
        ("Well Parley, that very evening", "the Parley Well"),
        ("draw Grafter the in a forest", "the Grafter"),
        ("my_the_clune_ray.png", "the Dune Ray"),
        ("Feeuuffoolleettee dances", "Feufollette"),
        ("the Carr HHHuuuuush", "the Hush Car"),
        ("Que{en} Magpie on a hill", "Magpie Queen"),
        ("Qu_ee_n Magpie on a hill", "Magpie Queen"),
        ("|) . u . n . e . r . a . y", "the Dune Ray"),
        ("Grafter the, that very evening", "the Grafter"),
    ],
)
def test_one_disguise_on_another(memory_catalogue: Any, text: str, name: str) -> None:
    memory = memory_catalogue()
    for each in (
        *EVERYDAY,
        "the Briar Bride's dress",
        "the blind elephant",
        "Feufollette",
        "Blechkaspar",
        "Jessamy Thorncroft",
        "the Thornwedding Gown",
        "Nana Oyelaran",
        "Magpie Queen",
        "Cinder habit",
        "the Parley Well",
        "the Grafter",
    ):
        memory.add_name(each)
    assert f"el:{name}" in {match.element_id for match in ask(NamesDetector(memory), text)}


@pytest.mark.parametrize(
    "text",
    [
        "the morna singers of Mindelo",
        "a clown at the table, gauze and/or lint",
        "call the grafter the best gardener in the valley",
        "| a | b | c |, a table of three columns",
        "[sic] and (s)he",
        "salt and (or) pepper, red and_or blue",
        "a portrait of her (on a bench) in the park, a man (or woman) in a hat",
        "all goes well, parley or not",
        "All Goes Well, Parley or not",
        "the chef lays out knives on the table",
    ],
)
def test_what_is_no_disguise(memory_catalogue: Any, text: str) -> None:
    memory = memory_catalogue()
    for each in ("Moma", "Down", "Andor", "the Parley Well", "the Grafter", "Kbc", "Heron", "Manor", "Knives Out"):
        memory.add_name(each)
    assert ask(NamesDetector(memory), text) == []


@pytest.mark.parametrize(
    "text",
    [
        "İstanbul4 gezi, İZMİR2024",
        "Q&A sahnesi, aydınlatılmalı oda",
        "hhhush aabbccddeeffgghhiijjkkllmmnnoopp " * 20,
        "a1 " + "\u2060" * 20_000,
        "_" * 20_000,
    ],
)
def test_no_text_stops_it(everyday: NamesDetector, text: str) -> None:
    assert isinstance(ask(everyday, text), list)


@given(st.text(alphabet="İIıſKaAbBeE4013&%=+/ ", max_size=80))
def test_letters_that_change_their_length_do_no_harm(text: str) -> None:
    registry = Registry([Name(name, "p", "w", name) for name in EVERYDAY])
    assert all(len(reading.text) == len(text) for reading in readings_of([registry], text))


def test_dress_is_taken_off_and_honest_accents_are_not() -> None:
    plain = undressed("ʀɑγ dｕṇе 🙂")
    assert plain is not None
    assert plain[0].startswith("ray dune")
    assert plain[1][:3] == [0, 1, 2]
    assert undressed("naïve café, “quoted” … 👩‍🚀") is None
    assert undressed("Кириллица и ещё слова") is None


@settings(deadline=None, max_examples=60)
@given(text=st.text(alphabet="aeЖо𝓉ⓒ\u0301\u200b ñ日", max_size=30))
def test_every_plain_letter_has_its_place(text: str) -> None:
    plain = undressed(text)
    if plain is not None:
        assert len(plain[0]) == len(plain[1])
        assert plain[1] == sorted(plain[1])
        assert all(0 <= place < len(text) for place in plain[1])


def test_among_many_names_words_stay_words(memory_catalogue: Any) -> None:
    memory = memory_catalogue()
    for name in ("Groov", "Silver Sea", "Naiya", "Captain S", "Wren", "Princess Sui", "Kitakou Lia"):
        memory.add_name(name)
    detector = NamesDetector(memory)
    for text in (
        "grooves in the parquet",
        "a silver seal in wax",
        "the letters: needle, an insect, yellow and black",
        "the captain's hat",
        "the keys W-R-E-N-C-H",
        "a princess's palm",
        "a kathakali dancer",
    ):
        assert not ask(detector, text), text


@pytest.mark.parametrize(
    "text",
    [
        "a dune at night, a ray of light",
        "it is frozeeeen out there, brrr",
        "wow!! 4k, 35mm, 1960s, @Image1 walks, 8k 60fps, level 99",
        "Noor and Otto saw a kayak at noon",
        "a car in the hush of dawn",
        "nun on a bench, cinder path",
    ],
)
def test_common_words_stay_words(everyday: NamesDetector, text: str) -> None:
    assert ask(everyday, text) == []


@pytest.mark.parametrize("text", ["0ld 70m 5a110w", "74yf @1-raml", "slow pan to Old T0m $all0w!"])
def test_signs_stand_for_what_the_catalogue_has(everyday: NamesDetector, text: str) -> None:
    (match,) = ask(everyday, text)
    assert match.evidence["how"] == "leet"


@given(st.text(alphabet="olredmw5al10!$ -e", max_size=60))
def test_every_reading_is_as_long_as_the_text(text: str) -> None:
    registry = Registry([Name(name, "p", "w", name) for name in EVERYDAY])
    for reading in readings_of([registry], text):
        assert len(reading.text) == len(text)
        assert reading.place(0, len(text)) == (0, len(text))


@pytest.mark.parametrize("word", ["coriander", "kaczmarek", "kiruna", "shucking", "москва", "تونس"])
def test_words_people_and_places_are_known(word: str) -> None:
    assert is_known(fold(word).letters)


@pytest.mark.parametrize("word", ["quorvalune", "brannogwy", "grimsnettle", "ozwinna", "калдоран"])
def test_invented_names_are_not(word: str) -> None:
    assert not is_met(fold(word).letters)
    assert not is_known(fold(word).letters)


@pytest.mark.parametrize(
    ("text", "how", "certain"),
    [
        ("雾岛银月在森林里", "folded", True),
        ("draw wu4 dao3 yin2 yue4 at night", "padded", True),
        ("Wù dǎo yín yuè dances", "folded", True),
        ("Wudao Yinyue dances", "joined", True),
        ("舞倒因越在跳舞", "in Han characters", True),
        ("请无言在走", "in Han characters", False),
        ("Changle runs", "joined", False),
        ("長樂在走", "exact", True),
    ],
)
def test_names_in_han_and_pinyin(catalogue: Any, text: str, how: str, certain: bool) -> None:
    for name in ("霧島銀月", "Qing Wuyan", "長樂"):
        catalogue.add_name(name)
    (match,) = ask(NamesDetector(catalogue), text)
    assert (match.evidence["how"], not match.evidence.get("ambiguous", False)) == (how, certain)


@pytest.mark.parametrize("text", ["李芸双在走", "李云爽 plays", "Li Yunshan plays football", "Li Yunchuan in Sichuan"])
def test_another_chinese_name_is_at_most_reviewed(catalogue: Any, text: str) -> None:
    catalogue.add_name("李雲霜", "Li Yunshuang", work="w")
    assert all(match.evidence["ambiguous"] for match in ask(NamesDetector(catalogue), text))
    (own,) = ask(NamesDetector(catalogue), "Li Yunshuang plays football")
    assert "ambiguous" not in own.evidence


def test_chinese_prompts_are_left_alone(catalogue: Any) -> None:
    for name in ("霧島銀月", "Qing Wuyan", "長樂", "Banana Mili"):
        catalogue.add_name(name)
    assert ask(NamesDetector(catalogue), "今天我们去公园看花，孩子们很高兴，美丽的银色月亮") == []


def test_characters_are_said_as_mandarin_says_them() -> None:
    assert [syllable_of(char) for char in "孫孙龍龙竜x"] == ["sun", "sun", "long", "long", "long", ""]
    assert ("sunwukong", (0, 3, 5)) in list(pinyin_of("孫悟空"))
    assert list(pinyin_of("ナルト")) == []


@given(st.text(max_size=60))
def test_tones_leave_the_length(text: str) -> None:
    assert len(without_tones(text)) == len(text)
