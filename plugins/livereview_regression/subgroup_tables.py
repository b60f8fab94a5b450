"""Tables of a category whose levels have a tau² each."""

from __future__ import annotations

from livereview import Column, Table, Value
from livereview_regression.by_subgroup import Levels
from livereview_regression.moderators import Moderator, Term
from livereview_regression.tables import finite, interval


def level_table(item: Moderator, found: Levels) -> Table:
    """Each level's own meta-analysis."""
    from scipy.special import chdtrc

    rows: list[tuple[Value, ...]] = []
    for place, name in enumerate(item.levels):
        df = int(found.residual_df[place])
        q, p_value = float(found.q[place]), float(chdtrc(df, found.q[place])) if df else None
        rows.append(
            (
                name,
                int(found.k[place]),
                interval(found.each, place),
                float(found.tau2[place]),
                q if df else None,
                p_value,
            )
        )
    return Table(
        title=f"Effects by {item.title}",
        columns=(
            Column(name=item.title, kind="text"),
            Column(name="studies", kind="count"),
            Column(name="effect", kind="effect"),
            Column(name="tau²"),
            Column(name="Q"),
            Column(name="P of Q", kind="p-value"),
        ),
        rows=tuple(rows),
    )


def difference_table(term: Term, found: Levels) -> Table:
    """Each level against the reference, and all levels together."""
    rows: list[tuple[Value, ...]] = []
    for place, name in enumerate(term.names):
        z, p_value = float(found.differences.statistic[place]), float(found.differences.p_value[place])
        rows.append((name, interval(found.differences, place), "z", z, None, p_value))
    test = found.between
    rows.append(("all levels", None, "chi²", finite(test.statistic), test.df, finite(test.p_value)))
    return Table(
        title="Differences",
        columns=(
            Column(name="of", kind="text"),
            Column(name="contrast", kind="contrast"),
            Column(name="test", kind="text"),
            Column(name="statistic"),
            Column(name="df", kind="count"),
            Column(name="P", kind="p-value"),
        ),
        rows=tuple(rows),
    )
