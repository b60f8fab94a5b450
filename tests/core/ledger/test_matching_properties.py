"""What holds of every set of records, however odd: order, repetition, verdicts, roots."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from livereview.ledger.citations import Row, citation
from livereview.ledger.likeness import likeness
from livereview.ledger.matching import Doubt, Matches, matched, undecided_pairs

TITLES = (
    "Blinatumomab versus chemotherapy for advanced leukemia",
    "Blinatumomab versus chemotherapy for advanced leukemia: a randomised trial",
    "Blinatumumab versus chemotherapy for advanced leukemia",
    "Correction: Blinatumomab versus chemotherapy for advanced leukemia",
    "[Blinatumomab gegen Chemotherapie bei Leukämie]",
    "Editorial", "", "白血病の治療",
)  # fmt: skip
CELLS = {
    "title": st.sampled_from(TITLES),
    "authors": st.sampled_from(("", "Kantarjian H; Stein A", "H. Kantarjian", "Wang L", "TOWER Study Group")),
    "year": st.sampled_from((None, 2016, 2017, 2018)),
    "journal": st.sampled_from(("", "N Engl J Med", "New England Journal of Medicine", "medRxiv", "Blood")),
    "volume": st.sampled_from(("", "376", "1)")),
    "pages": st.sampled_from(("", "836-47", "836", "S12", "08-Mar")),
    "doi": st.sampled_from(("", "10.1056/nejmoa1", "10.1101/2016.1")),
    "pmid": st.sampled_from(("", "1", "2")),
    "kind": st.sampled_from(("", "primary", "abstract", "registry")),
    "registry_id": st.sampled_from(("", "NCT00000001", "NCT00000002; NCT00000001")),
}
ROWS = st.lists(st.fixed_dictionaries(CELLS), max_size=9).map(
    lambda rows: [{**row, "record_id": f"r{number}"} for number, row in enumerate(rows)]
)
NAMES = st.integers(0, 8).map("r{}".format)
TOLD = st.dictionaries(
    st.tuples(NAMES, NAMES).filter(lambda pair: pair[0] < pair[1]), st.sampled_from(("same", "different")), max_size=5
)


def stored(rows: list[Row], found: Matches) -> list[Row]:
    """The records as the store has them after what was decided was written."""
    return [{**row, "duplicate_of": found.duplicate_of.get(str(row["record_id"]))} for row in rows]


def root(name: str, duplicate_of: dict[str, str]) -> str:
    return duplicate_of.get(name, name)


def connected(doubts: tuple[Doubt, ...], duplicate_of: dict[str, str]) -> set[frozenset[str]]:
    """The groups of publications that doubts connect."""
    groups: list[set[str]] = []
    for doubt in doubts:
        ends = {root(doubt.record_id, duplicate_of), root(doubt.other_id, duplicate_of)}
        touched = [group for group in groups if group & ends]
        groups = [group for group in groups if group not in touched]
        groups.append(ends.union(*touched))
    return {frozenset(group) for group in groups}


@given(ROWS, TOLD, st.randoms())
def test_the_order_of_records_decides_nothing(
    rows: list[Row], told: dict[tuple[str, str], str], chance: object
) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert matched(shuffled, told=told) == matched(rows, told=told)


@given(ROWS, TOLD)
def test_what_a_record_repeats_repeats_nothing(rows: list[Row], told: dict[tuple[str, str], str]) -> None:
    found = matched(rows, told=told)
    assert not set(found.duplicate_of) & set(found.duplicate_of.values())
    assert set(found.why) == set(found.duplicate_of)
    assert {*found.duplicate_of, *found.duplicate_of.values()} <= {str(row["record_id"]) for row in rows}


@given(ROWS, TOLD)
def test_matching_again_adds_nothing(rows: list[Row], told: dict[tuple[str, str], str]) -> None:
    found = matched(rows, told=told)
    again = matched(rows, stored(rows, found), told)
    assert (again.duplicate_of, again.released) == ({}, ())


@given(ROWS, TOLD)
def test_what_was_asked_stays_asked(rows: list[Row], told: dict[tuple[str, str], str]) -> None:
    found = matched(rows, told=told)
    later = undecided_pairs(stored(rows, found), told)
    assert connected(found.doubtful, dict(found.duplicate_of)) == connected(later, dict(found.duplicate_of))


@given(ROWS, ROWS, TOLD)
def test_known_roots_stay_roots(rows: list[Row], more: list[Row], told: dict[tuple[str, str], str]) -> None:
    known = stored(rows, matched(rows, told=told))
    new = [{**row, "record_id": f"n{row['record_id']}"} for row in more]
    found = matched(new, known, told)
    assert not {str(row["record_id"]) for row in known} & set(found.duplicate_of)
    assert found.released == ()


@given(ROWS, TOLD)
def test_verdicts_are_obeyed(rows: list[Row], told: dict[tuple[str, str], str]) -> None:
    found = matched(rows, told=told)
    names = {str(row["record_id"]) for row in rows}
    there = {pair: verdict for pair, verdict in told.items() if set(pair) <= names}
    doubted = {(doubt.record_id, doubt.other_id) for doubt in found.doubtful}
    for (one, other), verdict in there.items():
        together = root(one, dict(found.duplicate_of)) == root(other, dict(found.duplicate_of))
        if verdict == "different":
            assert not together
        else:
            assert together or (one, other) in doubted  # two verdicts contradict each other: asked again


@given(ROWS)
def test_no_pair_is_both_decided_and_asked(rows: list[Row]) -> None:
    found = matched(rows)
    for doubt in found.doubtful:
        assert doubt.record_id < doubt.other_id
        one, other = (root(name, dict(found.duplicate_of)) for name in (doubt.record_id, doubt.other_id))
        assert one != other


@settings(max_examples=200)
@given(st.fixed_dictionaries(CELLS), st.fixed_dictionaries(CELLS))
def test_a_pair_is_judged_alike_from_both_sides(a: Row, b: Row) -> None:
    one, other = citation({**a, "record_id": "a"}), citation({**b, "record_id": "b"})
    assert likeness(one, other) == likeness(other, one)


@settings(max_examples=200)
@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_any_text_can_be_compared(title: str, authors: str, pages: str, doi: str) -> None:
    row = {"title": title, "authors": authors, "pages": pages, "doi": doi, "volume": pages, "journal": authors}
    found = matched([{**row, "record_id": "a"}, {**row, "record_id": "b"}])
    assert found.duplicate_of in ({}, {"b": "a"})
