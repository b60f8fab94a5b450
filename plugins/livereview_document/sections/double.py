"""Double extraction: who read the same results, how far they agree, every cell that differs."""

from __future__ import annotations

from livereview import AgreementLine, Disagreement, DoubleWork
from livereview.printing import estimate, kappa
from livereview_document.blocks import Block, bullets, heading, long, paragraph, table
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, fill, joined, prose, strong, text


def double_section(double: DoubleWork | None, at: Index) -> list[Block]:
    """The section, where people are named; nothing elsewhere."""
    if double is None:
        return []
    blocks = [heading(2, "Double extraction", "double"), paragraph(double.summary), paragraph(double.rule)]
    if double.doubts:
        blocks.append(bullets(fill("**Adjudication in doubt:** {}", prose(doubt)) for doubt in double.doubts))
    if double.lines:
        headers = ("What", "People", "Compared", "Agree", "Share", "Kappa (95% CI)", "Method")
        lines = table(headers, [_line(line) for line in double.lines], right=(2, 3, 4))
        blocks += [heading(3, "Agreement"), long("All columns and items", lines, len(double.lines), at.fold_above)]
    if double.disagreements:
        heads = ("Study", "What", "Cell", "Values", "State", "Typed into")
        cells = table(heads, [_cell(item, at) for item in double.disagreements])
        title = f"All {len(double.disagreements)} cells"
        blocks += [heading(3, "Cells that differ"), long(title, cells, len(double.disagreements), at.fold_above)]
    return blocks


def _line(line: AgreementLine) -> tuple[object, ...]:
    share = estimate(line.share, "proportion")
    agreed = kappa(line.kappa, line.kappa_low, line.kappa_high)
    told = "; ".join(part for part in (line.method, line.note) if part)
    return (line.about, line.people, line.compared, line.agreed, share, agreed, told or None)


def _cell(item: Disagreement, at: Index) -> tuple[object, ...]:
    return (
        at.study(item.study_id, item.study_label),
        text(item.subject, CELL_LIMIT),
        item.column,
        joined([f"{value} ({person})" for person, value in item.values]),
        strong(item.fate) if item.state == "open" else item.fate,
        joined(list(item.places), "; ") if item.places else text(None),
    )
