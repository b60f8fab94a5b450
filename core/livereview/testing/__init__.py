"""The conformance kit for authors of plugins: claims that hold for every plugin of a kind, asked of one.

One line tests a plugin: ``conforms(MY_MODEL)``; ``parametrize(MY_MODEL)`` makes a test of each check in pytest. The kit
needs no library besides those of livereview, and is seeded: the same plugin gives the same outcomes.
"""

from livereview.sources import SourceExample
from livereview.testing.catalogue import checks_of
from livereview.testing.check import Check, Inapplicable, Outcome, Subject, Violation
from livereview.testing.pytests import parametrize
from livereview.testing.running import checks, conforms, run

__all__ = [
    "Check",
    "Inapplicable",
    "Outcome",
    "SourceExample",
    "Subject",
    "Violation",
    "checks",
    "checks_of",
    "conforms",
    "parametrize",
    "run",
]
