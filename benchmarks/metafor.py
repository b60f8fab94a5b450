"""Runs the R script of a benchmark on tables of numbers and reads its answer; None where R or metafor is absent."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from livereview import Array

HERE = Path(__file__).parent


def ran(script: str, *tables: Mapping[str, Array], arguments: tuple[str, ...] = ()) -> tuple[str, Array] | None:
    """What ``script`` prints, and the table of numbers it writes.

    The script is given one CSV file for each table (columns by name, of one length, integers as such), the file to
    write, then ``arguments``.
    """
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"data-{number}.csv") for number in range(len(tables))]
        for path, table in zip(paths, tables, strict=True):
            columns = {name: np.ravel(column) for name, column in table.items()}
            formats = ["%d" if column.dtype.kind in "iub" else "%.17g" for column in columns.values()]
            np.savetxt(
                path,
                np.column_stack(list(columns.values())),
                delimiter=",",
                header=",".join(columns),
                comments="",
                fmt=formats,
            )
        results = Path(folder, "results.csv")
        command = [rscript, str(HERE / script), *map(str, paths), str(results), *arguments]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            print(f"metafor could not be run: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            return None
        return run.stdout, np.genfromtxt(results, delimiter=",", skip_header=1)
