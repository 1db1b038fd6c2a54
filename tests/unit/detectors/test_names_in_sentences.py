"""What grammar makes of a name that is also a word: somebody, a thing, a place, or somebody of one's own."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from faircut.detectors.common_words import Commonness, commonness
from faircut.detectors.names import NamesDetector
from faircut.domain import Alias, Asset, ElementKind, MediaKind

MEANT, PERHAPS, NOT = "meant", "perhaps", None
FIGURES = (
    "Superman", "Wolverine", "Hulk", "Iron Man", "Black Panther", "Spider-Man", "The Joker", "The Witcher", "Shrek",
    "Yoda", "James Bond", "Peter Parker", "Stitch", "Wasp", "Venom", "Sonic", "Gremlins", "Grey Wolf", "Blue Velvet",
)  # fmt: skip


def found(catalogue: Any, text: str) -> str | None:
    asset = Asset("prompt", MediaKind.TEXT, hashlib.sha256(text.encode()).hexdigest(), len(text), text=text)
    matches = list(NamesDetector(catalogue).detect(asset, {}))
    if not matches:
        return NOT
    return PERHAPS if all(match.evidence.get("ambiguous") for match in matches) else MEANT


def with_figures(catalogue: Any, names: tuple[str, ...] = FIGURES) -> Any:
    for name in names:
        catalogue.add_name(name, work=f"w:{name}", party=f"p:{name}")
    return catalogue


@pytest.mark.parametrize(
    "text",
    [
        "my sister hugs superman at the airport",
        "two nurses kiss black panther in an elevator",
        "a corgi chased iron man down the street",
        "a nun is photographing old superman by a lake",
        "the pope will interview iron man on stage",
        "two guards arrest the joker on a bridge",
        "let the joker drive my taxi",
        "watch iron man swim in a lake",
        "make superman dance the tango",
        "get black panther to sing opera",
        "iron man and my grandma bake a cake",
        "me and iron man on a roller coaster",
        "my mum and iron man drink tea",
        "my son dressed as iron man blows out candles",
        "i want iron man in my wedding video",
        "Gremlins eat my lunch",
        "an angry spider-man smashes a vending machine",
        "the witcher buys apples",
        "my cat meets the witcher",
    ],
)
def test_somebody_who_acts_or_is_acted_upon_may_be_a_figure(catalogue: Any, text: str) -> None:
    assert found(with_figures(catalogue), text) == PERHAPS


@pytest.mark.parametrize(
    "text",
    [
        "My dog meets Superman in the kitchen",
        "a philosopher hugs Wolverine in a library",
        "a tiny shrek sits in a bathtub",
        "an army of my own, led by yoda",
        "a rainy day, james bond plays poker",
        "peter parker orders pizza",
    ],
)
def test_capitals_coined_words_and_whole_names_are_meant(catalogue: Any, text: str) -> None:
    assert found(with_figures(catalogue), text) == MEANT


@pytest.mark.parametrize(
    "text",
    [
        "a black panther sleeps on a branch",
        "black panther in the jungle at dawn",
        "my dog meets a wolverine in the snow",
        "a leopard chases a black panther through the grass",
        "my brother photographs the iron man statue",
        "two kids watch wasp nests with a loupe",
        "a king hunts grey wolf with hounds",
        "a coach interviews grey wolf keepers",
        "a tailor cuts blue velvet on a table",
        "a lab extracts a venom from a snake",
        "a bat emits sonic pulses in the dark",
        "a big fight wolverine of steel on a plinth",
        "help stitch the quilt together",
        "make a stitch in the fabric",
        "let the stitch dry overnight",
        "a rusty hulk of a ship lies on the beach",
        "two boys explore a hulk on the shore",
        "an engine with three gremlins in it",
        "a water witcher walks a field with a forked stick",
        "a red-caped superman of clay",
        "a gelatinous wasp of glass",
    ],
)
def test_a_thing_or_an_animal_stays_one(catalogue: Any, text: str) -> None:
    assert found(with_figures(catalogue), text) == NOT


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shrek", Commonness.NAME),
        ("ghostbusters", Commonness.NAME),
        ("quasimodo", Commonness.FIGURE),
        ("ratatouille", Commonness.RARE),
        ("the witcher", Commonness.RARE),
        ("faster", Commonness.EVERYDAY),
        ("stranger", Commonness.EVERYDAY),
        ("gamer", Commonness.EVERYDAY),
        ("james bond", Commonness.NAME),
        ("peter parker", Commonness.NAME),
        ("rose garden", Commonness.PHRASE),
        ("amber room", Commonness.PHRASE),
        ("spider man", Commonness.PHRASE),
        ("dr jones", Commonness.GIVEN),
        ("mr bean", Commonness.NAME),
        ("captain wren", Commonness.NAME),
    ],
)
def test_what_else_a_name_is(name: str, expected: Commonness) -> None:
    assert commonness(tuple(name.split())) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Batman in his cape jumps from the roof", MEANT),
        ("batman drinks coffee", MEANT),
        ("Batman, tired and wet, sits on a bus", MEANT),
        ("a video of Batman and my cat", MEANT),
        ("a wedding in Batman with drums", PERHAPS),
        ("a bus to Batman leaves", PERHAPS),
        ("Batman, Turkey, at dusk", PERHAPS),
        ("Batman, the Turkish city, oil pumps at sunset", PERHAPS),
        ("Batman in southeastern Turkey, tea houses", PERHAPS),
        ("Batman, Diyarbakir and Mardin from a train", PERHAPS),
        ("refinery workers of Batman drink tea", PERHAPS),
        ("the town of Batman from above", PERHAPS),
        ("Batman airport, passengers wait", PERHAPS),
        ("Batman winter time lapse", PERHAPS),
        ("a Batman-esque skyline", PERHAPS),
        ("our cat Batman sleeps on the sofa", PERHAPS),
        ("Batman ilinde yağmur yağıyor, çocuklar sokakta koşuyor", PERHAPS),
    ],
)
def test_a_name_that_only_places_have_is_a_figures_unless_a_place_is_spoken_of(
    catalogue: Any, text: str, expected: str
) -> None:
    assert found(with_figures(catalogue, ("Batman",)), text) == expected


def test_a_title_that_is_a_place_stays_doubtful(catalogue: Any) -> None:
    catalogue.add_title("Casablanca")
    catalogue.add_name("Springfield")
    catalogue.named[0] = replace(catalogue.named[0], kind=ElementKind.SET)
    for text in ("Casablanca at dawn", "Springfield at dawn, children play"):
        assert found(catalogue, text) == PERHAPS


PEOPLE = ("Alice", "Mario", "Ariel", "Sherlock", "Elsa", "Nemo", "Dr. Jones", "Loki")


@pytest.mark.parametrize(
    "text",
    [
        "My niece Alice blows out the candles",
        "Mario, my uncle, bakes bread in Naples",
        "Mario, my uncle",
        "our dog Ariel runs after a ball",
        "Sherlock, my cat, sleeps on the radiator",
        "Elsa, my grandmother, knits a scarf",
        "my little brother Mario rides a tricycle",
        "my sister's friend Elsa paints",
        "my dog Loki digs a hole",
        "Dr. Jones, my dentist, cleans my teeth",
    ],
)
def test_ones_own_kin_and_pets_are_nobody_elses_figure(catalogue: Any, text: str) -> None:
    assert found(with_figures(catalogue, PEOPLE), text) == NOT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my niece as Elsa on a balcony", PERHAPS),
        ("my daughter dressed as Elsa, my son beside her", PERHAPS),
        ("in the woods I see Mario, my dog barks at him", PERHAPS),
        ("Dr. Jones examines a cow", PERHAPS),
        ("my sister's hamster Nemo runs in its wheel", PERHAPS),
        ("my niece Elsa in a scene with Arendellia", MEANT),
        ("my uncle Mario wears a red cap with an M", PERHAPS),
        ("her sister Elsa builds a palace of ice", PERHAPS),
        ("Disney's girl Elsa builds a palace of ice", PERHAPS),
    ],
)
def test_what_is_asked_for_beside_kin_is_found(catalogue: Any, text: str, expected: str) -> None:
    with_figures(catalogue, PEOPLE)
    catalogue.add_name("Arendellia", work="w:Elsa", party="p:Elsa")
    catalogue.named[1] = replace(catalogue.named[1], keywords=("red cap",))
    assert found(catalogue, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pedro Pascual, a baker from Granada", PERHAPS),
        ("Harry Porter repairs a boiler", PERHAPS),
        ("Harry Pottr casts a spell", MEANT),
        ("Pedro Pasqal drinks coffee", MEANT),
        ("Harry Porter flies over Hogwartia", MEANT),
    ],
)
def test_other_peoples_names_are_at_most_reviewed(catalogue: Any, text: str, expected: str) -> None:
    catalogue.add_name("Pedro Pascal", work="w1")
    catalogue.add_name("Harry Potter", work="w2")
    catalogue.add_name("Hogwartia", work="w2")
    if "Hogwartia" not in text:
        assert found(catalogue, text) == expected
        return
    asset = Asset("prompt", MediaKind.TEXT, hashlib.sha256(text.encode()).hexdigest(), len(text), text=text)
    matches = {match.element_id: match for match in NamesDetector(catalogue).detect(asset, {})}
    assert "ambiguous" not in matches["el:Harry Potter"].evidence


SAYINGS = (
    "Get Out", "Inside Out", "Up in the Air", "Under the Skin", "24", "1917", "300", "007", "Cast Away", "Step Up",
    "Don't Look Up", "Catch Me If You Can", "The Day After Tomorrow", "The Lord of the Rings", "Gone with the Wind",
    "Guardians of the Galaxy", "Spirited Away",
)  # fmt: skip


@pytest.mark.parametrize("title", ["inside out", "get out"])
def test_the_style_of_a_saying_is_that_of_the_film(catalogue: Any, title: str) -> None:
    assert found(with_figures(catalogue, SAYINGS), f"a short in the style of {title}") == MEANT


@pytest.mark.parametrize(
    "text",
    [
        "get out of the car, he says",
        "Get out of here!",
        "turn the jacket inside out",
        "Turn The Jacket Inside Out And Shake It",
        "he cast away the net",
        "step up to the microphone",
        "shot at 24 fps on film",
        "in 1917 a steam train leaves",
        "1917, a steam train leaves",
        "ISO 300, f/2.4",
        "flat 007 door opens",
    ],
)
def test_two_words_of_every_sentence_and_numbers_are_no_titles(catalogue: Any, text: str) -> None:
    assert found(with_figures(catalogue, SAYINGS), text) is NOT


@pytest.mark.parametrize(
    "text",
    [
        "throw the confetti up in the air",
        "veins under the skin, macro",
        "catch me if you can, laughs the boy",
        "don't look up, whispers the guard",
        "the day after tomorrow it will snow",
        'the sign says "catch me if you can"',
        "agent 007 drinks a martini",
        "Under The Skin Of The City, Macro Shot",
        "UP IN THE AIR, BALLOONS",
        "the film 1917, a trench at night",
        "1917 (2019), a trench at night",
        "300, the Zack Snyder film, shields and spears",
        "spirited away by crows, she wakes",
    ],
)
def test_longer_sayings_are_at_most_reviewed(catalogue: Any, text: str) -> None:
    assert found(with_figures(catalogue, SAYINGS), text) == PERHAPS


@pytest.mark.parametrize(
    "text",
    [
        "a poster of Up in the Air",
        'a scene like "up in the air" at an airport',
        "the get out movie, a man in an armchair",
        "a couple watches Get Out at home",
        "the lord of the rings, an army marches",
        "gone with the wind, a woman on the stairs",
        "guardians of the galaxy dance",
        "u.p i.n t.h.e a.i.r over the clouds",
    ],
)
def test_sayings_are_titles_in_capitals_quotation_marks_and_beside_films(catalogue: Any, text: str) -> None:
    assert found(with_figures(catalogue, SAYINGS), text) == MEANT


@pytest.mark.parametrize(
    "text", ["Pikachu jumps up", "Pikachu and her friend", "Pikachu says it is late", "Pikachu, turn it UP"]
)
def test_words_of_every_sentence_say_nothing_beside_a_name_of_the_same_party(catalogue: Any, text: str) -> None:
    for name in ("Up", "It", "Her"):
        catalogue.add_name(name, work=f"w:{name}")
    assert found(catalogue, text) is NOT
    catalogue.add_name("Pikachu", work="w:Pikachu")
    named = Asset("prompt", MediaKind.TEXT, hashlib.sha256(text.encode()).hexdigest(), len(text), text=text)
    assert {match.element_id for match in NamesDetector(catalogue).detect(named, {})} == {"el:Pikachu"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("an IT technician repairs a server", NOT),
        ("turn it UP, the crowd shouts", NOT),
        ("HER MAJESTY'S guard at the palace", NOT),
        ("a poster of the IT movie", PERHAPS),
        ("a clown from It holds a balloon", MEANT),
    ],
)
def test_words_of_every_sentence_in_capitals_need_a_cue(catalogue: Any, text: str, meant: str | None) -> None:
    assert found(with_figures(catalogue, ("It", "Her", "Up")), text) == meant


PEOPLE_AND_FIGURES = ("Harry Potter", "Hermione Granger", "Arnold Schwarzenegger", "Tom Cruise", "Blue Velvet")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Harry James Potter waving a wand", PERHAPS),
        ("Hermione J. Granger reads in a library", PERHAPS),
        ("Hermione J K Granger reads in a library", PERHAPS),
        ("Arnold Alois Schwarzenegger lifts weights", PERHAPS),
        ('Tom "Maverick" Cruise flying a jet', PERHAPS),
        ("Tom (the pilot) Cruise flying a jet", PERHAPS),
        ("Harry from Potter Street and a dog", NOT),
        ("Harry, James, Potter and a dog", NOT),
        ("Tom Drives Cruise Ships", NOT),
        ("a Blue Marie Velvet sofa", NOT),
    ],
)
def test_a_middle_name_initial_or_nickname_hides_nobody(catalogue: Any, text: str, meant: str | None) -> None:
    assert found(with_figures(catalogue, PEOPLE_AND_FIGURES), text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Parasite, the Bong Joon-ho film, a basement", PERHAPS),
        ("Parasite (2019) basement", PERHAPS),
        ("Storm from the X-Men summons lightning", PERHAPS),
        ("Storm, the Marvel superhero, summons lightning", PERHAPS),
        ("Frozen characters on a lake", PERHAPS),
        ("Frozen 2 teaser", PERHAPS),
        ("Storm from the Atlantic over a harbour", NOT),
        ("Storm from the North hits the coast", NOT),
        ("Storm, the film crew runs for cover", NOT),
        ("Frozen, the hero lies in the snow", NOT),
        ("Frozen 2 litre bottles on a shelf", NOT),
        ("photo of a storm (2019)", NOT),
    ],
)
def test_what_follows_a_title_says_that_it_is_one(catalogue: Any, text: str, meant: str | None) -> None:
    assert found(with_figures(catalogue, ("Parasite", "Storm", "Frozen")), text) == meant


@pytest.mark.parametrize(
    ("own", "alias", "language", "text", "meant"),
    [
        ("Brave", "Valiente", "es", "un bombero valiente salva a un gato de un árbol", PERHAPS),
        ("Brave", "Valiente", "es", "una escena de Valiente en el bosque", MEANT),
        ("Brave", "Valiente", "es", "una escena de «valiente» en el bosque", MEANT),
        ("Brave", "Valiente", "es", "a castle from valiente in the woods", MEANT),
        ("Mickey Mouse", "Topolino", "it", "il topolino mangia il formaggio nella cucina", PERHAPS),
        ("Mickey Mouse", "Topolino", None, "il topolino mangia il formaggio nella cucina", MEANT),
        ("Water", "पानी", "hi", "पानी में नाव चलती है", PERHAPS),
        ("Parasite", "기생충", "ko", "기생충 약을 먹는 강아지", PERHAPS),
        ("Spider-Man", "スパイダーマン", "ja", "スパイダーマンがビルを登る", MEANT),
        ("Spider-Man", "蜘蛛侠", "zh", "蜘蛛侠在城市里荡秋千", MEANT),
        ("Pikachu", "पिकाचु", "hi", "पिकाचु पानी में नाव चलाता है", MEANT),
        ("Batman", "Бэтмен", "ru", "мокрый Бэтмен бежит по крыше дома", MEANT),
        ("Pinocchio", "Pinokkio", "de", "der pinokkio sitzt allein im grünen sumpf", MEANT),
    ],
)
def test_a_translated_word_may_be_a_word_of_its_language(
    catalogue: Any, own: str, alias: str, language: str | None, text: str, meant: str | None
) -> None:
    element = replace(catalogue.add_name(own, work="w"), aliases=(Alias(alias, language),))
    catalogue.named[-1] = element
    assert found(catalogue, text) == meant
