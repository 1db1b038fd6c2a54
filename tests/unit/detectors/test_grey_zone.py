"""What may be allowed though it names something protected, and that none of it is a way around the guard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from pydantic import ValidationError

from faircut.app import Faircut
from faircut.config import Settings
from faircut.detectors import grey_cues
from faircut.detectors.free_figures import key_of, load_figures
from faircut.detectors.grey_zone import grey_zone_marker
from faircut.detectors.names import NamesDetector
from faircut.domain import (
    Decision,
    ElementKind,
    ElementPolicy,
    GreyZone,
    Match,
    Naming,
    Subject,
    Verdict,
)
from faircut.errors import ConfigError
from faircut.media.assets import asset_from_text
from faircut.policy import Finding, GreyZoneRules

ALLOW, REVIEW, BLOCK = Verdict.ALLOW, Verdict.REVIEW, Verdict.BLOCK

OWN = """
[[figure]]
name = "Karlsruhe Kobold"
source = "Folklore of the upper Rhine"
later = ["tin hat"]

[[figure]]
name = "Snow White"
free = false
"""


def built(home: Path, **settings: object) -> Faircut:
    made = Faircut(Settings(home=home, **settings))  # type: ignore[arg-type]
    catalogue = made.catalogue
    party = catalogue.add_party("Nordlicht Pictures", actor="tests").id
    work = catalogue.add_work("The Lantern Keeper", party, actor="tests").id
    catalogue.add_element(
        "character",
        "Orimund Vale",
        work=work,
        actor="tests",
        description="A gaunt ferryman with a brass eyepatch, a sealskin coat, silver boots and a pipe with seven wicks",
        keywords=["sealskin coat", "brass eyepatch", "seven wicks"],
    )
    catalogue.add_element("likeness", "Petra Solberg", work=work, actor="tests")
    catalogue.add_element("character", "Snow White", work=work, actor="tests", keywords=["moth brooch", "bellows"])
    catalogue.add_element("creature", "Karlsruhe Kobold", work=work, actor="tests")
    saga = catalogue.add_work("Ondrik Thaal", party, actor="tests").id
    catalogue.add_element(
        "character",
        "Ondrik Thaal",
        work=saga,
        actor="tests",
        description="He wears a copper gorget with a cotton knot, smells of coffee and clay and carries a ladle",
    )
    hall = catalogue.add_party("Universal City Studios", actor="tests").id
    horror = catalogue.add_work("Dracula", hall, actor="tests").id
    catalogue.add_element(
        "character",
        "Count Dracula",
        work=horror,
        aliases=["Dracula"],
        actor="tests",
        keywords=["candle on the staircase", "coffin and wolves", "armadillos", "widow's peak"],
    )
    forest = catalogue.add_work("Robin Hood", party, actor="tests").id
    catalogue.add_element(
        "character",
        "Robin Hood",
        work=forest,
        actor="tests",
        keywords=["splits an arrow", "fox in a green tunic", "stork on stilts"],
    )
    return made


@pytest.fixture(scope="module")
def faircut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    with built(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    """An operator who allows all that can be allowed."""
    home = tmp_path_factory.mktemp("home")
    (home / "figures.toml").write_text(OWN, encoding="utf-8")
    allowed = dict.fromkeys(GreyZone, ALLOW)
    with built(home, grey_zone=allowed, grey_zone_with_more=REVIEW, free_figures=home / "figures.toml") as made:
        yield made


def judged(faircut: Faircut, *shots: str) -> tuple[Verdict, list[str]]:
    decision = faircut.preflight(shots)
    return decision.verdict, [reason.code for reason in decision.reasons]


GRADED = [
    ("A harbour at dusk in the style of The Lantern Keeper", REVIEW, "grey.style"),
    ("A harbour at dusk, with the muted look of the film “The Lantern Keeper”", REVIEW, "grey.style"),
    ("A harbour, The Lantern Keeper style", REVIEW, "grey.style"),
    ("Ein Hafen im Stil von The Lantern Keeper", REVIEW, "grey.style"),
    ("Un port dans le style de The Lantern Keeper", REVIEW, "grey.style"),
    ("Un puerto al estilo de The Lantern Keeper", REVIEW, "grey.style"),
    ("A portrait in the style of Petra Solberg", REVIEW, "grey.style"),
    ("A fox by a river in the style of Nordlicht", REVIEW, "grey.style"),
    ("A fox by a river in the style of the studio Nordlicht Pictures", REVIEW, "grey.style"),
    ("A fox by a river, Nordlicht style", REVIEW, "grey.style"),
    ("A parody of Orimund Vale who slips on a banana", REVIEW, "grey.parody"),
    ("A parody of Orimund Vale, in which ORIMUND VALE's hat slips on a banana", REVIEW, "grey.parody"),
    ("Orimund Vale slips on a banana, in a parody of Orimund Vale. A spoof of Orimund Vale", REVIEW, "grey.parody"),
    ("A news report about Orimund Vale", REVIEW, "grey.news"),
    ("A video essay: a review of The Lantern Keeper", REVIEW, "grey.criticism"),
    ("Snow White sleeps in a glass coffin in the forest", ALLOW, "grey.public_domain"),
    ("Snow White and seven dwarfs around a table", ALLOW, "grey.public_domain"),
]

GRADED += [
    ("inspired by The Lantern Keeper: a valley with mist", REVIEW, "grey.style"),
    ("The Lantern Keeper vibes, a desert at dusk", REVIEW, "grey.style"),
    ("A colour palette from The Lantern Keeper for a perfume", REVIEW, "grey.style"),
    ("Moody lighting reminiscent of The Lantern Keeper", REVIEW, "grey.style"),
    ("A kitchen with a Lantern Keeper feel, grading like The Lantern Keeper", REVIEW, "grey.style"),
    ("Make it look like The Lantern Keeper movies: a rabbit in a meadow", REVIEW, "grey.style"),
    ("A castle on a hill, Ondrik Thaal aesthetic, no people", REVIEW, "grey.style"),
    ("Ondrik Thaal inspired cocktail ad, a woman pours a drink", REVIEW, "grey.style"),
    ("A film critic reviews The Lantern Keeper in a small room", REVIEW, "grey.criticism"),
    ("Reviewing The Lantern Keeper after ten years", REVIEW, "grey.criticism"),
    ("A video essay on the editing of The Lantern Keeper", REVIEW, "grey.criticism"),
    ("She explains why the ending of The Lantern Keeper divided us", REVIEW, "grey.criticism"),
    ("A podcast about Orimund Vale, two microphones on a table", REVIEW, "grey.criticism"),
    ("Book review: The Lantern Keeper, somebody holds up a blank cover", REVIEW, "grey.criticism"),
    ("A report from the premiere of The Lantern Keeper", REVIEW, "grey.news"),
    ("A journalist reports from a The Lantern Keeper convention", REVIEW, "grey.news"),
    ("A parody where Orimund Vale runs for mayor", REVIEW, "grey.parody"),
    ("A satirical sketch in which Orimund Vale buys bread", REVIEW, "grey.parody"),
    ("A lampoon of Orimund Vale", REVIEW, "grey.parody"),
    ("The Lantern Keeper but everybody is a potato, a parody", REVIEW, "grey.parody"),
    ("Snow White and the Seven Dwarfs, woodcut", ALLOW, "grey.public_domain"),
    ("Count Dracula lifts a candle on the staircase, and wolves run round a coffin", ALLOW, "grey.public_domain"),
    ("Robin Hood splits the arrow of a rival in Nottingham", ALLOW, "grey.public_domain"),
    ("Robin Hood hunts a fox", REVIEW, "grey.public_domain"),
    ("Robin Hood and a brown bear cub in Sherwood", REVIEW, "grey.public_domain"),
    ("Snow White looks sleepy", REVIEW, "grey.public_domain"),
]

ABUSE = [
    "A parody of Orimund Vale in his sealskin coat, with a brass eyepatch",
    "A parody of The Lantern Keeper: a keeper in a sealskin coat with a brass eyepatch",
    "Public domain: Orimund Vale walks home",
    "Orimund Vale is in the public domain and free to use. Orimund Vale walks home",
    "For a parody, show Orimund Vale walking home",
    "This is parody, satire, news, criticism and review. Orimund Vale walks home",
    "A parody. Orimund Vale walks home",
    "A parody of The Lantern Keeper. Orimund Vale walks in",
    "A parody of Orimund Vale. Then Orimund Vale walks along a pier, cinematic, 85mm.",
    "Orimund Vale on a pier. A parody of Orimund Vale.",
    "A review of The Lantern Keeper. Now show The Lantern Keeper, scene 4.",
    "A parody of Orimund Vale. A review of Orimund Vale",
    "A parody of Orimund Vale. " * 20 + "Orimund Vale walks home",
    "A harbour in the style of The Lantern Keeper, and Orimund Vale walks by",
    "A harbour in the style of The Lantern Keeper. The Lantern Keeper poster hangs on a wall",
    "In the style of Orimund Vale",
    "A parody of Petra Solberg",
    "A news report about Petra Solberg",
    "A parody of Or1mund V4le",
    "A parody of O r i m u n d V a l e",
    "A parody of Orimund Vale where 0rimund V4le slips on a banana",
    "A parody of Orimund Vale and elaV dnumirO on a pier",
    "A parody of Orimund Vale, O.r.i.m.u.n.d V.a.l.e on a pier",
    "Snow White with a yellow skirt and a blue bodice",
    "Snow White with a y3llow sk1rt",
    "Snow White wears a moth brooch and works the bellows",
    "Nordlicht's Snow White sleeps in a glass coffin",
    "5now Wh1te sleeps in a glass coffin",
    "Orimund Vale dances, reviewed by critics",
    "Inspired by The Lantern Keeper: Orimund Vale sings on a balcony",
    "A documentary of Petra Solberg and Orimund Vale fighting",
    "Inspired by Orimund Vale, a man walks home",
    "Inspired by The Lantern Keeper fighting a storm",
    "A report from the premiere of The Lantern Keeper. The Lantern Keeper dances on a carpet",
    "Petra Solberg vibes, a woman in the rain",
    "A podcast about Petra Solberg, microphones",
    "A critic reviews Orimund Vale jumping from roof to roof",
    "A podcast about Orimund Vale, he walks along a pier",
    "A podcast about Orimund Vale, Orimund Vale walks along a pier",
    "Film review: Orimund Vale dances on the ice",
    "A news report: Orimund Vale walks into the bank",
    "Orimund Vale walks home, parody",
    "Orimund Vale vibes, a quiet pier",
    "Ondrik Thaal vibes, he walks along a pier",
    "Ondrik Thaal style portrait of a man",
    "A boy in Ondrik Thaal style",
    "In the style of Ondrik Thaal",
    "Ondrik Thaal aesthetic, with a copper gorget and a ladle",
    "A lecture on Ondrik Thaal, with a gorget on the desk and a ladle on the floor",
    "Universal's Dracula on a staircase",
    "Universal Pictures' Count Dracula in a castle",
    "1931 Dracula in a castle",
    "Robin Hood (1973) in the forest",
    "Robin Hood from the animated movie",
    "Robin Hood, live action remake",
    "Robin Hood the fox plays the lute",
    "Robin Hood, a fox, and a stork on stilts",
    "Snow White dances with Grumpy",
    "Snow White with grumpy and sneezy",
]


@pytest.mark.parametrize(("prompt", "verdict", "code"), GRADED)
def test_uses_in_the_grey_zone_are_graded_with_a_reason(
    faircut: Faircut, prompt: str, verdict: Verdict, code: str
) -> None:
    assert judged(faircut, prompt) == (verdict, [code])


@pytest.mark.parametrize("prompt", ABUSE)
def test_no_word_before_a_name_is_a_way_around_the_guard(faircut: Faircut, prompt: str) -> None:
    assert judged(faircut, prompt)[0] is BLOCK


@pytest.mark.parametrize("prompt", ABUSE)
def test_not_even_a_lenient_operator_lets_them_through_unseen(lenient: Faircut, prompt: str) -> None:
    assert judged(lenient, prompt)[0] is not ALLOW


FAR = "A postman and his wife quarrel over the last slice of bread, and the whole village listens. "


def test_words_of_every_day_are_not_somebodys_own(faircut: Faircut) -> None:
    """A long text has some of a registration's words by chance."""
    for end, verdict in (
        (f"They drink coffee. {FAR} Clay sticks to her boots.", REVIEW),
        (f"A ladle lies on a chair. {FAR} Her hat is of cotton.", REVIEW),
        (f"A ladle lies on a chair. {FAR} Her gorget is wet.", BLOCK),
        ("They smell of coffee and clay.", BLOCK),
    ):
        assert judged(faircut, f"A parody of Ondrik Thaal. {FAR} {end}")[0] is verdict, end


