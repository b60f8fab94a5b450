"""Europe PMC's JSON read: a page of a search to records, in the short and in the full form (``lite``, ``core``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from livereview import PluginError, Reference, doi_in, partial_date, plain_text, pmid_in, year_in
from livereview_literature.search import storable_date
from livereview_literature.wording import date_in, kind_of, registered, told_types, without_markup

#: Links to other publications that bear on a record, as the beginning of their type.
_BEARING = (
    "retract",
    "partial retract",
    "erratum",
    "correct",
    "expression of concern",
    "preprint",
    "update",
    "republish",
)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a search."""

    hits: int
    cursor: str
    """Where the next page begins; "" if there is none."""
    version: str
    understood: str
    """The query as the service says that it understood it, where it says so."""
    results: tuple[Mapping[str, Any], ...]


def page_in(data: Any) -> Page:
    """A page of a search; PluginError in the words of Europe PMC where it is an error."""
    if "errCode" in data or "errMsg" in data:
        said = plain_text(str(data.get("errMsg")))[:300]
        raise PluginError(f"Europe PMC refused the search: {said} Change the query or the options.")
    listed = data["resultList"].get("result")
    return Page(
        hits=int(data["hitCount"]),
        cursor=str(data.get("nextCursorMark") or ""),
        version=plain_text(str(data.get("version") or "")),
        understood=plain_text(str(_part(data, "request").get("internalQuery") or "")),
        results=tuple(each for each in listed or () if isinstance(each, dict)),
    )


def record_of(result: Mapping[str, Any]) -> Reference:
    """A record of either form. Its id is the PubMed number where it has one, else database and number in it."""
    database, number = _said(result, "source"), _said(result, "id")
    pmid = pmid_in(_said(result, "pmid") or (number if database == "MED" else ""))
    journal = _part(result, "journalInfo")
    book = _part(result, "bookOrReportDetails")
    title, abstract = without_markup(_said(result, "title")), without_markup(_said(result, "abstractText"))
    types = _types(result)
    ids, told = registered((), title, abstract)
    published = partial_date(_said(result, "firstPublicationDate")) or date_in(_said(journal, "dateOfPublication"))
    preprint = database == "PPR" or "preprint" in {name.lower() for name in types}
    name = _said(_part(journal, "journal"), "title") or _said(result, "journalTitle")
    year = year_in(_said(result, "pubYear") or _said(journal, "yearOfPublication") or published)
    language = _said(result, "language")
    return Reference(
        record_id=f"pmid:{pmid}" if pmid else f"epmc:{database}-{number}",
        title=title.replace("\n", " "),
        authors=_authors(result),
        year=year,
        journal=name or _said(book, "publisher"),
        volume=_said(journal, "volume") or _said(result, "journalVolume"),
        issue=_said(journal, "issue") or _said(result, "issue"),
        pages=_said(result, "pageInfo"),
        doi=doi_in(_said(result, "doi")),
        pmid=pmid,
        registry_ids=ids,
        url=f"https://europepmc.org/article/{database}/{number}",
        abstract=abstract,
        published_on=storable_date(published),
        kind="preprint" if preprint else kind_of(types),
        accession="" if pmid else f"{database} {number}",
        note="\n".join(filter(None, (
            *_linked(result), told_types(types), f"Language: {language}." if language not in ("", "eng") else "", told,
        ))),
    )  # fmt: skip


def _said(part: Mapping[str, Any], name: str) -> str:
    found = part.get(name)
    return "" if found is None or isinstance(found, dict | list) else str(found)


def _part(part: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = part.get(name)
    return found if isinstance(found, dict) else {}


def _list(part: Mapping[str, Any], *path: str) -> list[Any]:
    found: Any = part
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, list) else [] if found is None else [found]


def _types(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Publication types: a text parted by ; in the short form, a list in the full one."""
    listed = [str(name) for name in _list(result, "pubTypeList", "pubType")] or _said(result, "pubType").split(";")
    return tuple(filter(None, (plain_text(name) for name in listed)))


def _authors(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Authors with their given names in full where they are listed, else as the line of authors has them."""
    names = []
    for author in _list(result, "authorList", "author"):
        if isinstance(author, dict):
            given = _said(author, "firstName") or _said(author, "initials")
            person = " ".join(filter(None, (_said(author, "lastName"), given))) if _said(author, "lastName") else ""
            names.append(_said(author, "collectiveName") or person or _said(author, "fullName"))
    listed = names or _said(result, "authorString").rstrip(". ").split(", ")
    return tuple(filter(None, (plain_text(name) for name in listed)))


def _linked(result: Mapping[str, Any]) -> Iterable[str]:
    """Lines on retraction, corrections and preprints, as Europe PMC states them."""
    for link in _list(result, "commentCorrectionList", "commentCorrection"):
        said = _said(link, "type") if isinstance(link, dict) else ""
        if said.lower().startswith(_BEARING):
            number = f"{_said(link, 'source')} {_said(link, 'id')}".strip()
            yield f"{said}: {'. '.join(filter(None, (plain_text(_said(link, 'reference')).rstrip('.'), number)))}."
