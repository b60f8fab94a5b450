"""The judgements and their shares as CSV: one line for each study and item, one for each item and judgement."""

from __future__ import annotations

from livereview.spreadsheet import Record, written
from livereview_figures.appraisals.standing import Appraisal, Appraised
from livereview_figures.appraisals.totals import maximum, total_columns, total_text, total_title
from livereview_figures.drawing.text import clean, known


def judgements_data(appraisal: Appraisal) -> bytes:
    """Every study with every item, then its totals; ``judged_for`` is the outcome code, empty = the whole."""
    records = list[Record]()
    titles = dict(appraisal.instrument.items)
    for row in appraisal.rows:
        for item in appraisal.columns:
            card = row.card(item)
            records.append(
                _of(appraisal, row)
                | {
                    "item": clean(item),
                    "asks": clean(titles.get(item, "")),
                    "judgement": clean(appraisal.judgement(row, item).words),
                    "class": appraisal.judgement(row, item).severity,
                    "judged_for": clean(card.outcome) if card else None,
                }
            )
        for column in total_columns(appraisal):
            most = maximum(appraisal, row)
            records.append(
                _of(appraisal, row)
                | {"item": total_title(column), "judgement": total_text(appraisal, row, column), "class": "total",
                   "maximum": most if known(most) else None}
            )  # fmt: skip
    fields = [
        "instrument",
        "study_id",
        "study",
        "item",
        "asks",
        "judgement",
        "class",
        "judged_for",
        "maximum",
        "weight",
    ]
    return written(fields, records)


def _of(appraisal: Appraisal, row: Appraised) -> Record:
    weight = row.weight if appraisal.weighted and known(row.weight) else None
    return {"instrument": appraisal.title, "study_id": clean(row.study_id), "study": row.label, "weight": weight}


def shares_data(appraisal: Appraisal) -> bytes:
    """Every item with every judgement: studies, and the share of the bar, 0-1."""
    titles = dict(appraisal.instrument.items)
    records = [
        {"instrument": appraisal.title, "item": clean(item), "asks": clean(titles.get(item, "")),
         "judgement": clean(one.words), "class": one.severity, "studies": studies, "share": share,
         "share_of": "weights" if appraisal.weighted else "studies"}
        for item in appraisal.columns
        for one, studies, share in appraisal.shares(item)
    ]  # fmt: skip
    return written(["instrument", "item", "asks", "judgement", "class", "studies", "share", "share_of"], records)
