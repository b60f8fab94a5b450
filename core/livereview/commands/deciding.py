"""The command with which people decide on records that searches found, and how a person takes their seat."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from livereview.cli import Exit
from livereview.commands.group import JSON, PATH, commands
from livereview.console import ask, say, say_data, tell
from livereview.errors import ExpectedError

if TYPE_CHECKING:
    from livereview.deciding.desk import Desk
    from livereview.deciding.settling import Settled
    from livereview.deciding.waiting import Selecting, Stage, Waiting

PERSON = click.option("--person", metavar="NAME", help="Who decides; decisions are signed with it.")
TO = click.option("--to", "to", metavar="FILE", type=click.Path(path_type=Path), help="Write what awaits to a file.")
FROM = click.option("--from", "source", metavar="FILE", type=click.Path(path_type=Path), help="Read decisions back.")
_STAGE = click.Choice(["title-abstract", "retrieval", "full-text"])


@commands.command()
@PATH
@PERSON
@click.option("--stage", type=_STAGE, help="At which stage; by default the first at which something awaits you.")
@click.option(
    "--people", type=click.IntRange(1, 9), default=2, show_default=True, help="How many people decide on each record."
)
@click.option("--conflicts", is_flag=True, help="Settle what two others decided differently.")
@click.option("--doubles", is_flag=True, help="Say of records that look alike whether they are the same.")
@TO
@FROM
@click.option("--replace", is_flag=True, help="With --from: let it replace what you decided before.")
@JSON
def screen(
    path: Path,
    person: str | None,
    stage: Stage | None,
    people: int,
    conflicts: bool,
    doubles: bool,
    to: Path | None,
    source: Path | None,
    replace: bool,
    as_json: bool,
) -> int:
    """Decide on records that searches found.

    Shows one record after another and takes a letter for an answer: i include, e exclude, u unsure, s skip, b back, q
    quit. Nobody sees what others decided, except to settle a conflict. Each answer is safe at once, and all of them
    become one batch of the store at the end. Asks no source. Outside a terminal, and without --person, it says how many
    records await.

    --to and --from exchange what awaits with a spreadsheet (.csv, .xlsx) or a reference manager (.ris); --from also
    reads exports of Rayyan and Covidence.
    """
    from livereview.deciding.desk import desk_of
    from livereview.deciding.waiting import Selecting
    from livereview.screens import screening as screens

    require_one(conflicts=conflicts, doubles=doubles, to=to is not None, **{"from": source is not None})
    if replace and source is None:
        raise click.UsageError("--replace belongs to --from.")
    desk = desk_of(path)
    if as_json or (person is None and not (doubles or to or source or at_a_terminal())):
        found = Selecting(desk).status()
        say_data(found) if as_json else screens.status(found)
        return Exit.DONE
    if to is not None:
        return _written(desk, to, person, stage, people)
    desk, person = seated(desk, person)
    if source is not None:
        return _taken_over(desk, source, person, stage, replace)
    if doubles:
        return _pairs(desk, person)
    return _records(desk, person, stage, people, conflicts)


def require_one(**options: bool) -> None:
    """Usage error where several options are given that exclude each other."""
    given = [f"--{name}" for name, is_given in options.items() if is_given]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)}: one at a time.")


def at_a_terminal() -> bool:
    """Whether a person can read and type."""
    return sys.stdin.isatty() and sys.stdout.isatty()


# --- the person ----------------------------------------------------------------------------------------------------


def seated(desk: Desk, person: str | None) -> tuple[Desk, str]:
    """The person, and the review after what killed sessions left behind has been recorded."""
    from livereview.deciding.desk import person_named, read_again
    from livereview.deciding.settling import recovered
    from livereview.printing import counted

    name = person_named(desk, person if person is not None else _asked_name())
    for found in recovered(desk):
        tell(f"{counted(found.recorded, 'row')} of {found.person} left behind by an earlier session: recorded now.")
        tell_refused(found)
    return read_again(desk), name


def _asked_name() -> str:
    """The name that the person types; what git knows is offered."""
    if not sys.stdin.isatty():
        raise ExpectedError("--person: decisions are signed; say whose they are, e.g. --person Ada.")
    known = _name_in_git()
    typed = ask(f"Your name{f' (Enter for {known})' if known else ''}:")
    return typed or known


def _name_in_git() -> str:
    try:
        found = subprocess.run(
            ["git", "config", "user.name"], capture_output=True, text=True, timeout=5, check=False
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return found


def tell_refused(found: Settled) -> None:
    """Say which answers could not be recorded, and where they are kept."""
    for line in found.refused:
        tell(line)
    if found.kept is not None:
        tell(f"What could not be recorded is kept in {found.kept}.")


# --- records -------------------------------------------------------------------------------------------------------


def _records(desk: Desk, person: str, stage: Stage | None, people: int, conflicts: bool) -> int:
    """Go through what awaits a person, and record the answers even if the person breaks off."""
    from livereview.deciding.journal import Journal
    from livereview.deciding.known import Known
    from livereview.deciding.screening import Sitting
    from livereview.deciding.settling import settled
    from livereview.deciding.waiting import Selecting
    from livereview.screens import screening as screens

    selecting = Selecting(desk)
    queue = _conflicting(selecting, person, stage) if conflicts else None
    if queue is None:
        at = stage or selecting.first_stage(person, people)
        queue = [] if at is None else selecting.waiting(at, person, people, unretrieved=stage is not None)
    if not queue:
        say(f"Nothing awaits {person}{f' at {screens.NAMES[stage]}' if stage else ''}.")
        return Exit.DONE
    journal = Journal(desk.folder, desk.review, "screening", person)
    sitting = Sitting(desk, journal, queue, settling=conflicts)
    try:
        screens.sit(sitting, Known(desk, [one.record for one in queue]), selecting.reasons(queue[0].stage))
    finally:
        found = settled(desk, journal)
        screens.done(found, sitting.counts(), len(queue) - len(sitting.answers))
        tell_refused(found)
    return Exit.FAILED if found.refused else Exit.DONE


def _conflicting(selecting: Selecting, person: str, stage: Stage | None) -> list[Waiting]:
    """What a third person can settle: not what they decided themselves."""
    from livereview.deciding.waiting import STAGES

    stages = STAGES if stage is None else (stage,)
    found = next((every for at in stages if (every := selecting.conflicts(at))), [])
    own = [one for one in found if any(row["person"] == person for row in one.others)]
    if own:
        tell(
            f"{len(own):,} of {len(found):,} conflicts are {person}'s own: a third person settles them, or both "
            'together under a name of their own, e.g. --person "Ada and Ben".'
        )
    return [one for one in found if one not in own]


def _pairs(desk: Desk, person: str) -> int:
    """Go through the pairs that look alike, and record the answers even if the person breaks off."""
    from livereview.deciding.doubles import PairSitting, doubles_of, to_be_typed
    from livereview.deciding.journal import Journal
    from livereview.deciding.settling import settled
    from livereview.screens import doubles as screens
    from livereview.screens.screening import done

    queue = doubles_of(desk)
    if not queue:
        say("No two records look alike of which nobody has said whether they are the same.")
        return Exit.DONE
    journal = Journal(desk.folder, desk.review, "pairs", person)
    sitting = PairSitting(desk, journal, queue)
    try:
        screens.sit(sitting)
    finally:
        found = settled(desk, journal)
        done(found, sitting.counts(), len(queue) - len(sitting.answers))
        tell_refused(found)
        for line in to_be_typed(desk):
            tell(line)
    return Exit.FAILED if found.refused else Exit.DONE


# --- files ---------------------------------------------------------------------------------------------------------


def _written(desk: Desk, to: Path, person: str | None, stage: Stage | None, people: int) -> int:
    """Write what awaits to a file."""
    from livereview.deciding import record_sheets, ris, sheets
    from livereview.deciding.waiting import STAGES, Selecting
    from livereview.printing import counted
    from livereview.screens.screening import NAMES
    from livereview.writing import write_whole

    sheets.require_new(to, (".csv", ".xlsx", ".ris"))
    selecting, who = Selecting(desk), person or ""
    at = stage or selecting.first_stage(who, people) or STAGES[0]
    queue = selecting.waiting(at, who, people, unretrieved=stage is not None)
    if to.suffix.lower() == ".ris":
        write_whole(to, ris.text(one.record for one in queue).encode())
    else:
        sheets.write(to, record_sheets.SHEET, record_sheets.sheet_rows(queue, desk.review))
    say(f"wrote {to}: {counted(len(queue), 'record')} at {NAMES[at]}")
    return Exit.DONE


def _taken_over(desk: Desk, source: Path, person: str, stage: Stage | None, replace: bool) -> int:
    """Record the decisions in a file, all or none."""
    from livereview.deciding import record_sheets, reference_files, sheets
    from livereview.deciding.desk import add, held_desk
    from livereview.printing import counted

    strangers: tuple[str, ...] = ()
    with held_desk(desk) as now:
        sheet = sheets.read(source, record_sheets.NEEDED)
        if sheet is not None:
            found = record_sheets.decisions_in(now, sheet, person, stage, replace)
            rows, repeated, empty = found.rows, found.repeated, found.empty
        else:
            other = reference_files.decisions_of(now, source, person, stage, replace)
            rows, repeated, empty, strangers = other.rows, other.repeated, 0, other.strangers
            for note in other.notes:
                tell(note)
        recorded = len(add(now, rows, "screen").changes) if rows else 0
    say(f"{counted(recorded, 'decision')} recorded, {repeated:,} known before, {counted(empty, 'row')} without one.")
    for line in strangers:
        tell(f"none of the review's records, or in doubt which: {line}")
    return Exit.FAILED if strangers else Exit.DONE