def test_words_that_may_be_chance_are_looked_at_by_somebody(lenient: Faircut) -> None:
    assert judged(lenient, f"A parody of Ondrik Thaal. {FAR}")[0] is ALLOW
    assert judged(lenient, f"A parody of Ondrik Thaal. {FAR} They drink coffee. {FAR} Clay sticks.")[0] is REVIEW


def test_a_refusal_names_the_words_to_leave_out(faircut: Faircut) -> None:
    (reason, *_) = faircut.preflight(["A parody of Ondrik Thaal with a gorget and a ladle"]).reasons
    assert (reason.code, reason.verdict) == ("grey.parody", BLOCK)
    assert "it asks for more of it than the name" in reason.message
    for said in (reason.message, reason.remedy.partition("Leave out ")[2]):
        assert "“gorget” and “ladle”" in said


@pytest.mark.parametrize("naming", [Naming.WORK, Naming.NOTHING])
def test_a_refusal_names_no_more_than_the_owner_lets_it(naming: Naming) -> None:
    mark = {"zone": "parody", "cue": "a parody of", "also": ["gorget", "ladle"], "checked": True}
    match = Match("names-v1", "prompt", "w", "e", 1.0, evidence={"matched": "Ondrik Thaal", "grey": mark})
    work = Subject(
        "p", "Party", ElementPolicy.BLOCK, "w", "Work", "e", "Ondrik Thaal", ElementKind.CHARACTER, naming=naming
    )
    reason = GreyZoneRules().milder(Finding(match, work), BLOCK)
    assert reason is not None
    assert reason.verdict is BLOCK
    assert "ladle" not in f"{reason.message} {reason.remedy} {reason.evidence}"
    assert "Leave out what describes it" in reason.remedy
    assert "ladle" in str(reason.withheld)


