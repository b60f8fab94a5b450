"""What the lines of one publication are recomputed from: its rows, the evidence, the manifest, the plugins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from livereview.manifest.replication import ReplicationPart
from livereview.pairing import Row
from livereview.plugins import Plugins
from livereview.replicating.candidates import Candidate, Wanted, from_evidence, from_solution
from livereview.replicating.members import Publication
from livereview.types import RowsNeeded


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Everything that is known of one publication."""

    publication: Publication
    part: ReplicationPart
    plugins: Plugins
    studies: Mapping[str, Row]
    """By study id."""
    results: Mapping[str, Sequence[Row]]
    """By study id."""
    experimental: tuple[str, ...]
    control: tuple[str, ...]
    digits: Mapping[str, int]
    own_reports: frozenset[str]
    """Reports that are the publication itself: numbers read in it are no evidence for it."""

    @property
    def labels(self) -> Mapping[str, str]:
        """Names of the studies as printed."""
        return {name: str(row["label"]) for name, row in self.studies.items()}

    def wanted(self, row: Row, rows: RowsNeeded) -> Wanted:
        """What a published row needs of each study."""
        return Wanted(
            outcome=self.part.of(row["outcome"]), timepoint=row["timepoint_months"], rows=rows,
            experimental=self.experimental, control=self.control, not_from=self.own_reports,
        )  # fmt: skip

    def evidence(self, row: Row, rows: RowsNeeded, study: str) -> list[Candidate]:
        """The numbers of a study in the evidence; none for a study that is only attributed."""
        known = self.studies.get(study)
        return [] if known is None else from_evidence(self.wanted(row, rows), known, self.results.get(study, ()))

    def solved(self, row: Row, rows: RowsNeeded) -> dict[str, list[Candidate]]:
        """Counts solved from the publication's results, by study as attributed."""
        return from_solution(self.wanted(row, rows), self.labels, self.publication.solved(row["outcome"]))

    def solutions(self, row: Row, rows: RowsNeeded) -> dict[str, dict[str, list[Candidate]]]:
        """Counts that are one solution of this line alone, by name of the solution and study."""
        named = self.publication.solutions(row["outcome"])
        return {name: from_solution(self.wanted(row, rows), self.labels, found) for name, found in named.items()}
