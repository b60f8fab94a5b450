"""Runs the R script of a benchmark on tables of numbers and reads its answer; None where R or metafor is absent."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from livereview import Array
from livereview_concordance.r_process import RFailed, RMissing, ran_script, table_text

HERE = Path(__file__).parent


def ran(script: str, *tables: Mapping[str, Array], arguments: tuple[str, ...] = ()) -> tuple[str, Array] | None:
    """What ``script`` prints, and the table of numbers it writes.

    The script is given one CSV file for each table (columns by name, of one length, integers as such), the file to
    write, then ``arguments``.
    """
    try:
        run = ran_script(HERE / script, [table_text(table) for table in tables], arguments)
    except RMissing:
        return None
    except RFailed as error:
        print(f"metafor could not be run: {error}", file=sys.stderr)
        return None
    return run.printed, np.genfromtxt(io.StringIO(run.results), delimiter=",", skip_header=1)
