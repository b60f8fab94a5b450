"""Renderers ``csv`` and ``json``: every result of a report for other programs, in full precision and documented."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import Options, RenderedFile, Renderer, RenderRequest, hookimpl


def render_csv(request: RenderRequest, options: Options) -> Iterable[RenderedFile]:
    """Tables under ``results/``, with ``datapackage.json``, which says what each column holds."""
    from livereview_results.package import package

    return package(request.report)


def render_json(request: RenderRequest, options: Options) -> Iterable[RenderedFile]:
    """The report as ``results.json``, of the schema docs/results.schema.json."""
    import json

    from livereview.json_values import as_json
    from livereview_results.schema import FORMAT, LEFT_OUT

    content = {"format": FORMAT, "report": as_json(request.report, LEFT_OUT)}
    told = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    title = "Every result of the report as JSON"
    return [RenderedFile(path="results.json", content=told.encode("utf-8", "replace"), kind="data", title=title)]


@hookimpl
def livereview_renderers() -> Iterable[Renderer]:
    """The renderers ``csv`` and ``json``."""
    return [
        Renderer(
            name="csv",
            summary="Every result as CSV tables in one folder, with a description of each column (a Data Package).",
            render=render_csv,
            stage="asset",
        ),
        Renderer(
            name="json", summary="Every result as one JSON file with a schema.", render=render_json, stage="asset"
        ),
    ]
