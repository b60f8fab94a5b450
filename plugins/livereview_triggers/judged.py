"""Triggers on what people judged: the certainty of the evidence, the retraction of a report."""

from __future__ import annotations

from livereview import Conclusion, Options, Trigger


def certainty_changes(before: Conclusion, after: Conclusion, options: Options) -> str | None:
    """The reason why the certainty is not what it was. A first rating of an outcome is no change."""
    if not before.certainty or before.certainty == after.certainty:
        return None
    if not after.certainty:
        return f"the certainty was {before.certainty} and is not rated any more"
    return f"the certainty was {before.certainty} and is now {after.certainty}"


def retraction(before: Conclusion, after: Conclusion, options: Options) -> str | None:
    """The reason: a report with a number for the outcome is retracted that was not."""
    new = [words for report_id, words in after.retracted.items() if report_id not in before.retracted]
    return f"retracted: {'; '.join(new)}" if new else None


CERTAINTY_CHANGES = Trigger(
    name="certainty-changes",
    summary="The signed certainty of the evidence goes to another level.",
    fires=certainty_changes,
)

RETRACTION = Trigger(
    name="retraction",
    summary="A report with a number for the outcome is retracted.",
    fires=retraction,
)
