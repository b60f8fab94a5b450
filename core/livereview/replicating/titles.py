"""What a published row is about, in words."""

from __future__ import annotations

from livereview.pairing import Row


def title_of(row: Row) -> str:
    """Outcome, time, designs, group and measure, e.g. "os, 12 months, rct, OR (fixed)"."""
    model = f" ({row['model']})" if row["model"] else ""
    parts = [
        str(row["outcome"]),
        row["title"] or "",
        f"{row['timepoint_months']:g} months" if row["timepoint_months"] is not None else "",
        row["design_group"] or "",
        f"{row['subgroup_by']}: {row['subgroup']}" if row["subgroup"] else "",
        f"{row['measure']}{model}",
    ]
    return ", ".join(part for part in parts if part)
