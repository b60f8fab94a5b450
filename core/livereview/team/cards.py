"""What a report says of the people of a review: double extraction, and appraisals with who judged and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from livereview.descriptions import what_in_words
from livereview.instruments import Instrument
from livereview.manifest.models import Extraction, Manifest
from livereview.outlook import Outlook
from livereview.people import AppraisalCard, DoubleWork, InstrumentCard
from livereview.plugins import Plugins
from livereview.selection import Scope
from livereview.team.adjudication import Row, Several
from livereview.team.agreement import disagreements, lines
from livereview.team.appraisal import Instruments, discrepancies, is_total, item_of, sheets, sum_of, title_of
from livereview.team.ratings import standing_scores


def double_work(view: Outlook, manifest: Manifest, plugins: Plugins) -> DoubleWork | None:
    """What several people recorded of the studies that the review admits; None where nobody signed anything."""
    readings, judgements = within(view.readings, view.scope), within(view.judgements, view.scope)
    if not readings and not any(len(item.readings) > 1 for item in judgements):
        return None
    labels = labels_of(view.scope)
    return DoubleWork(
        rule=rule_in_words(manifest.extraction),
        read_by_several=sum(len(result.readings) > 1 for result in readings),
        read_by_one=sum(len(result.readings) == 1 for result in readings),
        judged_by_several=sum(len(item.readings) > 1 for item in judgements),
        lines=tuple(lines(readings, judgements, Instruments(manifest, plugins))),
        disagreements=tuple(disagreements((*readings, *judgements), labels)),
        doubts=tuple(doubts_in_words((*readings, *judgements), labels)),
    )


def within(things: Iterable[Several], scope: Scope) -> list[Several]:
    """Those of studies that the review admits."""
    return [thing for thing in things if thing.rows[0]["study_id"] in scope.studies]


def labels_of(scope: Scope) -> dict[str, str]:
    """Names of the studies of a review, by id."""
    return {study_id: str(study["label"]) for study_id, study in scope.studies.items()}


def rule_in_words(extraction: Extraction) -> str:
    """What becomes of readings that differ and of results with too few of them."""
    differ = "Where readings differ and nobody has adjudicated, the result is not pooled."
    if extraction.disagreements == "prefer":
        people = ", then ".join(extraction.prefer)
        differ = f"Where readings differ and nobody has adjudicated, that of {people} is used."
    if extraction.required == 1:
        return differ
    fate = "is not pooled" if extraction.missing == "set-aside" else "is used, with a warning"
    return f"{differ} A result with fewer than {extraction.required} readings {fate}."


def doubts_in_words(things: Iterable[Several], labels: Mapping[str, str]) -> Iterable[str]:
    """Adjudications that do not fit what they settle, with sheet and row."""
    for thing in things:
        for doubt in thing.doubts:
            study = labels.get(doubt.row["study_id"], doubt.row["study_id"])
            yield f"{study}, {thing_in_words(doubt.row)}: {doubt.message}{placed(doubt.row)}. {doubt.remedy}"


def thing_in_words(row: Row) -> str:
    """A result without its number, or instrument and item."""
    if row.get("instrument") is None:
        return f"{what_in_words(row)} [{row['report_id']}]"
    outcome = f" ({row['outcome']})" if row.get("outcome") else ""
    return f"{row['instrument']}, {row['item']}{outcome}"


def placed(row: Row) -> str:
    """Sheet and row in brackets, where they are known."""
    return f" ({row['origin']})" if row.get("origin") else ""


# --- appraisals ------------------------------------------------------------------------------------------------


def instrument_cards(view: Outlook, manifest: Manifest, plugins: Plugins) -> tuple[InstrumentCard, ...]:
    """Each instrument with the admitted studies appraised with it, in the order of the sheets' rows."""
    instruments = Instruments(manifest, plugins)
    rows = [row for row in view.tables["appraisals"] if row["study_id"] in view.scope.studies]
    items = within(view.judgements, view.scope)
    standing = standing_scores(rows, items)
    disputed: dict[tuple[str, str, str | None], list[str]] = {}
    for thing in items:
        if thing.used is None:
            row = thing.rows[0]
            disputed.setdefault(_subject(row), []).append(row["item"])
    by_instrument: dict[str, dict[tuple[str, str, str | None], list[Row]]] = {}
    for row in rows:
        by_instrument.setdefault(row["instrument"], {}).setdefault(_subject(row), []).append(row)
    settled: dict[tuple[str, str, str | None], list[Row]] = {}
    for row in standing:
        settled.setdefault(_subject(row), []).append(row)
    return tuple(
        _card(name, subjects, settled, disputed, instruments, view.scope)
        for name, subjects in sorted(by_instrument.items())
    )


_Subject = tuple[str, str, str | None]


def _subject(row: Row) -> _Subject:
    return row["study_id"], row["instrument"], row.get("outcome")


def _card(
    name: str,
    subjects: Mapping[_Subject, list[Row]],
    settled: Mapping[_Subject, list[Row]],
    disputed: Mapping[_Subject, list[str]],
    instruments: Instruments,
    scope: Scope,
) -> InstrumentCard:
    known = instruments.find(name)
    names = dict.fromkeys(row["item"] for rows in subjects.values() for row in rows)
    order = [part.name.casefold() for part in known.items] if known else []
    items = [
        (item, title_of(known, item) if known else "")
        for item in sorted(names, key=lambda item: order.index(item.casefold()) if item.casefold() in order else 1000)
        if known is None or not is_total(known, item)
    ]
    cards = [
        _appraisal(key, rows, settled.get(key, []), disputed.get(key, []), instruments, scope)
        for key, rows in sorted(subjects.items(), key=lambda pair: (_label(pair[0], scope), str(pair[0][2] or "")))
    ]
    return InstrumentCard(
        title=name,
        known=known is not None,
        items=tuple(items),
        has_total=known is not None and bool(known.total),
        cards=tuple(cards),
        references=known.references if known else (),
        scores=_scores(known, names) if known else {},
        outside=known.outside if known else (),
        judges=known.judges if known else "quality",
        overall=next((name for name in names if known and known.overall and item_of(known, name) is known.overall), ""),
    )


def _scores(known: Instrument, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What may be scored, for each item of the sheets that the instrument has."""
    found = {name: item_of(known, name) for name in names}
    return {name: item.scores for name, item in found.items() if item is not None}


def _label(subject: _Subject, scope: Scope) -> str:
    return str(scope.studies[subject[0]]["label"])


def _appraisal(
    subject: _Subject,
    rows: list[Row],
    settled: list[Row],
    disputed: list[str],
    instruments: Instruments,
    scope: Scope,
) -> AppraisalCard:
    known = instruments.find(subject[1])
    scores = {row["item"]: row["score"] for row in settled}
    doubts = [item.message for sheet in sheets(rows) if known is not None for item in discrepancies(sheet, known)]
    given = tuple((item, score) for item, score in scores.items() if known is not None and is_total(known, item))
    open_items = [item for item in disputed if known is None or not is_total(known, item)]
    computed = sum_of(known, scores) if known is not None and known.total and not open_items else None
    return AppraisalCard(
        study_id=subject[0],
        label=_label(subject, scope),
        outcome=subject[2] or "",
        scores={item: score for item, score in scores.items() if (item, score) not in given},
        disputed=tuple(disputed),
        totals=given,
        computed=computed,
        people=_distinct(row.get("rater") for row in rows),
        dates=_distinct(row.get("rated_on") for row in rows),
        places=_distinct(row.get("locator") for row in rows),
        doubts=tuple(dict.fromkeys(doubts)),
    )


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