@pytest.mark.parametrize("naming", [Naming.WORK, Naming.NOTHING])
def test_who_only_describes_a_hidden_figure_is_not_told_whom(naming: Naming) -> None:
    mark = {"zone": "public_domain", "cue": "Bram Stoker, Dracula, 1897", "also": [], "perhaps": ["a count"]}
    evidence = {"matched": "a count", "how": "described", "grey": {**mark, "checked": True}}
    match = Match("descriptions-v1", "prompt", "w", "e", 1.0, evidence=evidence)
    hidden = Subject(
        "p", "Party", ElementPolicy.BLOCK, "w", "Work", "e", "Dracula", ElementKind.CHARACTER, naming=naming
    )
    reason = GreyZoneRules().milder(Finding(match, hidden), BLOCK)
    assert reason is not None
    assert "Dracula" not in f"{reason.message} {reason.remedy} {reason.evidence}"


def test_the_words_of_a_hidden_element_count_and_are_not_told(tmp_path: Path) -> None:
    with Faircut(Settings(home=tmp_path)) as faircut:
        add = faircut.catalogue
        add.add_work("The Lantern Keeper", add.add_party("Nordlicht Pictures", actor="tests").id, actor="tests")
        add.add_element(
            "character",
            "Orimund Vale",
            work="The Lantern Keeper",
            description="A gaunt ferryman with a brass eyepatch, a sealskin coat and a pipe with seven wicks",
            naming="nothing",
            actor="tests",
        )
        decision = faircut.preflight(["A review of The Lantern Keeper, with a sealskin coat and a brass eyepatch"])
        assert decision.verdict is BLOCK
        told = " ".join(f"{each.message} {each.remedy} {each.evidence.get('grey')}" for each in decision.reasons)
        assert "Leave out what describes it" in told
        assert "sealskin" not in told
        assert "eyepatch" not in told


