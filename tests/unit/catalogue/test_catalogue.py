from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from faircut.domain import Alias, ElementKind, ElementPolicy, Identifier, MediaKind, Segment
from faircut.errors import Conflict, InputError, LimitExceeded, NotFound, UnreadableMedia
from faircut.protocols import CatalogueReader

EIDR = Identifier("EIDR", "10.5240/7791-8534-2C23-9030-8610-5")
PASSAGE = "It was a bright cold day in April, and the clocks were striking thirteen."


@pytest.fixture
def lantern(home: Any) -> Any:
    home.catalogue.add_party("Lantern Pictures", actor="test")
    home.catalogue.add_work("The Tin Heron", "Lantern Pictures", identifiers=[EIDR], actor="test")
    return home


def contents(home: Any) -> tuple[Any, ...]:
    """Everything that a failed change must leave as it was."""
    catalogue = home.catalogue
    return (
        catalogue.revision(),
        catalogue.parties(),
        catalogue.works(),
        catalogue.elements(),
        catalogue.references(),
        list(home.blobs.digests()),
        home.ledger.kinds(),
    )


def test_it_is_what_screening_reads(home: Any) -> None:
    reader: CatalogueReader = home.catalogue
    assert reader.revision() == 0
    assert reader.elements() == ()


def test_every_change_raises_the_revision_and_is_an_event(lantern: Any) -> None:
    catalogue = lantern.catalogue
    seen = [catalogue.revision()]

    def changed() -> None:
        assert catalogue.revision() > seen[-1]
        seen.append(catalogue.revision())

    catalogue.add_element("character", "Captain Wren", work="The Tin Heron", actor="anna")
    changed()
    reference = catalogue.add_reference(lantern.file("film.mp4"), work="The Tin Heron", actor="anna")
    changed()
    catalogue.edit_reference(reference.id, exclude=[(1, 2)], actor="anna")
    changed()
    catalogue.edit_element("Captain Wren", description="A tin bird with a red scarf.", actor="anna")
    changed()
    catalogue.edit_work("The Tin Heron", policy="review", actor="anna")
    changed()
    catalogue.remove_reference(reference.id, actor="anna")
    changed()
    catalogue.remove_element("Captain Wren", actor="anna")
    changed()
    catalogue.remove_work("The Tin Heron", actor="anna")
    changed()
    catalogue.remove_party("Lantern Pictures", actor="anna")
    changed()
    assert [kind.removeprefix("catalogue.") for kind in lantern.ledger.kinds()][2:] == [
        "element.added", "reference.added", "reference.edited", "element.edited", "work.edited",
        "reference.removed", "element.removed", "work.removed", "party.removed",
    ]  # fmt: skip
    assert lantern.ledger.events()[-1].actor == "anna"


def test_a_description_stays_out_of_the_ledger_but_is_proved_by_it(lantern: Any) -> None:
    secret = "A tin bird with a red scarf and a lamp for an eye."
    lantern.catalogue.add_element("creature", "Heron", work="The Tin Heron", description=secret, actor="test")
    before = lantern.ledger.events()[-1].payload
    lantern.catalogue.edit_element("Heron", description=secret + " Green.", actor="test")
    after = lantern.ledger.events()[-1].payload
    assert secret not in str(before) + str(after)
    assert before["record_sha256"] != after["record_sha256"]
    assert before["name"] == "Heron"


@pytest.mark.parametrize("kind", list(ElementKind))
def test_elements_of_every_kind(lantern: Any, kind: ElementKind) -> None:
    element = lantern.catalogue.add_element(
        kind.value.upper(), f"The {kind}", work="the tin heron", aliases=["Tinny", Alias("Blechreiher", "DE-at")],
        keywords=["tin", "Tin", "bird"], language="EN-gb", policy="Allow with licence", actor="test",
    )  # fmt: skip
    assert lantern.catalogue.element(element.id) == element
    assert element.kind is kind
    assert element.policy is ElementPolicy.LICENCE
    assert element.language == "en-GB"
    assert element.aliases == (Alias("Tinny"), Alias("Blechreiher", "de-AT"))
    assert element.keywords == ("tin", "bird")


