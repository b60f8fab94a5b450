"""What the review knows of a record already: the report that it is, and the trials whose numbers it names.

Returned to be shown. Where an identifier leads to more than one report or study, all are named and none is chosen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from livereview.bibliography import doi_in, pmid_in, registry_ids_in
from livereview.ledger.citations import Row, identifiers, text_of
from livereview.ledger.titles import letters_of, plain_title

#: EudraCT and CTIS numbers may carry a country or a version behind them.
_EUROPEAN = re.compile(r"^(20\d{2}-\d{6}-\d{2})(?:-\w+)?$")


@dataclass(frozen=True, kw_only=True)
class Known:
    """Something in the store that a record belongs to."""

    id: str
    why: str
    """In words: ``same PMID``, ``NCT02101853``."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """What the store knows of one record."""

    record_id: str
    reports: tuple[Known, ...]
    """The report that it is; several where its identifiers do not tell which."""
    uncertain: str
    """Why none of ``reports`` is chosen; empty where one is."""
    studies: tuple[Known, ...]
    """Studies with a registry number that it names, or whose report it is."""
    ongoing: tuple[Known, ...]
    """Registered trials without results that it names."""

    @property
    def report_id(self) -> str:
        """The report that it is; "" where there is none or no telling which."""
        return self.reports[0].id if len(self.reports) == 1 and not self.uncertain else ""

    @property
    def study_id(self) -> str:
        """The study that it belongs to; "" where there is none, or several share the number."""
        return self.studies[0].id if len(self.studies) == 1 else ""


def linked(
    records: Iterable[Row], reports: Iterable[Row], studies: Iterable[Row], ongoing: Iterable[Row]
) -> Mapping[str, Link]:
    """What the store knows of each record, by its id; records of which it knows nothing are left out.

    Rows have the columns of the tables of these names. A publication is a report with its PMID or DOI, an entry of a
    registry one whose id is its number (``nct:NCT02101853``). A registry number alone makes no publication a report:
    a trial has many.
    """
    rows = list(records)
    index = _Index(reports, studies, ongoing)
    shared = _shared(rows)
    links = (_link(row, index, shared) for row in rows)
    return {link.record_id: link for link in links if link.reports or link.studies or link.ongoing}


class _Index:
    """Reports by identifier, studies and registered trials by number."""

    def __init__(self, reports: Iterable[Row], studies: Iterable[Row], ongoing: Iterable[Row]) -> None:
        self.reports: dict[str, Row] = {}
        self.by_identifier: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in reports:
            name = text_of(row, "report_id")
            self.reports[name] = row
            for key in report_identifiers(row).items():
                self.by_identifier[key].append(name)
        self.studies: dict[str, list[str]] = defaultdict(list)
        for row in studies:
            for number in numbers_in(text_of(row, "registry_id")):
                self.studies[number].append(text_of(row, "study_id"))
        self.ongoing: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in ongoing:
            for number in numbers_in(text_of(row, "registry_id")):
                self.ongoing[number].append((text_of(row, "registry_id"), text_of(row, "study_id")))


def report_identifiers(row: Row) -> dict[str, str]:
    """The identifiers of a report, also those that are its id."""
    scheme, _, number = text_of(row, "report_id").partition(":")
    scheme = scheme.lower()
    found = {
        "DOI": doi_in(text_of(row, "doi") or (number if scheme == "doi" else "")),
        "PMID": pmid_in(text_of(row, "pmid") or (number if scheme == "pmid" else "")),
        "registry number": _form(number) if scheme in ("nct", "ctgov", "registry") else "",
    }
    return {name: value for name, value in found.items() if value}


def numbers_in(text: str) -> tuple[str, ...]:
    """The registry numbers in a cell, in the form in which they are compared."""
    parts = (part.strip() for part in re.split(r"[;,|\s]+", text))
    said = [*registry_ids_in(text), *(part for part in parts if any(sign.isdigit() for sign in part))]
    return tuple(dict.fromkeys(_form(number) for number in said))


def _form(number: str) -> str:
    plain = number.strip().upper()
    european = _EUROPEAN.match(plain)
    return european[1] if european else plain


def _shared(rows: Iterable[Row]) -> frozenset[str]:
    """DOIs that stand on several publications of other titles: of a whole supplement, or mistakes."""
    titles: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        doi = identifiers(row)[0]
        if doi and not text_of(row, "duplicate_of"):
            titles[doi].add(letters_of(plain_title(text_of(row, "title")))[0])
    return frozenset(doi for doi, several in titles.items() if len(several) > 1)


def _link(row: Row, index: _Index, shared: frozenset[str]) -> Link:
    doi, pmid, registered = identifiers(row)
    own = {"DOI": doi, "PMID": pmid, "registry number": _form(registered)}
    found: dict[str, list[str]] = {}
    for name, value in own.items():
        for report in index.by_identifier.get((name, value), ()) if value else ():
            found.setdefault(report, []).append(name)
    reports = tuple(Known(id=report, why=f"same {' and '.join(by)}") for report, by in sorted(found.items()))
    return Link(
        record_id=text_of(row, "record_id"),
        reports=reports,
        uncertain=_uncertainty(own, found, index, shared),
        studies=_studies(row, registered, found, index),
        ongoing=_ongoing(row, registered, index),
    )


def _uncertainty(own: Mapping[str, str], found: Mapping[str, list[str]], index: _Index, shared: frozenset[str]) -> str:
    if len(found) > 1:
        return "its identifiers lead to several reports"
    for report, by in found.items():
        theirs = report_identifiers(index.reports[report])
        others = [name for name, value in own.items() if value and theirs.get(name, value) != value]
        if others:
            return f"the report has another {' and '.join(others)}"
        if by == ["DOI"] and own["DOI"] in shared:
            return "several publications have this DOI"
    return ""


def _named(row: Row, registered: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys((*([_form(registered)] if registered else ()), *numbers_in(text_of(row, "registry_id"))))
    )


def _studies(row: Row, registered: str, found: Mapping[str, list[str]], index: _Index) -> tuple[Known, ...]:
    whys: dict[str, list[str]] = defaultdict(list)
    for report in found:
        study = text_of(index.reports[report], "study_id")
        if study:
            whys[study].append(f"its report {report}")
    for number in _named(row, registered):
        for study in index.studies.get(number, ()):
            whys[study].append(number)
        for _, study in index.ongoing.get(number, ()):
            if study and number not in whys[study]:
                whys[study].append(number)
    return _known(whys.items())


def _ongoing(row: Row, registered: str, index: _Index) -> tuple[Known, ...]:
    whys: dict[str, list[str]] = defaultdict(list)
    for number in _named(row, registered):
        for entry, _ in index.ongoing.get(number, ()):
            whys[entry].append(number)
    return _known(whys.items())


def _known(whys: Iterable[tuple[str, list[str]]]) -> tuple[Known, ...]:
    found: Iterator[Known] = (Known(id=name, why=", ".join(dict.fromkeys(why))) for name, why in sorted(whys) if why)
    return tuple(found)
