"""The two ways to ask, which lead to one: what a live session and one of a replay have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from livereview.network.faults import Kind
from livereview.sources import Answer, Fault


class Asking(ABC):
    """``get`` and ``post`` of ``livereview.sources.Session``, by one method that brings the good answer."""

    def get(
        self,
        path: str,
        parameters: Mapping[str, str] = {},
        *,
        kind: Kind = "json",
        fault: Fault = lambda answer: None,
        accept: tuple[int, ...] = (200,),
    ) -> Answer:
        """The answer to GET base + path."""
        return self._good("GET", path, parameters, kind, fault, accept)

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        kind: Kind = "json",
        fault: Fault = lambda answer: None,
        accept: tuple[int, ...] = (200,),
    ) -> Answer:
        """The answer to POST base + path of a form."""
        return self._good("POST", path, form, kind, fault, accept)

    @abstractmethod
    def _good(
        self, method: str, path: str, given: Mapping[str, str], kind: Kind, fault: Fault, accept: tuple[int, ...]
    ) -> Answer:
        """The good answer to a question."""
