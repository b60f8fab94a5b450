"""What the commands show: tables of outcomes, studies, updates, changes and plugins. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from livereview import printing
from livereview.console import say, table
from livereview.history import Record, same_interval
from livereview.json_values import as_json, as_number
from livereview.printing import counted, plain
from livereview.report import Failure, Interval, OutcomeChange, RowChange
from livereview.screens import verdicts as verdict_screens

if TYPE_CHECKING:
    from pathlib import Path

    from livereview.plugins import Listed
    from livereview.update import Updated

_MOST_ROWS = 40
_MOST_DIFFERING = 10
#: Columns of a study's data that are shown before the others.
_FIRST = ("estimate", "mean", "sd", "events", "n", "ci_low", "ci_high", "se")


def update(done: Updated, several: bool = False) -> None:
    """What an update did: what came in, what changed, where the review stands, where the report is.

    Of ``several`` reviews those in which nothing changed have one line each.
    """
    record = done.record
    if several and not done.new and done.report is None:
        say(f"{record.content['title']}: {_headline(done)}")
        return
    say(f"{record.content['title']}")
    say(_headline(done))
    changed: list[str] = []
    if done.report is not None and not done.report.changes.first and done.new:
        found = done.report.changes
        changed = [change.id for change in found.outcomes if is_changed(change)]
        verdict_screens.verdicts(found.verdicts)
        verdict_screens.reports(found.reports)
        changes(found.outcomes, found.rows, found.other)
    outcomes(record, changed)
    published(done)
    audited(done)
    if done.not_asked:
        say(f"Not asked: {', '.join(done.not_asked)}. To ask: livereview update --online.")
    say(f"Report: {_report(done)}")
    say()


def audited(done: Updated) -> None:
    """How many findings of the audit are open, where an error or a warning is."""
    found = None if done.report is None else done.report.audit
    counts = [] if found is None else [(found.count(severity), severity) for severity in ("error", "warning")]
    told = ", ".join(counted(number, severity) for number, severity in counts if number)
    if told:
        say(f"Audit: {told} open. To read them: livereview audit PATH.")


def published(done: Updated) -> None:
    """How many results of imported meta-analyses agree with ours; those that do not are named."""
    found = () if done.report is None else done.report.published
    if not found:
        return
    differing = [item for item in found if not item.agrees]
    agreeing = len(found) - len(differing)
    verb = "agrees" if len(found) == 1 else "agree"
    say(f"As published: {agreeing} of {counted(len(found), 'result')} {verb} with ours to the printed digits.")
    for item in differing[:_MOST_DIFFERING]:
        numbers = (number for number in item.numbers if not number.agrees)
        said = "; ".join(f"{n.name} {plain(n.published)}, here {plain(n.ours)}" for n in numbers)
        say(f"  {item.outcome_id}{f', {item.group}' if item.group else ''}: {said} ({item.locator})")


def _report(done: Updated) -> str:
    return to_open(done.places.report, done.record.content["files"])


def to_open(folder: Path, files: Iterable[str]) -> str:
    """The document to open, or the folder where there is none."""
    return str(folder / "report.md" if "report.md" in files else folder)


def _headline(done: Updated) -> str:
    """One line: what came into the store, and whether this review has a new update."""
    came = ", ".join(f"{number:,} {name}" for name, number in done.added.counts.items() if number)
    store = f"Store: {came or 'nothing new'}."
    if done.new:
        return f"{store} {done.record.title.capitalize()} recorded."
    if done.report is None:
        return f"{store} Nothing changed since {done.record.title}; nothing was written."
    written = (
        f"{counted(done.files_written, 'file')} of the report written" if done.files_written else "no file differed"
    )
    return f"{store} Analysed again with the same results as {done.record.title}; {written}."


def troubles(failures: Iterable[Failure]) -> list[str]:
    """Failed sections, a line each."""
    return [f"failed: {item.section} ({item.plugin}, {item.provider}): {item.message}" for item in failures]


def as_data(done: Updated) -> dict[str, Any]:
    """An update for machines."""
    return {
        "review": done.record.content["review"],
        "update": done.record.number,
        "name": done.record.name,
        "new": done.new,
        "store": done.added.counts,
        "changes": as_json(done.report.changes) if done.report is not None and done.new else None,
        "outcomes": done.record.content["outcomes"],
        "failures": as_json(done.failures),
        "warnings": list(done.warnings),
        "left_out": [str(problem) for problem in done.left_out],
        "not_asked": list(done.not_asked),
        "report": _report(done),
    }


def outcomes(record: Record, changed: Iterable[str] = ()) -> None:
    """Where a review stands: its outcomes with estimates; ``changed`` ids are marked."""
    marks = set(changed)
    rows = [_outcome_row(outcome, outcome["id"] in marks) for outcome in record.content["outcomes"]]
    headings = ["", "outcome", "measure", "k", "people", "estimate", "prediction", "I²", "P"]
    table("", headings, rows, right=(3, 4, 7, 8))
    if marks:
        say("* changed since the previous update")


def _outcome_row(outcome: Mapping[str, Any], changed: bool) -> list[str]:
    pooled, display = outcome["pooled"], outcome["display"]
    mark = "!" if outcome["failures"] else "*" if changed else ""
    if outcome["failures"] and not pooled["k"]:
        return [mark, outcome["id"], outcome["measure"], "", "", "failed: see the report", "", "", ""]
    low, high = pooled["prediction_shown"] or (None, None)
    return [
        mark,
        outcome["id"],
        outcome["measure"],
        str(pooled["k"]),
        "" if pooled["participants"] is None else f"{pooled['participants']:,}",
        printing.interval(_interval(pooled["shown"]), display) if pooled["k"] else "no eligible result",
        "" if low is None else printing.limits(as_number(low), as_number(high), display),
        "" if pooled["i2"] is None else printing.i2(pooled["i2"]),
        "" if pooled["p_value"] is None else printing.p_value(pooled["p_value"]),
    ]


def _interval(shown: Mapping[str, Any]) -> Interval:
    return Interval(**{name: as_number(value) for name, value in shown.items()})


def outcome(found: Mapping[str, Any]) -> None:
    """One outcome with its studies, where their numbers come from, and its cautions."""
    display = found["display"]
    pooled = found["pooled"]
    say(f"{found['title']} ({found['measure_title']}, {found['model']})")
    rows = [
        [
            study["label"],
            _data(study["data"]),
            printing.interval(_interval(study["shown"]), display),
            printing.weight(as_number(study["weight"])),
            ", ".join(sorted({row["status"] for row in study["rows"]})),
            "; ".join(dict.fromkeys(f"{row['report_id']}, {row['locator']}" for row in study["rows"])),
        ]
        for study in found["studies"]
    ]
    table("", ["study", "data", "effect", "weight", "status", "source"], rows, right=(3,))
    if pooled["k"]:
        say(f"pooled: {printing.interval(_interval(pooled['shown']), display)}")
    for caution in found["cautions"]:
        say(f"caution: {caution}")
    for item in found["excluded"]:
        say(f"set aside: {item['label']}: {item['reason']}" + (f" [{item['detail']}]" if item["detail"] else ""))
    for line in troubles(Failure(**failure) for failure in found["failures"]):
        say(line)


def _data(data: Mapping[str, Any]) -> str:
    """A study's numbers as they were recorded; those it does not have are left out."""
    order = sorted(data, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    numbers = {name: plain(as_number(data[name])) for name in order if data[name] is not None}
    if {"events_1", "n_1", "events_2", "n_2"} <= set(numbers):
        return f"{numbers['events_1']}/{numbers['n_1']} v {numbers['events_2']}/{numbers['n_2']}"
    if {"events", "n"} <= set(numbers):
        return f"{numbers['events']}/{numbers['n']}"
    return ", ".join(f"{name} {number}" for name, number in numbers.items())


def updates(records: Sequence[Record]) -> None:
    """The recorded updates of a review, newest last."""
    rows = [
        [
            str(record.number),
            str(record.content["recorded_at"]),
            record.name,
            str(record.content["snapshot"])[:12],
            str(len(record.content["studies"])),
            str(sum(1 for outcome in record.content["outcomes"] if outcome["pooled"]["k"])),
            str(sum(verdict["kind"] == "consequential" for verdict in record.content.get("verdicts", ())) or ""),
            str(len(record.content["failures"]) or ""),
        ]
        for record in records
    ]
    headings = [
        "update", "recorded", "name", "snapshot", "studies", "outcomes with a result", "consequential",
        "failed sections",
    ]  # fmt: skip
    table("", headings, rows, right=(0, 4, 5, 6, 7))


def changes(found: Sequence[OutcomeChange], rows: Sequence[RowChange], other: Sequence[str]) -> None:
    """What changed between two updates."""
    for text in other:
        say(text)
    if rows:
        shown = [[row.change, row.table, row.study_label, row.what, _before_after(row)] for row in rows[:_MOST_ROWS]]
        table("Evidence", ["change", "table", "study", "row", "before and after"], shown)
        if len(rows) > _MOST_ROWS:
            say(f"and {len(rows) - _MOST_ROWS} more rows (all with --json)")
    moved = [change for change in found if is_changed(change)]
    if moved:
        shown = [
            [change.id, _k(change.k_before), _estimate(change, change.before), _k(change.k_after),
             _estimate(change, change.after), _studies(change)]
            for change in moved
        ]  # fmt: skip
        table("Outcomes", ["outcome", "k before", "before", "k after", "after", "studies"], shown, right=(1, 3))
    same = len(found) - len(moved)
    if found:
        say(f"{same} of {len(found)} outcomes are unchanged." if same else "Every outcome changed.")
    if not (rows or moved or other):
        say("Nothing changed.")


def is_changed(change: OutcomeChange) -> bool:
    """Whether an outcome's definition, studies or numbers differ."""
    return (
        not same_interval(change.before, change.after)
        or change.k_before != change.k_after
        or change.definition_changed
        or bool(change.studies_added or change.studies_removed)
    )


def _before_after(row: RowChange) -> str:
    if row.reason:
        return f"reason: {row.reason}"
    return f"{row.before} → {row.after}" if row.before or row.after else ""


def _k(k: int | None) -> str:
    return "–" if k is None else str(k)


def _estimate(change: OutcomeChange, interval: Interval | None) -> str:
    return "–" if interval is None else printing.interval(interval, change.display)


def _studies(change: OutcomeChange) -> str:
    parts = [f"+ {label}" for label in change.studies_added] + [f"- {label}" for label in change.studies_removed]
    return "; ".join([*parts, *(["definition changed"] if change.definition_changed else [])])


def plugins(lines: Sequence[Listed]) -> None:
    """Every plugin with kind, name, distribution, version and state."""
    rows = [
        [
            line.kind,
            line.name,
            line.provider.distribution,
            line.provider.version,
            line.state,
            line.reason or line.summary,
        ]
        for line in lines
    ]
    table("", ["kind", "name", "distribution", "version", "state", ""], rows)