def test_a_likeness_belongs_to_a_person_without_a_work(lantern: Any) -> None:
    lantern.catalogue.add_party("Ada Quill", actor="test")
    element = lantern.catalogue.add_element("likeness", "Ada Quill", party="Ada Quill", policy="licence", actor="test")
    lantern.catalogue.add_reference(lantern.file("face.png"), element=element.id, actor="test")
    subject = lantern.catalogue.subject(work_id=None, element_id=element.id)
    assert (subject.party, subject.work, subject.element, subject.kind) == (
        "Ada Quill", None, "Ada Quill", ElementKind.LIKENESS,
    )  # fmt: skip
    with pytest.raises(Conflict):
        lantern.catalogue.add_element("likeness", "ada  quill", party="Ada Quill", actor="test")


def test_elements_take_the_policy_of_their_work_unless_told_otherwise(lantern: Any) -> None:
    lantern.catalogue.edit_work("The Tin Heron", policy="review", actor="test")
    wren = lantern.catalogue.add_element("character", "Wren", work="The Tin Heron", actor="test")
    hat = lantern.catalogue.add_element("costume", "Wren's hat", work="The Tin Heron", policy="block", actor="test")
    assert (wren.policy, hat.policy) == (ElementPolicy.REVIEW, ElementPolicy.BLOCK)
    assert lantern.catalogue.subject(work_id=wren.work_id, element_id=None).policy is ElementPolicy.REVIEW


def test_a_duplicate_work_is_refused_naming_the_one_that_exists(lantern: Any) -> None:
    before = contents(lantern)
    existing = lantern.catalogue.work("The Tin Heron")
    with pytest.raises(Conflict, match=existing.id):
        lantern.catalogue.add_work("THE TIN  HERON", "Lantern Pictures", actor="test")
    lantern.catalogue.add_party("Other House", actor="test")
    with pytest.raises(Conflict, match="The Tin Heron"):
        lantern.catalogue.add_work(
            "Another", "Other House", identifiers=[Identifier("eidr", EIDR.value.lower())], actor="test"
        )
    other = lantern.catalogue.add_work("The Tin Heron", "Other House", actor="test")
    assert other.id != existing.id
    with pytest.raises(Conflict, match="Several parties"):
        lantern.catalogue.work("The Tin Heron")
    assert lantern.catalogue.work("The Tin Heron", party="Other House") == other
    assert len(contents(lantern)[2]) == len(before[2]) + 1


def test_renaming_a_work_onto_another_is_refused(lantern: Any) -> None:
    lantern.catalogue.add_work("Second", "Lantern Pictures", actor="test")
    before = contents(lantern)
    with pytest.raises(Conflict):
        lantern.catalogue.edit_work("Second", title="the tin heron", actor="test")
    assert contents(lantern) == before
    assert lantern.catalogue.edit_work("Second", title="SECOND", identifiers=[], actor="test").title == "SECOND"


def test_a_reference_is_stored_fingerprinted_and_handed_to_the_index(lantern: Any) -> None:
    said: list[tuple[float, str]] = []
    path = lantern.file("film.mp4", bytes(range(64)))
    reference = lantern.catalogue.add_reference(
        path, work="The Tin Heron", exclude=[(5, 6), (1, 2), (1.5, 3)],
        progress=lambda share, message: said.append((share, message)), actor="test",
    )  # fmt: skip
    assert reference.kind is MediaKind.VIDEO
    assert reference.duration == 30.0
    assert reference.exclude == (Segment(1, 3), Segment(5, 6))
    assert lantern.blobs.open(reference.digest).read_bytes() == bytes(range(64))
    assert [share for share, _ in said] == sorted(share for share, _ in said)
    assert said[-1] == (1.0, "film.mp4 is searchable")
    ((seq, found, fingerprint),) = lantern.catalogue.fingerprints("pdq-v1")
    assert found == reference
    assert fingerprint.codes.tolist() == np.arange(64, dtype=np.uint8).reshape(2, 32).tolist()
    assert fingerprint.times.tolist() == [0.0, 1.0]
    assert fingerprint.times.dtype == np.float32
    assert fingerprint.quality.tolist() == [80, 80]
    assert list(lantern.catalogue.fingerprints("pdq-v1", after_seq=seq)) == []
    assert [len(each[2]) for each in lantern.catalogue.fingerprints("chroma-v1")] == [16]
    assert lantern.catalogue.excludes() == {reference.id: reference.exclude}


