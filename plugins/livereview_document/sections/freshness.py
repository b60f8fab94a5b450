"""Whether the page is still alive: its schedule, and up to when its sources were searched. Part of page one."""

from __future__ import annotations

from livereview import Freshness, SearchedSource
from livereview.printing import counted, every
from livereview_document.blocks import Block, paragraph
from livereview_document.words import Words, fill, joined, prose


def freshness_lines(fresh: Freshness | None) -> list[Block]:
    """One line on the schedule, one on the searches."""
    return [] if fresh is None else [paragraph(_schedule(fresh)), paragraph(_searched(fresh))]


def _schedule(fresh: Freshness) -> Words:
    """Dates alone: whether a day has passed is for the reader and ``livereview status``."""
    published = fill("published {}", fresh.published_on)
    if fresh.status != "active":
        return fill("**{}** since {}: {} · {}", fresh.status.capitalize(), fresh.since, prose(fresh.reason), published)
    if fresh.overdue_after is None:
        return fill("**Living review without a schedule** · {}", published)
    how = "" if fresh.every_months is None else f", updated {every(fresh.every_months)}"
    late = "that day" if fresh.overdue_after == fresh.due_on else f"{fresh.overdue_after}, when a search is due"
    dates = f"overdue after {late}" if fresh.due_on is None else f"next due {fresh.due_on}; overdue after {late}"
    return fill("**Living review**{} · {} · {}", how, published, dates)


def _searched(fresh: Freshness) -> Words:
    if not any(source.searched_on for source in fresh.sources):
        named = ", ".join(source.name for source in fresh.sources)
        meant = f"; the manifest names {named}" if named else ""
        return fill("**Searched through:** no search is recorded{}", meant)
    sources = joined([_source(source) for source in fresh.sources], "; ")
    integrated = fresh.integrated_through or f"no day, since {fresh.not_integrated}"
    return fill("**Searched through:** {} · **integrated through** {}", sources, integrated)


def _source(source: SearchedSource) -> Words:
    if source.through is None:
        return fill("{} never", source.name)
    waiting = [f"{counted(source.awaiting, 'record')} waiting"] if source.awaiting else []
    due = [f"next search due {source.due_on}"] if source.due_on else []
    more = ", ".join([*waiting, *due])
    return fill("{} {} ({})", source.name, source.through, more) if more else fill("{} {}", source.name, source.through)
