"""Verdicts, retractions and certainty on the page: what a reader sees first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from page_sections import page, seen

from livereview import Certainty, Fired, OutcomeResult, Report, ReportChange, Retraction, SensitivityResult, Verdict
from living_review import living_review

HOSTILE = "<script>|[x](javascript:1)* `y`"


def verdict(outcome_id: str, title: str, kind: Any, **fields: Any) -> Verdict:
    given = {
        "before": "0003-x", "before_title": "update 3 of 2026-10-02", "since": None, "since_title": "",
        "triggers": ("crosses-null", "retraction"),
    }  # fmt: skip
    return Verdict(id=outcome_id, title=title, kind=kind, **(given | fields))


CROSSED = Fired(trigger="crosses-null", against="update 3 of 2026-10-02", reason="0.66 to 1.02 became 0.60 to 0.90")
VERDICTS = (
    verdict("cr", "Remission", "no-new-evidence"),
    verdict("mrd", "MRD negative", "not-consequential"),
    verdict("os-hr", "Overall survival", "consequential", fired=(CROSSED,)),
    verdict("crs", "CRS", "redefined", redefined=("measure: RR became OR",)),
    verdict("stay", "Days in hospital", "undecided", notes=("A trigger failed and none fired: own.",)),
    verdict("death", "Early death", "first", before=None, before_title=""),
)


def with_changes(**fields: Any) -> Report:
    report = living_review()
    return replace(report, changes=replace(report.changes, **fields))


def changes_of(report: Report) -> str:
    whole = page(report)
    return whole[whole.index('<a id="changes">') : whole.index('<a id="question">')]


def test_verdicts_open_what_changed_the_consequential_ones_first() -> None:
    section = changes_of(with_changes(verdicts=VERDICTS))
    assert section.index(
        "**Verdicts** on 6 outcomes: consequential 1, definition changed 1, undecided 1, "
    ) < section.index("**Studies added:**")
    rows = [line for line in section.splitlines() if line.startswith("| **") or line.startswith("| first version")]
    assert [row.split(" | ")[0] for row in rows] == [
        "| **consequential**", "| **definition changed**", "| **undecided**", "| first version",
    ]  # fmt: skip
    assert "*crosses-null*, against update 3 of 2026-10-02: 0.66 to 1.02 became 0.60 to 0.90" in rows[0]
    assert "measure: RR became OR" in rows[1]
    assert "A trigger failed and none fired: own." in rows[2]
    assert "nothing to compare it with" in rows[3]
    assert "| new, not consequential | [MRD negative](#outcome-mrd) | – | – | – | none of 2 triggers fired |" in section
    assert "| no new evidence |" not in section


def test_without_news_one_line_says_so() -> None:
    section = changes_of(with_changes(verdicts=VERDICTS[:1]))
    assert "**Verdicts** on 1 outcome: no new evidence 1." in section
    assert "| no new evidence |" not in section


def test_a_report_without_verdicts_is_as_it_was() -> None:
    assert "Verdict" not in changes_of(living_review())


def test_a_report_that_changed_is_told_with_date_reason_and_numbers() -> None:
    change = ReportChange(
        report_id="pmid:1", study_id=None, study_label="", citation="Lancet 2001", before="active", after="corrected",
        since="2026-10", reason="Table 2 was wrong.", numbers=("8/60 became 7/60",),
    )  # fmt: skip
    section = changes_of(with_changes(reports=(change,)))
    assert (
        "- **Corrected since 2026-10:** Lancet 2001 (no study). Reason: Table 2 was wrong. Status before: active."
        in section
    )
    assert "Numbers that changed with it: 8/60 became 7/60." in section
    bare = changes_of(with_changes(reports=(replace(change, since="", reason="", numbers=()),)))
    assert "**Corrected, date not recorded:** Lancet 2001 (no study). No reason is recorded." in bare


def retracted(report: Report, reason: str = "fraud") -> Report:
    outcome = report.outcomes[0]
    gone = Retraction(
        report_id="pmid:1", study_id="kappa-2019", label="Kappa 2019", citation="Lancet 2019", since="2026-10-02",
        reason=reason, replaced=False,
    )  # fmt: skip
    again = SensitivityResult(
        title="With the retracted report: Kappa 2019, Lancet 2019", choice="as if not retracted",
        pooled=replace(outcome.pooled, shown=replace(outcome.pooled.shown, estimate=0.5, low=0.25, high=0.75)),
        studies=(), kind="with-retracted",
    )  # fmt: skip
    changed: OutcomeResult = replace(outcome, retracted=(gone,), sensitivity=(*outcome.sensitivity, again))
    return replace(report, outcomes=(changed, *report.outcomes[1:]))


def test_the_first_lines_show_each_outcome_without_and_with_a_retracted_report() -> None:
    whole = page(retracted(living_review()))
    opening = whole[: whole.index('<a id="changes">')]
    assert "**RETRACTED since 2026-10-02, left out:** Lancet 2019 (Kappa 2019). Reason: fraud." in opening
    assert ", with it 0.50 (0.25 to 0.75)." in opening


def test_certainty_stands_at_the_outcome_and_in_the_summary_of_a_review_that_has_any() -> None:
    report = living_review()
    rated = Certainty(level="very low", reasons=("bias", "imprecision"), signed_by="A. Person", signed_on="2026-11-25")
    whole = page(replace(report, outcomes=(replace(report.outcomes[0], certainty=rated), *report.outcomes[1:])))
    assert "(GRADE):** very low, signed by A. Person on 2026-11-25. Reasons: bias; imprecision." in whole
    assert "| Certainty |" in whole
    assert "Certainty" not in page(report)


def test_text_from_outside_stays_text() -> None:
    change = ReportChange(
        report_id="pmid:1", study_id=None, study_label=HOSTILE, citation=HOSTILE, before="active", after="retracted",
        since="", reason=HOSTILE, numbers=(HOSTILE,),
    )  # fmt: skip
    fired = Fired(trigger="own", against="update 3", reason=HOSTILE)
    hostile = verdict("os-hr", HOSTILE, "consequential", fired=(fired,), redefined=(HOSTILE,), notes=(HOSTILE,))
    report = retracted(with_changes(verdicts=(hostile,), reports=(change,)), HOSTILE)
    rated = Certainty(level="low", reasons=(HOSTILE,), signed_by=HOSTILE, signed_on="2026-11-25")
    report = replace(report, outcomes=(replace(report.outcomes[0], certainty=rated), *report.outcomes[1:]))
    read = seen(report)
    assert not any("script" in tag for tag in read.html)
    assert not any("javascript" in target for _, target in read.links)
