"""A manifest that asks for what the evidence does not have is told so, at its line, with what there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from manifest_examples import OUTCOME, manifest

from livereview.evidence.schema import TABLES
from livereview.manifest.reading import ManifestFile
from livereview.reach import out_of_reach
from livereview.selection import scope_of

Reads = Callable[[str], ManifestFile]
Tables = dict[str, list[dict[str, Any]]]

FILTER = '[[eligibility.filters]]\nfield = "{}"\n{}\nreason = "x"\n'


def evidence(**tables: list[dict[str, Any]]) -> Tables:
    """Two studies of one outcome, and what a test adds."""
    studies = [
        {"study_id": "brown-2021", "label": "Brown", "design": "rct", "year": 2021, "phase": "2; 3"},
        {"study_id": "adams-2020", "label": "Adams", "design": "single-arm", "year": 2020, "phase": None},
    ]
    results = [
        {"study_id": "brown-2021", "report_id": "pmid:1", "outcome": "os", "population": "ITT", "arm": "blinatumomab"},
        {
            "study_id": "adams-2020",
            "report_id": "pmid:2",
            "outcome": "relapse",
            "population": None,
            "arm": "blinatumomab",
        },
    ]
    found: Tables = {name: [] for name in TABLES}
    found |= {"studies": studies, "results": results, "reports": [{"report_id": "pmid:1"}, {"report_id": "pmid:2"}]}
    found["characteristics"] = [{"study_id": "brown-2021", "characteristic": "blasts", "value": "80"}]
    return found | tables


def told(file: ManifestFile, tables: Tables | None = None) -> tuple[list[str], tuple[str, ...]]:
    """The mistakes after the file's name, and the hints."""
    tables = evidence() if tables is None else tables
    mistakes, hints = out_of_reach(file.manifest, tables, scope_of(tables, file.manifest.eligibility))
    start = f"{file.path}:"
    return [message.removeprefix(start) for message in file.error(mistakes).messages], hints


def test_what_the_evidence_has_gives_neither_mistakes_nor_hints(reads: Reads) -> None:
    more = FILTER.format("design", 'in = ["rct"]') + FILTER.format("characteristics.blasts", "min = 50")
    more += '[[eligibility.overlaps]]\nstudies = ["brown-2021", "adams-2020"]\nreason = "x"\n'
    end = 'experimental = "blinatumomab"\npopulation = "ITT"\nsubgroups = [{ by = "design", groups = { A = "rct" } }]\n'
    end += 'choose = [{ study = "brown-2021", report = "pmid:1", reason = "x" }]\n'
    assert told(reads(manifest(more=more, end=end))) == ([], ())


