"""benchmarks/sequential.py: what promises an error at all looks together keeps it, and the usual test does not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "sequential.py"


def test_ten_thousand_null_reviews_looked_at_after_every_trial() -> None:
    found = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert (found.returncode, "outside" in found.stderr) == (0, False)
    null = found.stdout.split("\n\n")[0]
    last = {name: float(share) for name, share in re.findall(r"^(\S.*?)\s{2,}(?:\S+\s+){3}(\S+)\s+\S+$", null, re.M)}
    assert last.pop("usual test, 1.96") > 20
    assert len(last) == 6
    assert max(last.values()) <= 5
