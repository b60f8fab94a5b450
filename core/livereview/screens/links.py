"""What ``livereview links`` shows: tables for people, rows for a spreadsheet. Computes nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from livereview.console import say, table
from livereview.json_values import as_json
from livereview.linked.links import Linked, Links, Pair
from livereview.linked.overlap import Overlap

#: Above this number of reviews, pairs are listed in place of a square.
_SQUARE = 8
_HEADINGS = ("store", "study_id", "study", "review", "outcome", "state", "reason", "basis")
#: First characters that make a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def links(found: Links, by_outcome: bool) -> None:
    """All that links some reviews."""
    _reviews(found.reviews)
    _studies(found)
    _overlap(found)
    if by_outcome:
        _pairs("Outcomes with studies in common", found.outcome_pairs)
    rows = [
        [", ".join(item.studies), "; ".join(f"{study} in {review}" for study, review in item.reviews), item.reason]
        for item in found.twice
    ]
    if rows:
        say()
        table("The same patients in several studies", ["studies", "used", "how they overlap"], rows)
    unused = [[one.labels[study], one.review, why] for one in found.reviews for study, why in one.unused.items()]
    if unused:
        say()
        table("Admitted, not in a main analysis", ["study", "review", "why"], unused)
    outside = [
        [label, review, reason] for label, reasons in found.outside.items() for review, reason in reasons.items()
    ]
    if outside:
        say()
        table("In no review", ["study", "review", "why"], outside)


def _reviews(reviews: Iterable[Linked]) -> None:
    rows = [
        [
            one.review,
            str(sum(1 for item in one.outcomes if item.used)),
            str(len(one.used)),
            str(len(one.unused)),
            one.basis,
        ]
        for one in reviews
    ]
    table("Reviews", ["review", "outcomes", "studies", "unused", "from"], rows, right=(1, 2, 3))
    for one in reviews:
        for item in one.outcomes:
            if item.failure:
                say(f"! {one.review}, {item.outcome}: its studies are not known: {item.failure}")


def _studies(found: Links) -> None:
    rows = [
        [one.labels[study], one.review, ", ".join(item.outcome for item in one.outcomes if study in item.used)]
        for one in found.reviews
        for study in one.used
    ]
    say()
    table("Studies", ["study", "review", "outcomes"], sorted(rows))


def _overlap(found: Links) -> None:
    reviews = [one for one in found.reviews if one.used]
    if len(reviews) < 2:
        return
    say()
    if len(reviews) <= _SQUARE:
        by_pair = {(pair.first, pair.second): pair.overlap for pair in found.pairs}
        rows = [[one.review, *(_cell(one, other, by_pair) for other in reviews)] for one in reviews]
        title = "Studies in common (corrected covered area)"
        table(title, ["review", *(one.review for one in reviews)], rows, right=tuple(range(1, len(reviews) + 1)))
    else:
        _pairs("Reviews with studies in common", [pair for pair in found.pairs if pair.shared])
    whole = found.overlap
    say(
        f"All together: {whole.shared} of {whole.studies} studies in more than one of {whole.reviews} reviews; "
        f"corrected covered area {_cca(whole)}."
    )


def _cell(one: Linked, other: Linked, by_pair: dict[tuple[str, str], Overlap]) -> str:
    if one is other:
        return str(len(one.used))
    pair = by_pair.get((one.review, other.review)) or by_pair[other.review, one.review]
    return f"{pair.shared} ({_cca(pair)})"


def _pairs(title: str, pairs: Iterable[Pair]) -> None:
    ordered = sorted(pairs, key=lambda pair: (-(pair.overlap.cca or 0.0), pair.first, pair.second))
    rows = [
        [pair.first, pair.second, f"{pair.overlap.shared} of {pair.overlap.studies}", _cca(pair.overlap)]
        for pair in ordered
    ]
    say()
    table(title, ["first", "second", "studies", "corrected covered area"], rows, right=(2,))


def _cca(found: Overlap) -> str:
    return "–" if found.cca is None else f"{100 * found.cca:.1f}%, {found.band}"


def as_data(found: Links) -> dict[str, Any]:
    """The links for machines."""
    return {
        "reviews": [
            {
                **as_json(one),
                "extracted": sorted(one.extracted),
                "used": list(one.used),
                "unused": one.unused,
                "labels": _of(one, one.used, one.unused),
            }
            for one in found.reviews
        ],
        "overlap": _with_band(found.overlap),
        "pairs": [{**as_json(pair), "overlap": _with_band(pair.overlap)} for pair in found.pairs],
        "outcome_pairs": [{**as_json(pair), "overlap": _with_band(pair.overlap)} for pair in found.outcome_pairs],
        "twice": as_json(found.twice),
        "outside": as_json(found.outside),
    }


def _of(one: Linked, *studies: Iterable[str]) -> dict[str, str]:
    return {study: one.labels[study] for some in studies for study in some}


def _with_band(found: Overlap) -> dict[str, Any]:
    return {**as_json(found), "band": found.band}


def as_csv(found: Links) -> bytes:
    """One line for each study, review and outcome: used or set aside; and for each study that a review has no number of
    or does not admit. UTF-8 with a byte order mark, so that spreadsheets read it right."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for one in found.reviews:
        for study, outcome, state, reason in sorted(_lines(one)):
            cells = (one.store, study, one.labels[study], one.review, outcome, state, reason, one.basis)
            writer.writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
    return text.getvalue().encode("utf-8-sig")


def _lines(one: Linked) -> Iterator[tuple[str, str, str, str]]:
    spoken_for: set[str] = set()
    for item in one.outcomes:
        for study in item.used:
            yield study, item.outcome, "used", ""
        for study, reasons in item.set_aside.items():
            if study not in item.used and study in one.labels:
                yield study, item.outcome, "set aside", "; ".join(reasons)
        spoken_for |= {*item.used, *item.set_aside}
    for study in one.admitted:
        if study not in spoken_for:
            yield study, "", "admitted", one.unused.get(study, "")
    for study, reason in one.refused.items():
        yield study, "", "not admitted", reason
