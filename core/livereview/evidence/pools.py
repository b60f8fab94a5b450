"""Tables of what published meta-analyses pooled: which studies, in which groups, and counts solved from their results.

Nothing here is evidence of a study. No outcome pools these rows; replication alone reads them.
"""

from __future__ import annotations

from livereview.evidence.tables import NOTE, Column, table

INCLUDED = table(
    "included", "one study that a meta-analysis pooled, and how it grouped it",
    ("report_id", "study_id", "outcome", "subgroup_by", "subgroup"),
    Column(name="report_id", kind="id", about="the meta-analysis", required=True, refers_to="reports"),
    Column(name="study_id", kind="id", about="the study", required=True, refers_to="studies"),
    Column(name="outcome", kind="id", about="outcome code as in published; empty = every outcome"),
    Column(name="subgroup_by", about="what it is grouped by, as in published; `design_group` for its column"),
    Column(name="subgroup", about="the group it is in"),
    Column(name="locator", about="where the meta-analysis says so, or how it was inferred", required=True),
    NOTE,
)  # fmt: skip

INPUTS = table(
    "inputs", "counts of one arm that a meta-analysis must have pooled, solved from its printed results",
    ("report_id", "outcome", "study", "arm", "attribution"),
    Column(name="report_id", kind="id", about="the meta-analysis", required=True, refers_to="reports"),
    Column(name="outcome", kind="id", about="outcome code as in published", required=True),
    Column(name="study", about="the study they are attributed to; several, or none known, as it is", required=True),
    Column(name="arm", about="the arm", required=True),
    Column(name="events", kind="integer", about="people with the event", required=True, minimum=0),
    Column(name="n", kind="integer", about="people at risk", required=True, minimum=1),
    Column(
        name="attribution", required=True,
        about="how sure they are: certain, inferred, conditional, ambiguous, not-unique, candidate-only; any other "
        "word names one solution of a line",
    ),
    NOTE,
)  # fmt: skip