@pytest.mark.parametrize(
    ("prompt", "verdict"),
    [
        ("With 2000 men King Arthur rides to the castle", ALLOW),
        ("The 1963 film King Arthur, in the castle", BLOCK),
    ],
)
def test_a_number_of_people_is_no_year_of_a_film(tmp_path: Path, prompt: str, verdict: Verdict) -> None:
    with Faircut(Settings(home=tmp_path)) as faircut:
        party = faircut.catalogue.add_party("Nordlicht Pictures", actor="tests").id
        work = faircut.catalogue.add_work("The Round Table", party, actor="tests").id
        faircut.catalogue.add_element("character", "King Arthur", work=work, actor="tests")
        assert faircut.preflight([prompt]).verdict is verdict


@pytest.mark.parametrize("word", ["fox", "Fox", "fox and ", " ", "the "])
def test_a_long_run_of_one_word_takes_no_longer_than_its_length(faircut: Faircut, word: str) -> None:
    marker = grey_zone_marker(faircut.catalogue)
    seconds = []
    for times in (1_000, 4_000):
        text = "Robin Hood " + f"{word} " * times
        asset = asset_from_text(text)
        found = NamesDetector(faircut.catalogue).detect(asset, {})
        begin = perf_counter()
        marker.marked(found, text)
        seconds.append(perf_counter() - begin)
    assert seconds[1] < 10 * seconds[0] + 0.5


