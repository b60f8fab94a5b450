"""Numbers of studies and people of printed pools: parts against the whole, one pool against others, against studies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from livereview import AuditCode, AuditFinding, EvidenceRow
from livereview_printed.lines import family, grouped, joined, number, place, told

PARTS = AuditCode(code="pool-subgroups", severity="warning", title="Printed subgroups do not add up to the whole")
PEOPLE = AuditCode(code="pool-people", severity="warning", title="A printed pool has more people than its studies")

_MAIN = ("report_id", "outcome", "timepoint_months", "title", "design_group")


def subgroups(lines: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """More studies, events or people in subgroups than in the whole, where fewer may be without the characteristic; the
    whole outside of what its parts are."""
    for same in grouped(lines, *_MAIN).values():
        whole = [line for line in same if not line.get("subgroup") and not line.get("subgroup_by")]
        parts = grouped((line for line in same if line.get("subgroup")), "subgroup_by", "measure")
        for (by, _), groups in parts.items():
            if by == "comparison" or len(groups) < 2:
                continue
            for line in whole:
                if line.get("k") != 1:
                    yield from _added(line, str(by), groups)


def _added(line: EvidenceRow, by: str, groups: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    for name, word in (("k", "studies"), ("events", "events"), ("n", "people")):
        numbers = [group[name] for group in groups if group.get(name) is not None]
        if line.get(name) is not None and len(numbers) == len(groups) and sum(numbers) > line[name]:
            named = " + ".join(f"{group[name]} ({group['subgroup']})" for group in groups)
            message = f"{line[name]} {word}; by {by} there are {named} = {sum(numbers)}"
            remedy = "Look up whether a study is in two groups or in none."
            yield told(PARTS, line, (name,), message, remedy, also=[place(group, name) for group in groups])
    if family(line) == family(groups[0]) and line.get("estimate") is not None and line.get("ci_low") is not None:
        estimates = [group["estimate"] for group in groups if group.get("estimate") is not None]
        if len(estimates) == len(groups) and not min(estimates) - _OFF <= line["estimate"] <= max(estimates) + _OFF:
            named = joined([f"{group['subgroup']} {number(group)}" for group in groups])
            message = f"{number(line)} lies outside of its parts by {by}: {named}"
            remedy = "Look up both: the whole lies between its parts, but for what between-study variance does."
            yield told(PARTS, line, ("estimate",), message, remedy, also=[place(group, "estimate") for group in groups])


#: How far the whole may lie outside its parts: their weights are not those of the whole.
_OFF = 0.02


def people(lines: Sequence[EvidenceRow], included: Sequence[EvidenceRow], studies: Sequence[EvidenceRow]) -> Iterator[
    AuditFinding
]:  # fmt: skip
    """Pools of more people than the paper's other pools add up to, and than the studies known to be in them have."""
    for (report,), own in grouped(lines, "report_id").items():
        most = {
            design: max((line["n"] for line in own if line.get("design_group") == design and line.get("n")), default=0)
            for design in ("rct", "single-arm")
        }
        enrolled = sum(most.values())
        above = [
            line for line in own
            if line.get("design_group") == "both" and all(most.values()) and (line.get("n") or 0) > enrolled
        ]  # fmt: skip
        for line in above:
            message = (
                f"{line['n']} people; the largest pools of trials and of single arms have {most['rct']} and "
                f"{most['single-arm']}, together {enrolled}"
            )
            yield told(PEOPLE, line, ("n",), message, "Look up whether somebody is counted twice.")
        if not above:
            yield from _known(str(report), own, included, {row["study_id"]: row for row in studies})


def _known(
    report: str, lines: Sequence[EvidenceRow], included: Sequence[EvidenceRow], studies: Mapping[str, EvidenceRow]
) -> Iterator[AuditFinding]:
    """The first pool of a report that has more people than the studies known to be in it."""
    names = dict.fromkeys(row["study_id"] for row in included if row["report_id"] == report)
    sizes = {name: studies[name]["n_total"] for name in names if studies.get(name, {}).get("n_total")}
    if not sizes or len(sizes) < len(names):
        return
    for line in sorted(lines, key=lambda line: line.get("k") is None):
        if line.get("n") and line["n"] > sum(sizes.values()) and not line.get("subgroup_by"):
            known = " + ".join(f"{size} ({name})" for name, size in sizes.items())
            pooled = f" in {line['k']} studies" if line.get("k") else ""
            message = f"{line['n']} people{pooled}; the studies known to be in it have {known} = {sum(sizes.values())}"
            remedy = "Look for a study that is missing here, or for one that was counted twice."
            yield told(PEOPLE, line, ("n", "k"), message, remedy)
            return
