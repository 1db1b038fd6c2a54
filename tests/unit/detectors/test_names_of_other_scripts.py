"""Names that are registered in other scripts than Latin, inflected and misspelt, and how others write Latin ones."""

from __future__ import annotations

from typing import Any

import pytest

from faircut.detectors.names import NamesDetector
from faircut.detectors.phonetic import phonemes, respelling
from faircut.domain import Asset, Match, MediaKind


def find(catalogue: Any, text: str) -> list[Match]:
    return list(NamesDetector(catalogue).detect(Asset("prompt", MediaKind.TEXT, "", len(text), text=text), {}))


def found(catalogue: Any, text: str) -> list[tuple[str, str]]:
    return [(match.evidence["matched"], match.evidence["name"]) for match in find(catalogue, text)]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("Хранитель вулканов", "сцена из Хранителя вулканов", "Хранителя вулканов"),
        ("Хранитель вулканов", "вместе с Хранителем вулканов", "Хранителем вулканов"),
        ("Хранитель вулканов", "Хронитель вулканов идёт", "Хронитель вулканов"),
        ("Хранитель вулканов", "Хранитель вуканов идёт", "Хранитель вуканов"),
        ("Медный рыцарь", "видео про медного рыцаря в полёте", "медного рыцаря"),
        ("Медный рыцарь", "с Медным рыцарем", "Медным рыцарем"),
        ("Зимний Лев", "портрет Зимнего Льва", "Зимнего Льва"),
        ("Верри Гончар", "Вери Гончар летит", "Вери Гончар"),
        ("Верри Гончар", "метла Вери Гончара", "Вери Гончара"),
        ("Мелина Куридис", "для Мелины Куридис", "Мелины Куридис"),
        ("Λαμπίνα Κουρέλη", "το σπίτι της Λαμπίνας Κουρέλη", "Λαμπίνας Κουρέλη"),
        ("זמרוד גולדהיים", "זמרוד גולדהים מדבר", "זמרוד גולדהים"),
        ("زمرد الحارثي", "زمرد حارثي في الصحراء", "زمرد حارثي"),
        ("छोटा नीलमेघ", "छोटा निलमेघ नाचता है", "छोटा निलमेघ"),
        ("छोटा नीलमेघ", "छोटे नीलमेघ को देखो", "छोटे नीलमेघ"),
        ("वरुख़ ज़मान", "वरुख जमान नाच रहा है", "वरुख जमान"),
    ],
)
def test_a_name_is_found_inflected_and_misspelt_in_its_own_script(
    catalogue: Any, name: str, text: str, words: str
) -> None:
    catalogue.add_name(name)
    assert found(catalogue, text) == [(words, name)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Зимний Лев", "зимний лов рыбы на озере"),
        ("Король Лев", "король лавы выходит из вулкана"),
        ("Гал Петер", "Галя Петрова варит кофе"),
        ("גל גדות", "גל גדול בים"),
        ("גל גדות", "גל גדר ליד הבית"),
        ("عمر الشريف", "عمر الشرير يضحك"),
        ("Медный рыцарь", "медная крышка и рынок"),
        ("الصقر الحارس", "الصقر حارس الغابة ينام"),
    ],
)
def test_another_word_is_no_form_of_a_name(catalogue: Any, name: str, text: str) -> None:
    catalogue.add_name(name)
    assert found(catalogue, text) == []


def test_other_forms_of_everyday_words_are_certain_only_where_capitals_make_a_name_of_them(catalogue: Any) -> None:
    catalogue.add_name("Медный рыцарь")
    (small,) = find(catalogue, "видео про медного рыцаря в полёте")
    (opening,) = find(catalogue, "Медные рыцари стоят в музее")
    (capital,) = find(catalogue, "видео про Медного рыцаря в полёте")
    assert small.evidence.get("ambiguous") is opening.evidence.get("ambiguous") is True
    assert "ambiguous" not in capital.evidence


def test_a_word_whose_letters_all_look_latin_is_said_as_it_is_written(catalogue: Any) -> None:
    catalogue.add_name("Серебристая Сорока")
    assert found(catalogue, "вместе с Серебристой Сорокой") == [("Серебристой Сорокой", "Серебристая Сорока")]


@pytest.mark.parametrize(
    ("one", "other"), [("jagger", "jager"), ("piggy", "pigy"), ("diggory", "digory"), ("cruise", "kruse")]
)
def test_letters_that_are_one_sound_are_heard_as_one(one: str, other: str) -> None:
    assert respelling(phonemes(one), phonemes(other)) == 0.0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Mick Dragger", "Мик Драггер поёт"),
        ("Beggy Zarter", "Бегги Зартер бежит"),
        ("Arvold Mortzenegger", "아볼드 모르체네거가 달린다"),
        ("Darlo Veider", "ダーロ・ベイダーが歩く"),
        ("Zor Bruise", "Зор Бруз на мотоцикле"),
    ],
)
def test_another_script_writes_what_is_said(catalogue: Any, name: str, text: str) -> None:
    catalogue.add_name(name)
    assert [each for _, each in found(catalogue, text)] == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [("Yadar", "الجدار القديم"), ("Yndi", "جندي يودع أمه في المحطة"), ("Hulk", "שאול הולך לשוק")],
)
def test_a_short_name_is_no_word_that_sounds_like_it(catalogue: Any, name: str, text: str) -> None:
    catalogue.add_name(name)
    assert find(catalogue, text) == []


def test_a_short_name_counts_beside_another_of_its_work(catalogue: Any) -> None:
    work = catalogue.add_title("The Tin Heron")
    catalogue.add_name("Yndi", work=work.id)
    assert "Yndi" in [name for _, name in found(catalogue, "The Tin Heron: جندي يودع أمه")]


@pytest.mark.parametrize(("name", "text"), [("Zimba", "짐바가 달린다"), ("Yoba", "ヨーバが歩く")])
def test_a_short_name_is_found_where_its_vowels_are_written(catalogue: Any, name: str, text: str) -> None:
    catalogue.add_name(name)
    assert [each for _, each in found(catalogue, text)] == [name]
