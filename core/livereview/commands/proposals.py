"""The command with which people decide on rows that sources propose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from livereview.cli import Exit
from livereview.commands.deciding import FROM, PERSON, TO, at_a_terminal, require_one, seated, tell_refused
from livereview.commands.group import JSON, PATH, commands
from livereview.console import say, say_data
from livereview.errors import ExpectedError

if TYPE_CHECKING:
    from livereview.deciding.desk import Desk


@commands.command("review-proposals")
@PATH
@PERSON
@click.option("--study", metavar="ID", help="Only the rows of one study.")
@TO
@FROM
@JSON
def review_proposals(
    path: Path, person: str | None, study: str | None, to: Path | None, source: Path | None, as_json: bool
) -> int:
    """Accept or decline rows that sources propose.

    Lists every proposed row that nobody has decided on, beside what is recorded. In a terminal, or with --person, takes
    a letter for an answer: a accept, d decline, c change a cell, s skip, b back, q quit. Nothing that a source proposes
    is pooled before a person has accepted it. --to and --from exchange the list with a spreadsheet (.csv, .xlsx).
    """
    from livereview.deciding.desk import desk_of
    from livereview.deciding.dockets import Docket
    from livereview.printing import counted
    from livereview.screens import proposals as screens

    require_one(to=to is not None, **{"from": source is not None})
    desk = desk_of(path)
    cards = Docket(desk).of_study(study)
    if as_json:
        say_data([card.as_data() for card in cards])
    elif to is not None:
        _proposals_written(desk, to, study)
    elif source is not None:
        return _proposals_taken(*seated(desk, person), source)
    elif person is not None or at_a_terminal():
        return _examined(*seated(desk, person), study)
    else:
        screens.listed(cards)
        say(f"{counted(len(cards), 'proposed row')} to be decided on." if cards else "No proposed row is open.")
    return Exit.DONE


def _examined(desk: Desk, person: str, study: str | None) -> int:
    """Go through the proposals, and record the answers even if the person breaks off."""
    from livereview.deciding.dockets import Docket
    from livereview.deciding.examination import Examination
    from livereview.deciding.journal import Journal
    from livereview.deciding.settling import settled
    from livereview.screens import proposals as screens
    from livereview.screens.screening import done

    docket = Docket(desk)
    queue = docket.of_study(study)
    if not queue:
        say("No proposed row is open.")
        return Exit.DONE
    journal = Journal(desk.folder, desk.review, "proposals", person)
    examination = Examination(desk, docket, journal, queue)
    try:
        screens.examine(examination)
    finally:
        found = settled(desk, journal)
        done(found, examination.counts(), len(queue) - len(examination.verdicts))
        tell_refused(found)
    return Exit.FAILED if found.refused else Exit.DONE


def _proposals_written(desk: Desk, to: Path, study: str | None) -> None:
    """Write the open proposals to a sheet."""
    from livereview.deciding import proposal_sheets, sheets
    from livereview.deciding.dockets import Docket
    from livereview.printing import counted

    sheets.require_new(to, (".csv", ".xlsx"))
    cards = Docket(desk).of_study(study)
    sheets.write(to, proposal_sheets.columns(cards), proposal_sheets.sheet_rows(cards))
    say(f"wrote {to}: {counted(len(cards), 'proposed row')}")


def _proposals_taken(desk: Desk, person: str, source: Path) -> int:
    """Record the decisions in a sheet, all or none."""
    from livereview.deciding import proposal_sheets, sheets
    from livereview.deciding.desk import add, held_desk
    from livereview.printing import counted

    with held_desk(desk) as now:
        sheet = sheets.read(source, proposal_sheets.NEEDED)
        if sheet is None:
            raise ExpectedError(f"{source}: this is no sheet with proposal_id and decision, as --to writes it.")
        rows, empty = proposal_sheets.decisions_in(now, sheet, person)
        changes = add(now, rows, "review-proposals").changes if rows else ()
    decided = sum(change.row.table == "acceptances" for change in changes)
    say(f"{counted(decided, 'decision')} recorded, {counted(empty, 'row')} without one.")
    return Exit.DONE
