"""Records of one made-up trial report, as databases print it, for the tests of matching."""

from __future__ import annotations

from livereview.ledger.citations import Citation, Row, citation
from livereview.ledger.likeness import Outcome, likeness
from livereview.ledger.matching import Matches, matched

FULL: Row = {
    "title": "Blinatumomab versus chemotherapy for advanced acute lymphoblastic leukemia: a randomised trial",
    "authors": "Kantarjian, Hagop; Stein, Anthony; Gökbuget, Nicola",
    "year": 2017,
    "journal": "New England Journal of Medicine",
    "volume": "376",
    "issue": "9",
    "pages": "836-847",
    "doi": "10.1056/nejmoa1609783",
    "pmid": "28249141",
    "kind": "primary",
}
#: What a database prints that has neither DOI nor PubMed number.
PRINTED: Row = {key: value for key, value in FULL.items() if key not in ("doi", "pmid")}


def record(name: str, base: Row = PRINTED, **changed: object) -> Row:
    """A record like ``base`` but for some columns."""
    return {**base, "record_id": name, **changed}


def compared(a: Row, b: Row) -> Outcome:
    """What two records are to each other, which must not depend on which comes first."""
    one, other = cited(a), cited(b)
    there, back = likeness(one, other), likeness(other, one)
    assert there == back
    return there.outcome


def cited(row: Row) -> Citation:
    return citation({"record_id": "any", **row})


def pair(a: dict[str, object], b: dict[str, object], base: Row = PRINTED) -> Matches:
    """Two records, each like ``base`` but for some columns, matched; they must give the same whichever comes first."""
    rows = [record("a:1", base, **a), record("b:2", base, **b)]
    found = matched(rows)
    assert matched(rows[::-1]) == found
    return found
