"""The numbers of the plots of further analyses as CSV: one line for each point, in full precision."""

from __future__ import annotations

from livereview import Plot
from livereview.spreadsheet import Record, written
from livereview_figures.drawing.text import clean


def plot_data(plot: Plot) -> bytes:
    """A line for each point of each series, on the scale of its axis (analysis scale for effects)."""
    records = list[Record]()
    for series in plot.series:
        for i in range(series.x.size):
            record: Record = {"series": clean(series.name), "style": series.style, "x": float(series.x[i])}
            record["label"] = clean(series.labels[i]) if series.labels else ""
            columns = {"y": None if series.style == "band" else series.y, "low": series.low, "high": series.high}
            columns["size"] = series.size
            record |= {name: float(array[i]) for name, array in columns.items() if array is not None}
            records.append(record)
    return written(["series", "style", "label", "x", "y", "low", "high", "size"], records)
