"""Data sources ``clinicaltrials-gov`` and ``clinicaltrials-gov-files``: registered trials and their posted results.

Trials that a search finds become records; results that are posted become proposed rows, which nothing pools before a
person has accepted them. A number that the registry does not give is never made up.
"""

from __future__ import annotations

from livereview import DataSource, hookimpl
from livereview_registries import files, source
from livereview_registries.options import RegistryFileOptions, RegistryOptions

__all__ = ["RegistryFileOptions", "RegistryOptions", "livereview_data_sources"]

#: For the conformance kit.
NO_EXAMPLE = {"example-of-input": "its tests have documents of the registry, which are large"}


@hookimpl
def livereview_data_sources() -> list[DataSource]:
    """The registry itself, and documents of it that people have saved."""
    return [
        DataSource(
            name="clinicaltrials-gov",
            summary="ClinicalTrials.gov: searches, the state of registered trials, and posted results as proposals.",
            options=RegistryOptions,
            fetch=source.fetch,
            expected_failures=NO_EXAMPLE,
            per_review=True,
            networked=True,
        ),
        DataSource(
            name="clinicaltrials-gov-files",
            summary="Saved documents of ClinicalTrials.gov: JSON of version 2, and XML as it was until 2024.",
            options=RegistryFileOptions,
            fetch=files.fetch,
            expected_failures=NO_EXAMPLE,
            per_review=True,
        ),
    ]