@pytest.mark.parametrize(
    ("more", "end", "says"),
    [
        (
            FILTER.format("desing", 'in = ["rct"]'), "",
            '6: eligibility.filters[0].field: no study has the field "desing". Did you mean "design"? Fields: …',
        ),
        (
            FILTER.format("characteristics.blast", "min = 1"), "",
            '6: eligibility.filters[0].field: no study has the field "characteristics.blast". '
            'Did you mean "characteristics.blasts"? …',
        ),
        (
            FILTER.format("design", 'in = ["single arm", "RCT"]'), "",
            '5: eligibility.filters[0]: no study can pass this filter, which asks for single arm, RCT. '
            'Did you mean "single-arm"? Values of design in the store: rct, single-arm.',
        ),
        (
            FILTER.format("phase", 'in = ["1"]'), "",
            "5: eligibility.filters[0]: no study can pass this filter, which asks for 1. "
            "Values of phase in the store: 2, 3.",
        ),
        (
            FILTER.format("year", "min = 2030"), "",
            "5: eligibility.filters[0]: no study can pass this filter. Values of year in the store: 2020, 2021.",
        ),
        (
            FILTER.format("country", 'in = ["US"]'), "",
            "5: eligibility.filters[0]: no study can pass this filter, which asks for US. No study has a value.",
        ),
        (
            FILTER.format("design", 'in = ["rct"]') + FILTER.format("year", "max = 2020"), "",
            "5: eligibility: no study passes: the store has 2 studies, and the eligibility admits none.",
        ),
        (
            '[[eligibility.exclude]]\nstudy = "brown_2021"\nreason = "x"\n', "",
            '6: eligibility.exclude[0].study: no study is called "brown_2021". Did you mean "brown-2021"?',
        ),
        (
            '[[eligibility.overlaps]]\nreason = "x"\nstudies = [\n  "adams-2020",\n  "zz",\n]\n', "",
            '9: eligibility.overlaps[0].studies[1]: no study is called "zz".',
        ),
        (
            "", 'filters = [{ field = "desing", in = ["rct"], reason = "x" }]\n',
            '10: outcomes[0].filters[0].field: no study has the field "desing". Did you mean "design"? …',
        ),
        (
            "", 'subgroups = [\n  { by = "phase" },\n  { by = "fase" },\n]\n',
            '12: outcomes[0].subgroups[1].by: no study has the field "fase". Did you mean "phase"?',
        ),
        (
            "", 'choose = [{ study = "brown", report = "pmid:1", reason = "x" }]\n',
            '10: outcomes[0].choose[0].study: no study is called "brown". Did you mean "brown-2021"?',
        ),
        (
            "", 'choose = [{ study = "brown-2021", report = "pmid 1", reason = "x" }]\n',
            '10: outcomes[0].choose[0].report: no report is called "pmid 1". Did you mean "pmid:1"?',
        ),
        (
            "", 'sensitivity = [{ title = "a", exclude = "adams" }]\n',
            '10: outcomes[0].sensitivity[0].exclude: no study is called "adams". Did you mean "adams-2020"?',
        ),
        (
            '[defaults]\nsensitivity = [\n  { title = "a", exclude = ["brown-2021", "adams"] },\n]\n', "",
            '7: defaults.sensitivity[0].exclude[1]: no study is called "adams". Did you mean "adams-2020"?',
        ),
        (
            '[defaults]\nfilters = [{ field = "year", max = 1990, reason = "x" }]\n', "",
            "6: defaults.filters[0]: no study can pass this filter. Values of year in the store: 2020, 2021.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_reached_is_a_mistake(more: str, end: str, says: str, reads: Reads) -> None:
    mistakes, _ = told(reads(manifest(more=more, end=end)))
    (found,) = mistakes
    assert found == says or (says.endswith("…") and found.startswith(says[:-1]))


def test_an_empty_store_gives_neither_mistakes_nor_hints(reads: Reads) -> None:
    more = FILTER.format("desing", 'in = ["rct"]') + '[[eligibility.exclude]]\nstudy = "a"\nreason = "x"\n'
    assert told(reads(manifest(more=more)), {name: [] for name in TABLES}) == ([], ())


@pytest.mark.parametrize(
    ("more", "outcome", "says"),
    [
        ("", 'result = "relapsee"', 'outcome os: no result has the outcome code "relapsee". Did you mean "relapse"?'),
        ("", 'population = ["itt"]', 'outcome os: no result has the population "itt". Did you mean "ITT"?'),
        (
            "", 'control = ["blinatumumab"]',
            'outcome os: no result has the arm "blinatumumab". Did you mean "blinatumomab"?',
        ),
        (
            '[defaults]\nexperimental = "Blinatumomab"\n', "",
            'defaults: no result has the arm "Blinatumomab". Did you mean "blinatumomab"?',
        ),
        (
            "", 'sensitivity = [{ title = "All", experimental = "blinatumomb" }]',
            'outcome os, All: no result has the arm "blinatumomb". Did you mean "blinatumomab"?',
        ),
        (
            FILTER.format("design", 'in = ["rct", "singel-arm"]'), "",
            'eligibility: no study has the design "singel-arm". Did you mean "single-arm"?',
        ),
        (
            FILTER.format("design", 'not_in = ["single arm"]'), "",
            'eligibility: no study has the design "single arm". Did you mean "single-arm"?',
        ),
        (
            "", 'subgroups = [{ by = "design", groups = { A = ["rct", "single_arm"] } }]',
            'outcome os: no study has the design "single_arm". Did you mean "single-arm"?',
        ),
        (
            "", 'subgroups = [{ by = "result.population", groups = { A = ["itt"] } }]',
            'outcome os: no result has the population "itt". Did you mean "ITT"?',
        ),
    ],
)  # fmt: skip
def test_a_name_that_is_probably_misspelt_is_hinted_at(more: str, outcome: str, says: str, reads: Reads) -> None:
    written = OUTCOME.replace('result = "os"\n', "") if outcome.startswith("result") else OUTCOME
    mistakes, hints = told(reads(manifest(more=more, outcome=written, end=outcome + "\n")))
    assert (mistakes, hints) == ([], (says,))


def test_a_name_like_no_other_is_no_hint_since_its_evidence_may_come_later(reads: Reads) -> None:
    assert told(reads(manifest(end='population = "refractory"\n'))) == ([], ())


def test_text_of_the_evidence_cannot_act_on_the_terminal(reads: Reads) -> None:
    studies = [{"study_id": "a", "label": "A", "design": "rct\x1b[31m\u202e", "year": 2000}]
    mistakes, hints = told(
        reads(manifest(more=FILTER.format("design", 'in = ["rct"]'), end='[[outcomes.filters]]\nfield = "design"\n'
                       'in = ["rct\\u001b[31m"]\nreason = "x"\n')), evidence(studies=studies, results=[]),
    )  # fmt: skip
    assert mistakes
    assert all(text.isprintable() for text in (*mistakes, *hints))


def test_an_audit_names_studies_that_there_are(reads: Reads) -> None:
    more = '[audit]\nflagged = ["browne-2021", "adams-2020"]\n'
    more += '[[audit.acknowledged]]\ncode = "x"\nstudy = "adams-2002"\nreason = "x"\n'
    mistakes, _ = told(reads(manifest(more=more)))
    assert [mistake.partition(": ")[2] for mistake in mistakes] == [
        'audit.flagged[0]: no study is called "browne-2021". Did you mean "brown-2021"?',
        'audit.acknowledged[0].study: no study is called "adams-2002". Did you mean "adams-2020"?',
    ]