def test_an_index_that_follows_sequence_numbers_misses_nothing(lantern: Any) -> None:
    catalogue = lantern.catalogue
    last, loaded = 0, set()
    for index in range(40):
        reference = catalogue.add_reference(lantern.file(f"{index}.mp4"), work="The Tin Heron", actor="test")
        if index % 3 == 0:
            # The newest one goes: its number must not be used again for the next.
            catalogue.remove_reference(reference.id, actor="test")
        if index % 7 == 0 or index == 39:
            for seq, found, _ in catalogue.fingerprints("pdq-v1", after_seq=last):
                assert seq > last
                last = seq
                loaded.add(found.id)
    assert catalogue.live_reference_ids() <= loaded
    assert len(catalogue.live_reference_ids()) == 26
    assert len(list(catalogue.fingerprints("pdq-v1"))) == 26


def test_a_text_reference_keeps_its_words(lantern: Any) -> None:
    typed = lantern.catalogue.add_reference(text=PASSAGE, work="The Tin Heron", actor="test")
    assert typed.kind is MediaKind.TEXT
    assert lantern.catalogue.reference_text(typed.id) == PASSAGE
    assert lantern.extractor.calls == []
    with pytest.raises(Conflict):
        lantern.catalogue.add_reference(
            lantern.file("opening.txt", b"\xef\xbb\xbf" + PASSAGE.encode() + b"\r\n"),
            work="The Tin Heron",
            actor="test",
        )
    with pytest.raises(InputError, match="40"):
        lantern.catalogue.add_reference(text="Too short to stand for a work.", work="The Tin Heron", actor="test")
    with pytest.raises(UnreadableMedia, match="UTF-8"):
        lantern.catalogue.add_reference(lantern.file("latin.txt", b"\xe9" * 60), work="The Tin Heron", actor="test")


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [("a.mp4", b"broken", UnreadableMedia), ("a.png", b"blank", UnreadableMedia), ("a.xyz", b"", UnreadableMedia)],
)  # fmt: skip
def test_a_wrong_file_leaves_nothing_behind(lantern: Any, name: str, data: bytes, error: type[Exception]) -> None:
    before = contents(lantern)
    with pytest.raises(error) as caught:
        lantern.catalogue.add_reference(lantern.file(name, data), work="The Tin Heron", actor="test")
    assert caught.value.field == "reference"  # type: ignore[attr-defined]
    assert contents(lantern) == before


@pytest.mark.parametrize("failure", [MemoryError(), KeyboardInterrupt()])
def test_a_failing_extractor_leaves_nothing_behind(lantern: Any, failure: BaseException) -> None:
    before = contents(lantern)
    lantern.extractor.failure = failure
    with pytest.raises(type(failure)):
        lantern.catalogue.add_reference(lantern.file("film.mp4"), work="The Tin Heron", actor="test")
    assert contents(lantern) == before


def test_a_failing_ledger_takes_the_reference_back(lantern: Any) -> None:
    before = contents(lantern)
    lantern.ledger.fail_on = "catalogue.reference.added"
    with pytest.raises(OSError, match="disk full"):
        lantern.catalogue.add_reference(lantern.file("film.mp4"), work="The Tin Heron", actor="test")
    assert contents(lantern) == before
    assert list(lantern.catalogue.fingerprints("pdq-v1")) == []
    lantern.ledger.fail_on = None
    lantern.catalogue.add_reference(lantern.file("film.mp4"), work="The Tin Heron", actor="test")
    lantern.catalogue.database.close()


