"""The kit finds planted defects, at least nine in ten, and lets pass the correct pieces that they were made from."""

from __future__ import annotations

from functools import cache

import pytest
from broken import Broken, everything

from livereview.testing import Outcome, run

PIECES = everything()


@cache
def found(index: int) -> tuple[Outcome, ...]:
    """The outcomes of a broken piece that fail."""
    piece = PIECES[index]
    return tuple(outcome for outcome in run(piece.plugin, **piece.given) if outcome.failed)


if __name__ == "__main__":
    import time
    for i, p in enumerate(PIECES):
        t = time.time()
        got = found(i)
        print(f"{'' if got else 'MISSED '}{p.plugin.kind} | {p.defect} | {[o.check for o in got]} {time.time()-t:.1f}")
    seen = []
    for p in PIECES:
        if p.twin in seen: continue
        seen.append(p.twin)
        t = time.time()
        print('TWIN', p.twin.kind, p.twin.name, [(o.check, o.message[:300]) for o in run(p.twin, **p.given) if o.failed], f"{time.time()-t:.1f}")
