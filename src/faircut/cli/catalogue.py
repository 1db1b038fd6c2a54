"""``faircut catalogue``: parties, works, elements and references."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from faircut import wire
from faircut.cli.console import data, emit, plain, progress_bar, words
from faircut.cli.root import ACTOR, JsonFlag, app, opened
from faircut.domain import ElementKind, Identifier, NeverMatch

catalogue = typer.Typer(help="What is protected.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(catalogue, name="catalogue")


class FileFormat(StrEnum):
    """What the catalogue is exported as."""

    JSON = "json"
    CSV = "csv"


@catalogue.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .json or .csv file; paths in it are relative to it.")],
    as_json: JsonFlag = False,
) -> None:
    """Register everything in a file, or nothing if anything in it is wrong. Importing it again adds nothing."""
    with opened(context) as faircut, progress_bar("importing", quiet=as_json) as progress:
        report = faircut.catalogue.import_file(file, actor=ACTOR, progress=progress)
    if as_json:
        emit(wire.dump(report))
    else:
        data.print(plain(str(report)))


@catalogue.command("export")
def export_file(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="File to write, its references beside it (default: stdout).")] = None,
    file_format: Annotated[
        FileFormat | None, typer.Option("--format", help="Default: as FILE ends, else json.")
    ] = None,
) -> None:
    """Write the whole catalogue in the form that `import` reads."""
    as_csv = file_format is FileFormat.CSV if file_format else out is not None and out.suffix == ".csv"
    with opened(context) as faircut:
        if out is None:
            typer.echo(faircut.catalogue.export_csv() if as_csv else faircut.catalogue.export_json(), nl=False)
        else:
            target = out.with_suffix(".csv" if as_csv else ".json")
            count = faircut.catalogue.export_file(target)
            words.print(f"wrote {plain(str(target))}, and {count} reference files beside it")


@catalogue.command("list")
def list_works(
    context: typer.Context,
    search: Annotated[str | None, typer.Option(help="Only what has this in its name, title or alias.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Print works with their elements and references."""
    with opened(context) as faircut:
        found = faircut.catalogue.search(search or "")
        parties = {party.id: party.name for party in faircut.catalogue.parties()}
        if as_json:
            for each in (*found.parties, *found.works, *found.elements):
                emit({"type": type(each).__name__.lower(), **wire.dump(each)})
            return
        for work in found.works:
            ids = ", ".join(f"{each.scope} {each.value}" for each in work.identifiers)
            data.print(f"[bold]{plain(work.title)}[/] ({plain(parties[work.party_id])}) [dim]{work.id} {plain(ids)}[/]")
            for reference in faircut.catalogue.references(work=work.id):
                length = f"{reference.duration:.1f} s" if reference.duration else ""
                data.print(f"    {reference.kind.value} {plain(reference.name)} {length} [dim]{reference.id}[/]")
        for element in found.elements:
            data.print(f"  {element.kind.value} {plain(element.name)} [dim]{element.id}[/] {element.policy.value}")


@catalogue.command("add-party")
def add_party(context: typer.Context, name: Annotated[str, typer.Argument(help="The rights holder's name.")]) -> None:
    """Register a party."""
    with opened(context) as faircut:
        data.print(faircut.catalogue.add_party(name, actor=ACTOR).id)


@catalogue.command("add-work")
def add_work(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="The work's title.")],
    party: Annotated[str, typer.Option(help="Its rights holder, by name or id.")],
    identifier: Annotated[list[str] | None, typer.Option(help="SCOPE=VALUE, such as EIDR=10.5240/….")] = None,
    policy: Annotated[str, typer.Option(help="block, review or licence.")] = "block",
    naming: Annotated[str, typer.Option(help="How far answers name it: full, work or nothing.")] = "full",
) -> None:
    """Register a work."""
    with opened(context) as faircut:
        identifiers = [_identifier(each) for each in identifier or []]
        work = faircut.catalogue.add_work(
            title, party, identifiers=identifiers, policy=policy, naming=naming, actor=ACTOR
        )
        data.print(work.id)


def _identifier(text: str) -> Identifier:
    scope, mark, value = text.partition("=")
    if not mark:
        raise typer.BadParameter(f"{text!r} is not SCOPE=VALUE", param_hint="--identifier")
    return Identifier(scope, value)


@catalogue.command("add-element")
def add_element(
    context: typer.Context,
    kind: Annotated[ElementKind, typer.Argument(help="What it is.")],
    name: Annotated[str, typer.Argument(help="Its name.")],
    work: Annotated[str | None, typer.Option(help="Its work, by title or id.")] = None,
    party: Annotated[str | None, typer.Option(help="Whom it belongs to, where it is of no work.")] = None,
    alias: Annotated[list[str] | None, typer.Option(help="Another name; may be repeated.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the name (BCP 47).")] = None,
    tagline: Annotated[str, typer.Option(help="What it is, in one line.")] = "",
    description: Annotated[str, typer.Option(help="What it looks or sounds like.")] = "",
    keyword: Annotated[list[str] | None, typer.Option(help="A typical attribute; may be repeated.")] = None,
    policy: Annotated[str | None, typer.Option(help="block, review or licence (default: the work's).")] = None,
    naming: Annotated[str | None, typer.Option(help="full, work or nothing (default: the work's).")] = None,
) -> None:
    """Register an element of a work, or a person's likeness or voice."""
    with opened(context) as faircut:
        element = faircut.catalogue.add_element(
            kind,
            name,
            work=work,
            party=party,
            language=language,
            aliases=alias or [],
            tagline=tagline,
            description=description,
            keywords=keyword or [],
            policy=policy,
            naming=naming,
            actor=ACTOR,
        )
        data.print(element.id)


