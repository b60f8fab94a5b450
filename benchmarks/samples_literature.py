"""Every answer of a bibliographic database in a folder: how many records it holds, are read, and are lost.

    python benchmarks/samples_literature.py FOLDER

FOLDER holds the folders pubmed, europepmc and biorxiv. What an answer holds is counted in its bytes, without a reader;
a record counts as lost where it is neither read nor named, or where what is read of it is not what its bytes say.
Answers that are errors must be told apart from empty ones. Exit code 1 if a record is lost, or an error is taken for an
answer.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livereview import Answer, PluginError, Reference, records_table
from livereview_literature import entrez, europepmc, preprints, results
from livereview_literature.citations import articles_in


def main(folder: Path) -> int:
    files = [
        (path, read) for name, read in (("pubmed", pubmed), ("europepmc", europe_pmc), ("biorxiv", biorxiv))
        for path in sorted((folder / name).iterdir()) if path.suffix in (".xml", ".json")
    ]  # fmt: skip
    lost_in_all = 0
    print(f"{'file':45} {'own':>4} {'read':>5} {'named':>6} {'lost':>5}")
    for path, read in files:
        own, found, named, note = read(path)
        lost = abs(own - found - named)
        lost_in_all += lost
        print(f"{path.parent.name + '/' + path.name:45} {own:4} {found:5} {named:6} {lost:5}  {note}")
    print(f"{len(files)} files, {lost_in_all} lost")
    return 1 if lost_in_all or not files else 0


Counts = tuple[int, int, int, str]


def pubmed(path: Path) -> Counts:
    """Records of EFetch, or numbers of ESearch."""
    content = path.read_bytes()
    if path.suffix == ".json":
        return _searched(path, entrez.search_fault, lambda data: entrez.found_in(data).pmids, _identifiers)
    if b"<eSearchResult>" in content[:1000]:
        told = entrez.record_fault(_answer(content))
        return (0, 0, 0, "refused as records: " + told[:40]) if told else (1, 0, 0, "NOT REFUSED")
    own = len(re.findall(rb"<Pubmed(?:Book)?Article>", content))
    found = articles_in(content)
    wrong = [article.pmid for article in found.articles if not _as_in_bytes(article.reference, content)]
    _rows([article.reference for article in found.articles])
    return own, len(found.articles) - len(wrong), len(found.unread), f"differ: {wrong}" if wrong else ""


def _as_in_bytes(found: Reference, content: bytes) -> bool:
    """Whether number, authors and parts of the abstract are those of the bytes of the record."""
    records = re.split(rb"<Pubmed(?:Book)?Article>", content)[1:]
    number = re.compile(rb"\A.*?<PMID[^>]*>(\d+)</PMID>", re.DOTALL)
    [own] = [each for each in records if (begun := number.match(each)) and begun[1].decode() == found.pmid]
    own = own.split(b"<ReferenceList>")[0]
    people = len(re.findall(rb"<Author[ >]", own))
    parts = len(re.findall(rb"<AbstractText\b[^>/]*>(?!</AbstractText>)", own))
    trials = set(re.findall(r"NCT\d{8}", b"".join(re.findall(rb"<DataBank>.*?</DataBank>", own, re.DOTALL)).decode()))
    listed = re.findall(rb'<ArticleId IdType="doi">([^<]+)</ArticleId>', own) + re.findall(
        rb'<ELocationID EIdType="doi"[^>]*>([^<]+)</ELocationID>', own
    )
    dois = {doi.decode().lower() for doi in listed}
    return (
        len(found.authors) == people
        and len(found.abstract.split("\n") if found.abstract else []) == parts
        and trials <= set(found.registry_ids)
        and (found.doi in dois if dois else not found.doi)
    )


def europe_pmc(path: Path) -> Counts:
    """Records of a page of a search."""
    return _searched(
        path, europepmc.search_fault, lambda data: _rows(map(results.record_of, results.page_in(data).results)),
        lambda data: len(re.findall(r'"id": "[^"]*", "source": ', json.dumps(data["resultList"]))),
    )  # fmt: skip


def biorxiv(path: Path) -> Counts:
    """Preprints of a page of /details or /pubs."""
    data = json.loads(path.read_bytes())
    entries = preprints.page_in(data).entries
    own = len(re.findall(r'"(?:doi|preprint_doi)":', json.dumps(data)))
    postings = [found for entry in entries if (found := preprints.posting_of(entry))]
    printed = [found for entry in entries if (found := preprints.publication_of(entry))]
    fault = preprints.fault(data)
    return own, len(_rows(preprints.records(postings, printed, "bioRxiv"))), 0, fault or ""


def _searched(
    path: Path, fault: Callable[[Answer], str | None], read: Callable[[Any], Any], count: Callable[[Any], int]
) -> Counts:
    """What a page of a search holds; of an error, that it is told apart."""
    content = path.read_bytes()
    data = json.loads(content)
    is_error = path.name.startswith("error")
    try:
        told = fault(_answer(content))
        found = () if told else read(data)
    except PluginError as error:
        told, found = str(error), ()
    if is_error or told:
        return (
            (0, 0, 0, f"told: {told[:60]}") if told and is_error else (1, 0, 0, told or "AN ERROR TAKEN FOR AN ANSWER")
        )
    return max(count(data), 0), len(found), 0, ""


def _identifiers(data: Any) -> int:
    return len(re.findall(r'"\d{5,8}"', json.dumps(data["esearchresult"].get("idlist", []))))


def _rows(references: Any) -> tuple[Any, ...]:
    return records_table(references, "search", "sample").rows


def _answer(content: bytes) -> Answer:
    return Answer(content=content, status=200, headers={}, url="")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