def test_excluded_segments_must_lie_within_the_reference(lantern: Any) -> None:
    before = contents(lantern)
    path = lantern.file("film.mp4")
    for segments in ([(29, 31)], [(5, 5)], [(6, 5)], [(-1, 5)], [(float("nan"), 5)], [(1,)], [("1", 2)]):
        with pytest.raises(InputError) as caught:
            lantern.catalogue.add_reference(path, work="The Tin Heron", exclude=segments, actor="test")
        assert caught.value.field == "reference.exclude[0]"
    with pytest.raises(InputError, match="only video and audio"):
        lantern.catalogue.add_reference(lantern.file("a.png"), work="The Tin Heron", exclude=[(0, 1)], actor="test")
    assert contents(lantern) == before


def test_a_negative_reference_takes_matches_away_from_its_party_or_from_everyone(lantern: Any) -> None:
    catalogue = lantern.catalogue
    catalogue.add_party("Other House", actor="test")
    catalogue.add_work("Elsewhere", "Other House", actor="test")
    film = catalogue.add_reference(lantern.file("film.mp4"), work="The Tin Heron", actor="test")
    foreign = catalogue.add_reference(lantern.file("other.mp4"), work="Elsewhere", actor="test")
    own = catalogue.add_reference(lantern.file("logo.mp4"), work="The Tin Heron", negative="party", actor="test")
    bars = catalogue.add_reference(lantern.file("bars.mp4"), work="Elsewhere", negative="everyone", actor="test")
    assert [own.silences(film), own.silences(foreign), own.silences(bars)] == [True, False, False]
    assert [bars.silences(film), bars.silences(foreign), film.silences(foreign)] == [True, True, False]
    assert catalogue.reference(own.id) == own


def test_a_negative_reference_is_a_picture_or_sound_and_says_whose_matches_it_takes(lantern: Any) -> None:
    before = contents(lantern)
    with pytest.raises(InputError, match="text") as caught:
        lantern.catalogue.add_reference(text=PASSAGE, work="The Tin Heron", negative="party", actor="test")
    assert caught.value.field == "negative"
    with pytest.raises(InputError, match="not of 'nobody'") as caught:
        lantern.catalogue.add_reference(lantern.file("logo.mp4"), work="The Tin Heron", negative="nobody", actor="test")
    assert caught.value.field == "negative"
    assert contents(lantern) == before


def test_the_same_file_twice_is_refused_but_may_stand_for_another_element(lantern: Any) -> None:
    path = lantern.file("film.mp4")
    first = lantern.catalogue.add_reference(path, work="The Tin Heron", actor="test")
    wren = lantern.catalogue.add_element("character", "Wren", work="The Tin Heron", actor="test")
    with pytest.raises(Conflict, match=first.id):
        lantern.catalogue.add_reference(path, work="The Tin Heron", actor="test")
    assert lantern.blobs.has(first.digest)
    second = lantern.catalogue.add_reference(path, element="Wren", actor="test")
    assert (second.work_id, second.element_id) == (first.work_id, wren.id)
    lantern.catalogue.remove_reference(first.id, actor="test")
    assert lantern.blobs.has(first.digest), "the other reference still needs the bytes"
    lantern.catalogue.remove_reference(second.id, actor="test")
    assert not lantern.blobs.has(first.digest)