def test_a_cue_in_another_shot_or_file_name_does_not_count(faircut: Faircut) -> None:
    assert judged(faircut, "A parody of", "Orimund Vale walks home")[0] is BLOCK
    assert faircut.preflight(["A harbour"], names=["parody of.png", "Orimund Vale.png"]).verdict is BLOCK


def test_an_operator_may_allow_or_refuse_each_zone(lenient: Faircut, tmp_path: Path) -> None:
    for prompt, _, _ in [*GRADED[:3], *GRADED[6:13]]:
        decision = lenient.preflight([prompt])
        assert decision.verdict is ALLOW
        assert [reason.verdict for reason in decision.reasons] == [ALLOW]
    assert (
        judged(
            lenient,
            "A parody of Orimund Vale in sealskin coat and brass eyepatch, silver boots and a pipe with seven wicks",
        )[0]
        is BLOCK
    ), "a description stands by itself"
    with built(tmp_path, grey_zone={"public_domain": "review", "style": "block"}) as strict:
        assert judged(strict, "Snow White sleeps in a glass coffin") == (REVIEW, ["grey.public_domain"])
        assert judged(strict, "In the style of The Lantern Keeper") == (BLOCK, ["protected.title"])


def test_a_studio_is_only_meant_where_its_look_is_asked_for(faircut: Faircut, tmp_path: Path) -> None:
    for prompt in ("The Nordlicht dances over Tromso", "In the style of the north", "A film by Nordlicht"):
        assert judged(faircut, prompt) == (ALLOW, [])
    with built(tmp_path, grey_zone={"style": "block"}) as strict:
        assert judged(strict, "A fox in the style of Nordlicht") == (REVIEW, ["grey.style"])
        strict.catalogue.add_work("Fog", strict.catalogue.add_party("North Pictures", actor="t").id, actor="t")
        assert judged(strict, "A fox in the style of the north") == (ALLOW, [])
        assert judged(strict, "A fox in the style of North Pictures")[0] is REVIEW


@pytest.mark.parametrize("prompt", ["A fox by a river, a Nordlicht style", "The Nordlicht style, a fox by a river"])
def test_an_article_is_no_part_of_a_studios_name(faircut: Faircut, prompt: str) -> None:
    (reason,) = faircut.preflight([prompt]).reasons
    assert reason.message.startswith("“Nordlicht” in the prompt")


@pytest.mark.parametrize(
    ("prompt", "code"),
    [
        ("Der Hafen in der Abenddämmerung, ganz im Stil von The Lantern Keeper, mit vielen Booten", "grey.style"),
        ("Parodie Orimund Vale, messingne Augenklappe, Robbenfellmantel, silberne Stiefel", "grey.parody"),
        ("A parody of Orimund Vale, messingne Augenklappe, Robbenfellmantel, silberne Stiefel", "grey.parody"),
        ("parodia Orimund Vale, toppa ottone, cappotto foca, stivali argento", "grey.parody"),
        ("A fox by a river in the style of Nordlicht, messingne Augenklappe, Robbenfellmantel, Stiefel", "grey.style"),
    ],
)
def test_where_the_language_is_not_known_nothing_is_milder_than_review(
    lenient: Faircut, prompt: str, code: str
) -> None:
    assert judged(lenient, prompt) == (REVIEW, [code])


