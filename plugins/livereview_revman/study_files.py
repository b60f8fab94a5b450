"""The study files of a data package: characteristics, risk of bias, lists of included, excluded and ongoing studies."""

from __future__ import annotations

import re
from collections.abc import Iterable

from livereview import decoded_text, registry_ids_in
from livereview_revman import cells
from livereview_revman.delimited import Sheet
from livereview_revman.review import Characteristic, Judgement, Place, Review, Running

#: Domains of RoB 2 by how the files begin to name them, and their names in the instrument.
_ROB_2 = (
    ("bias arising from the randomi", "D1"),
    ("bias due to deviation", "D2"),
    ("bias due to missing", "D3"),
    ("bias in measurement", "D4"),
    ("bias in selection", "D5"),
    ("overall", "Overall"),
)
_ROB_2_SCORES = {"low risk": "Low", "high risk": "High", "some concerns": "Some concerns"}
_DOMAIN = re.compile(r"domain \((judgement|support)\): ?")
_SUFFIX = re.compile(r" ?\((judgement|support)\)$")


def read_judgements(sheet: Sheet, review: Review) -> None:
    """Add what a ``-risk-of-bias.csv`` file judges of each study (RoB 1)."""
    for place, row in sheet.rows:
        study = cells.label(row.get("study"))
        if not study:
            review.leave_out(place, "the row names no study", "Name the study in the file, or leave the row out.")
            continue
        review.study(study, place)
        for column in sheet.columns:
            found = _DOMAIN.match(column)
            if found is None or found[1] != "judgement":
                continue
            item = sheet.titles[column][found.end() :]
            support = row.get(column.replace("(judgement)", "(support)", 1), "")
            _add(review, study, "RoB 1", item, cells.words(row[column]), place, support)


def read_row_judgements(sheet: Sheet, review: Review) -> None:
    """Add what the columns behind the rows of data judge of each study and analysis (RoB 2)."""
    columns = [column for column in sheet.columns if (found := _SUFFIX.search(column)) and found[1] == "judgement"]
    for place, row in sheet.rows if columns else ():
        study = cells.label(row.get("study"))
        group, number = (
            cells.words(row.get(name)).removesuffix(".0") for name in ("analysis group", "analysis number")
        )
        outcome = f"analysis-{cells.slug(group)}-{cells.slug(number)}"
        for column in columns:
            title = _SUFFIX.sub("", column)
            item = next(
                (name for start, name in _ROB_2 if title.startswith(start)), _SUFFIX.sub("", sheet.titles[column])
            )
            score = cells.words(row[column])
            score = _ROB_2_SCORES.get(score.lower(), score)
            support = row.get(title + column[len(title) :].replace("judgement", "support"), "")
            if study:
                _add(review, study, "RoB 2", item, score, place, support, outcome)


def _add(
    review: Review, study: str, instrument: str, item: str, score: str, place: Place, support: str, outcome: str = ""
) -> None:
    if score:
        review.judgements.append(
            Judgement(
                study=study, instrument=instrument, item=cells.words(item), score=score, place=place, outcome=outcome,
                note=cells.prose(support),
            )
        )  # fmt: skip


def read_information(sheet: Sheet, review: Review, kind: str) -> None:
    """Add a ``-study-information.csv`` file; ``kind`` is included, excluded, awaiting or ongoing."""
    for place, row in sheet.rows:
        study = cells.label(row.get("study"))
        if not study:
            review.leave_out(place, "the row names no study", "Name the study in the file, or leave the row out.")
            continue
        texts = {
            sheet.titles[name][5:].strip(): cells.prose(text) for name, text in row.items() if name.startswith("char:")
        }
        if kind == "included":
            review.study(study, place, cells.study_year(row.get("year")))
            for name, text in texts.items():
                if text:
                    review.characteristics.append(Characteristic(study=study, name=name, value=text, place=place))
        elif kind == "excluded":
            reasons = [text for name, text in texts.items() if "reason" in name.lower()] or list(texts.values())
            other = cells.prose(row.get("reason for exclusion"))
            review.excluded[study] = "; ".join(text for text in (*reasons, other) if text)
        elif kind == "ongoing":
            _add_running(review, study, place, (*row.values(),))
        else:
            review.awaiting.append(study)


def _add_running(review: Review, label: str, place: Place, texts: Iterable[str]) -> None:
    found = registry_ids_in(*(cells.prose(text) for text in texts))
    review.ongoing.append(Running(label=label, registry_ids=found, place=place))


def read_references(content: bytes, file: str, review: Review, kind: str) -> None:
    """Take from a RIS file of references what the CSV files may lack: studies, and registry numbers of ongoing ones.

    Their bibliographic details are for a source that reads RIS; how many there are is noted.
    """
    text, _ = decoded_text(content)
    count = 0
    label, line, texts = "", 1, list[str]()
    for number, raw in enumerate([*text.splitlines(), "ER  - "], start=1):
        tag, value = raw[:2], raw[6:].strip() if raw[2:6].strip() in ("-", "") else raw
        if tag == "TY":
            count, label, line, texts = count + 1, "", number, []
        elif tag == "NS":
            label = cells.label(value)
        elif tag == "ER":
            if label and kind == "included":
                review.study(label, Place(file=file, row=line))
            elif label and kind == "excluded":
                review.excluded.setdefault(label, "")
            elif label and kind == "ongoing":
                _add_running(review, label, Place(file=file, row=line), texts)
            label, texts = "", []
        texts.append(value)
    if count:
        review.notes.append(
            f"{file}: {count} {'reference' if count == 1 else 'references'} of {kind} studies; only the names of "
            "studies and registry numbers are taken from it. The source of bibliographies reads the whole file."
        )