def test_bytes_that_another_process_swept_are_stored_again(lantern: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lantern.file("film.mp4")
    extract = lantern.extractor.extract

    def swept_meanwhile(*args: Any, **kwargs: Any) -> Any:
        found = extract(*args, **kwargs)
        lantern.catalogue.registrations.sweep(list(lantern.blobs.digests()))
        return found

    monkeypatch.setattr(lantern.extractor, "extract", swept_meanwhile)
    reference = lantern.catalogue.add_reference(path, work="The Tin Heron", actor="test")
    lantern.blobs.verify(reference.digest)


def test_what_a_killed_process_left_is_swept(lantern: Any) -> None:
    reference = lantern.catalogue.add_reference(lantern.file("film.mp4"), work="The Tin Heron", actor="test")
    lantern.blobs.put_bytes(b"left behind")
    assert lantern.catalogue.registrations.sweep_all() == 1
    assert list(lantern.blobs.digests()) == [reference.digest]


def test_removal_asks_before_it_takes_others_along(lantern: Any) -> None:
    lantern.catalogue.add_element("character", "Wren", work="The Tin Heron", actor="test")
    lantern.catalogue.add_reference(lantern.file("wren.png"), element="Wren", actor="test")
    lantern.catalogue.add_reference(lantern.file("film.mp4"), work="The Tin Heron", actor="test")
    before = contents(lantern)
    for remove in (
        lambda: lantern.catalogue.remove_work("The Tin Heron", actor="test"),
        lambda: lantern.catalogue.remove_element("Wren", actor="test"),
        lambda: lantern.catalogue.remove_party("Lantern Pictures", actor="test"),
    ):
        with pytest.raises(Conflict, match="still has"):
            remove()
    assert contents(lantern) == before
    lantern.catalogue.remove_work("The Tin Heron", cascade=True, actor="test")
    assert list(lantern.catalogue.fingerprints("pdq-v1")) == []
    assert contents(lantern)[2:6] == ((), (), (), [])
    assert lantern.catalogue.add_work("New", "Lantern Pictures", identifiers=[EIDR], actor="test").identifiers == (
        EIDR,
    )


def test_fields_are_checked_and_named(lantern: Any) -> None:
    catalogue = lantern.catalogue
    before = contents(lantern)

    def fails(field: str, error: type[Exception], **values: Any) -> None:
        accepted: dict[str, Any] = {"kind": "character", "name": "Wren", "work": "The Tin Heron"}
        with pytest.raises(error) as caught:
            catalogue.add_element(**{**accepted, **values}, actor="test")
        assert caught.value.field == field  # type: ignore[attr-defined]

    fails("kind", InputError, kind="villain")
    fails("name", InputError, name="")
    fails("name", InputError, name="!W!")
    fails("name", InputError, name="Wr\x00en")
    fails("name", InputError, name="Wr\ud800en")
    fails("name", LimitExceeded, name="W" * 301)
    fails("language", InputError, language="english, please")
    fails("policy", InputError, policy="forbid")
    fails("aliases[1]", InputError, aliases=["Wrenny", "-"])
    fails("keywords[0]", LimitExceeded, keywords=["w" * 101])
    fails("description", LimitExceeded, description="w" * 5001)
    fails("work", NotFound, work="The Tin Hero")
    fails("work", InputError, work=None)
    with pytest.raises(InputError, match="character, creature, costume"):
        catalogue.add_element("villain", "Wren", work="The Tin Heron", actor="test")
    with pytest.raises(NotFound):
        catalogue.add_work("New", "Nobody", actor="test")
    with pytest.raises(NotFound):
        catalogue.subject(work_id="work_gone", element_id=None)
    assert contents(lantern) == before


def test_search_finds_names_titles_aliases_and_identifiers(lantern: Any) -> None:
    lantern.catalogue.add_element("character", "Captain Wren", work="The Tin Heron", aliases=["Käpt'n"], actor="test")
    assert [each.name for each in lantern.catalogue.search("KÄPT").elements] == ["Captain Wren"]
    assert [each.title for each in lantern.catalogue.search("tin he").works] == ["The Tin Heron"]
    assert [each.title for each in lantern.catalogue.search("2C23").works] == ["The Tin Heron"]
    assert [each.name for each in lantern.catalogue.search("lantern").parties] == ["Lantern Pictures"]
    counts = lantern.catalogue.counts()
    assert (counts.parties, counts.works, counts.elements, counts.references) == (1, 1, 1, 0)
