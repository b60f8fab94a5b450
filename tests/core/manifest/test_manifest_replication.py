"""[replication]: what it may say, and that a publication which nobody recorded is told at its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manifest_examples import manifest
from test_manifest_reach import evidence, told

from livereview.manifest.reading import ManifestFile

Reads = Callable[[str], ManifestFile]
Refuses = Callable[[str], list[str]]

START = '[replication]\nreports = ["chen-2023"]\n'


def test_an_outcome_that_is_not_named_stands_for_its_own_code(reads: Reads) -> None:
    more = START + '[[replication.outcomes]]\noutcome = "os"\nwithout = "death"\nrelated = ["efs"]\n'
    part = reads(manifest(more=more)).manifest.replication
    assert part is not None
    assert (part.of("os").codes, part.of("os").without, part.of("os").related) == (("os",), ("death",), ("efs",))
    assert (part.of("cr").codes, part.of("cr").without) == (("cr",), ())


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("[replication]\nreports = []\n", "at least 1"),
        ('[[replication.outcomes]]\noutcome = "os"\n', "it says nothing"),
        ('[[replication.outcomes]]\noutcome = "os"\nrelated = "os"\n', "either in result or in related"),
        (
            '[[replication.outcomes]]\noutcome = "os"\nwithout = "a"\n[[replication.outcomes]]\noutcome = "os"\n'
            'without = "b"\n',
            "named twice under outcomes: os",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(refuses: Refuses, more: str, says: str) -> None:
    text = more if more.startswith("[replication]") else START + more
    (message,) = refuses(manifest(more=text))
    assert says in message


def test_a_publication_that_is_not_recorded_is_told_with_the_nearest(reads: Reads) -> None:
    file = reads(manifest(more=START))
    recorded = evidence(published=[{"report_id": "chen-2022"}])
    assert told(file, evidence(published=[{"report_id": "chen-2023"}])) == ([], ())
    ((message,), _) = told(file, recorded)
    assert message.endswith(
        'replication.reports[0]: no published result is of a report "chen-2023". Did you mean "chen-2022"? '
        "Reports in the table published: chen-2022."
    )