@pytest.mark.parametrize(
    "prompt",
    [
        "spoof of Orimund Vale",
        "Orimund Vale parody trailer, 85mm, bokeh",
        "Parody of Orimund Vale with Professor Moriarty and Renfield",
        "Snow White meets Van Helsing",
    ],
)
def test_names_and_words_of_the_trade_are_no_other_language(lenient: Faircut, faircut: Faircut, prompt: str) -> None:
    assert judged(faircut if "Snow" in prompt else lenient, prompt)[0] is ALLOW


@pytest.mark.parametrize("run", [" ", "-", "\n", "\u00a0"])
def test_a_cue_begins_at_one_place_of_a_run_however_long(run: str) -> None:
    """Looked for from every place of a run to its end, it takes time with the square of the run's length."""
    for pattern, before, after in (
        (grey_cues.STYLED_SO, "Nordlicht", "style"),
        (grey_cues.STYLED_SO, "Nordlicht's", "style"),
        (grey_cues.STYLE_OF, "in" if run != "-" else "in-", " the style of the"),
    ):
        for length in (40, 80):
            text = before + run * length + after
            assert sum(bool(pattern.match(text, place)) for place in range(len(text))) <= 2, (before, length)


def test_an_operators_own_table_counts(lenient: Faircut) -> None:
    assert judged(lenient, "Karlsruhe Kobold dances on the roof") == (ALLOW, ["grey.public_domain"])
    assert judged(lenient, "Karlsruhe Kobold in a tin hat dances on the roof")[0] is BLOCK
    assert judged(lenient, "Snow White sleeps in a glass coffin")[0] is BLOCK


def test_a_decision_names_the_rules_that_it_was_made_by(faircut: Faircut, lenient: Faircut) -> None:
    one: Decision = faircut.preflight(["a harbour"])
    other: Decision = lenient.preflight(["a harbour"])
    assert one.policy == "policy-v3"
    assert other.policy.startswith("policy-v3+")


def test_a_rewrite_passes_without_the_name(faircut: Faircut) -> None:
    offered = faircut.rewrite(["A harbour at dusk in the style of The Lantern Keeper"])
    assert offered is not None
    assert offered.decision.allows
    assert "Lantern" not in offered.shots[0]


def test_the_shipped_table_is_sound() -> None:
    figures = load_figures()
    assert len({id(each) for each in figures.by_name.values()}) >= 60
    for name, figure in figures.by_name.items():
        assert figure.source, name
        assert figure.later_in(" ".join((figure.name, *figure.also))) is None, f"{name}: its own name speaks against it"
    assert figures.called("the SNOW white") is figures.called("Schneewittchen")
    assert key_of("The Wonderful Wizard of Oz") == "wonderfulwizardofoz"


@pytest.mark.parametrize("text", ["figure = 3", "[[figure]]\nnom = 'x'", "[[figure]]\nname = ''", "not toml", None])
def test_a_table_that_cannot_be_understood_is_an_error(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "figures.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_figures(path)
    assert caught.value.field == "free_figures"


def test_what_asks_for_more_is_never_allowed_by_a_setting() -> None:
    with pytest.raises(ValidationError):
        Settings(grey_zone_with_more="allow")  # type: ignore[arg-type]


def test_an_upload_of_the_work_asks_for_more_than_its_name(faircut: Faircut) -> None:
    asset = asset_from_text("A parody of Orimund Vale who slips on a banana")
    found = NamesDetector(faircut.catalogue).detect(asset, {})
    marker = grey_zone_marker(faircut.catalogue)
    for shown, also in (((), []), ((found[0].work_id or "",), ["an upload"])):
        (match,) = marker.marked(found, asset.text or "", shown)
        assert (match.evidence["grey"]["zone"], match.evidence["grey"]["also"]) == ("parody", also)
