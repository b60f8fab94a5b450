"""A bibliographic record in words: who, what, where, and the numbers that lead to it.

Only what the record has is said; the order is that of the reference lists of medical journals.
"""

from __future__ import annotations

import re

from livereview import Reference
from livereview_document.words import Words, doi_link, outer_link, registry_link, text

#: Authors that are named; with more than these the list ends in "et al".
AUTHORS = 6


def cited(reference: Reference, authors: int = AUTHORS, limit: int | None = None) -> Words:
    """``One A, Two B. Title. Journal 2021;10(2):1-9``; without a title and authors what there is."""
    named = ", ".join(reference.authors[:authors])
    if len(reference.authors) > authors:
        named += " et al"
    parts = (named, reference.title, _where(reference))
    return text(". ".join(part.strip().rstrip(".") for part in parts if part.strip().rstrip(".")), limit)


def _where(reference: Reference) -> str:
    """Journal, year, volume, issue and pages; a title or journal that ends in the year does not say it twice."""
    issue = f"({reference.issue})" if reference.issue else ""
    volume = f"{reference.volume}{issue}" + (f":{reference.pages}" if reference.pages else "")
    year = "" if reference.year is None or str(reference.year) in reference.journal else str(reference.year)
    told = " ".join(part for part in (reference.journal, year) if part)
    return ";".join(part for part in (told, volume.strip(":")) if part)


def identifiers(reference: Reference) -> list[Words]:
    """Links to PubMed, the DOI and the registers; the database's own number where there is nothing else."""
    found = []
    if reference.pmid:
        found.append(_pubmed(reference.pmid))
    doi = doi_link(reference.doi)
    found += [] if doi is None else [doi]
    found += [registry_link(number) for number in reference.registry_ids]
    if not found and reference.url:
        found.append(outer_link("page", reference.url))
    return found or ([text(reference.accession)] if reference.accession else [])


def _pubmed(number: str) -> Words:
    if re.fullmatch(r"\d{1,9}", number, re.ASCII) is None:
        return text(f"PMID {number}")
    return outer_link(f"PMID {number}", f"https://pubmed.ncbi.nlm.nih.gov/{number}/")