@catalogue.command("add-reference")
def add_reference(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A video, image, sound or .txt file.")],
    work: Annotated[str | None, typer.Option(help="The work it stands for, by title or id.")] = None,
    element: Annotated[str | None, typer.Option(help="The element it stands for, by name or id.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="START-END in seconds, never to match.")] = None,
    never_match: Annotated[
        NeverMatch | None,
        typer.Option(help="The whole file must never match, and takes away what it explains: whose matches."),
    ] = None,
) -> None:
    """Register a file; it is searchable for the next request at once."""
    segments = [_segment(each) for each in exclude or []]
    with opened(context) as faircut, progress_bar(f"registering {file.name}") as progress:
        reference = faircut.catalogue.add_reference(
            file,
            work=work,
            element=element,
            exclude=segments,
            negative=never_match,
            progress=progress,
            actor=ACTOR,
        )
    data.print(reference.id)


def _segment(text: str) -> tuple[float, float]:
    start, _, end = text.partition("-")
    try:
        return float(start), float(end)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not START-END, such as 0-4.5", param_hint="--exclude") from None


@catalogue.command("retro")
def retro(
    context: typer.Context,
    work: Annotated[str, typer.Argument(help="Title or id.")],
    as_json: JsonFlag = False,
) -> None:
    """Look for a work in everything that was judged before it was registered."""
    with opened(context) as faircut, progress_bar("searching", quiet=as_json) as progress:
        report = faircut.retro.search(faircut.catalogue.work(work), progress=progress, actor=ACTOR)
    if as_json:
        emit(wire.dump(report))
        return
    for sighting in report.sightings:
        stages = ", ".join(sighting.stages)
        data.print(f"[bold]{sighting.kind}[/] {sighting.digest} ({stages}) [dim]{' '.join(sighting.decisions)}[/]")
        for reason in (each.in_full for each in sighting.reasons):
            data.print(f"    {plain(reason.message)}")
    words.print(f"{report.searched} judged before, {len(report.sightings)} show it")


@catalogue.command("refingerprint")
def refingerprint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Take the fingerprints again of references that an older version took; the service does so by itself."""
    with opened(context) as faircut, progress_bar("fingerprinting", quiet=as_json) as progress:
        report = faircut.refingerprinting.run(progress=progress, actor=ACTOR)
    if as_json:
        emit(wire.dump(report))
        return
    words.print(f"{report.done} references brought up to date")
    for reference_id, why in report.failed:
        words.print(f"[red]left as it was:[/] {reference_id}: {plain(why)}")


@catalogue.command("compact")
def compact(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Write the indexes anew, so that the fingerprints of what was removed leave the disk."""
    with opened(context) as faircut:
        done = faircut.compact_indexes()
    if as_json:
        emit(done)
        return
    for name, written in sorted(done.items()):
        said = "written anew" if written else "[red]another process was writing; try again[/]"
        words.print(f"{plain(name)}: {said}")


@catalogue.command("remove-work")
def remove_work(
    context: typer.Context,
    work: Annotated[str, typer.Argument(help="Title or id.")],
    cascade: Annotated[bool, typer.Option("--cascade", help="With all its elements and references.")] = False,
) -> None:
    """Remove a work from the catalogue."""
    with opened(context) as faircut:
        faircut.catalogue.remove_work(work, cascade=cascade, actor=ACTOR)
        words.print(f"removed {plain(work)}")


@catalogue.command("remove-element")
def remove_element(
    context: typer.Context,
    element: Annotated[str, typer.Argument(help="Name or id.")],
    work: Annotated[str | None, typer.Option(help="Its work, where the name alone is not enough.")] = None,
    cascade: Annotated[bool, typer.Option("--cascade", help="With all its references.")] = False,
) -> None:
    """Remove an element from the catalogue."""
    with opened(context) as faircut:
        faircut.catalogue.remove_element(element, work=work, cascade=cascade, actor=ACTOR)
        words.print(f"removed {plain(element)}")


@catalogue.command("remove-reference")
def remove_reference(context: typer.Context, reference: Annotated[str, typer.Argument(help="The id.")]) -> None:
    """Remove a reference, its file and its fingerprints."""
    with opened(context) as faircut:
        faircut.catalogue.remove_reference(reference, actor=ACTOR)
        words.print(f"removed {plain(reference)}")
