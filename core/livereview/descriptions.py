"""Result rows in words: what was measured in whom, the number, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]


def described(row: Row) -> str:
    """A result row in words: what was measured in whom, the number, where it stands."""
    return f"{what_in_words(row)}: {value_in_words(row)} [{row['report_id']}, {row['locator']}]"


def what_in_words(row: Row) -> str:
    """What a result row is about, without its number: outcome, time, population, arms."""
    place = [row["outcome"], row.get("population"), row["arm"]]
    if row.get("comparator"):
        place[-1] = f"{row['arm']} against {row['comparator']}"
    if row.get("timepoint_months") is not None:
        place.insert(1, f"{row['timepoint_months']:g} months")
    return ", ".join(str(part) for part in place if part)


def value_in_words(row: Row) -> str:
    """The number of a result row in words; of one that people read differently, everybody's."""
    if row.get("in_dispute"):
        return str(row["in_dispute"])
    if row.get("person_time") is not None:
        return f"{row['measure']} {_cell(row, 'events')} in {row['person_time']:g} of person-time"
    if row["measure"] == "HR" and row.get("estimate") is None:
        return _log_rank(row)
    if (row.get("events") is not None and row["measure"] != "HR") or row["measure"] == "count":
        return f"{_cell(row, 'events')}/{_cell(row, 'n')}"
    if row.get("estimate") is None:
        return f"{row['measure']} not stated"
    text = f"{row['measure']} {row['estimate']:g}"
    if row.get("ci_low") is not None or row.get("ci_high") is not None:
        return text + f" ({_cell(row, 'ci_low')} to {_cell(row, 'ci_high')})"
    for name, word in (("se", "SE"), ("sd", "SD"), ("p_value", "P")):
        if row.get(name) is not None:
            return f"{text} ({word} {_cell(row, name)})"
    return text


def _log_rank(row: Row) -> str:
    """What a report gives in place of a hazard ratio."""
    if row.get("o_minus_e") is not None:
        return f"HR not stated, O-E {_cell(row, 'o_minus_e')}, V {_cell(row, 'o_minus_e_variance')}"
    if row.get("direction") is not None:
        return f"HR not stated, {row['direction']}, P {_cell(row, 'p_value')}, {_cell(row, 'events')} events"
    return "HR not stated"


def _cell(row: Row, name: str) -> str:
    value = row.get(name)
    return "?" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
