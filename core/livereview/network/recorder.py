"""The network of one source in one run: live, with every good answer kept as it comes and the run at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from livereview.errors import StoreError
from livereview.network.kept import Answers, Asked, Exchange, Run, encoded, keep, kept_options
from livereview.network.redaction import Secrets
from livereview.network.servers import Servers
from livereview.network.session import Kept, Question, ServerSession, checked_base
from livereview.sources import Answer
from livereview.types import PluginError


class Recorder:
    """A ``livereview.sources.Network``. A run that is broken off leaves its answers and no run."""

    def __init__(self, location: str, asked: Asked, servers: Servers) -> None:
        self.location, self._asked, self._servers = str(location), asked, servers
        self._answers = Answers(self.location)
        self._started_at = servers.clock.now()
        self._bases: list[str] = []
        self._secrets: list[Secrets] = []
        self._exchanges: list[Exchange] = []
        self._versions: dict[str, None] = {}
        self._notes: dict[str, None] = {}

    def session(self, base: str, *, per_second: float, secrets: Mapping[str, str] = {}) -> ServerSession:
        """A session with one server."""
        base, hidden = checked_base(base), Secrets(secrets, self._servers.environment)
        if base not in self._bases:
            self._bases.append(base)
        server = self._bases.index(base)
        self._secrets.append(hidden)

        def keep_answer(question: Question, answer: Answer) -> None:
            self._keep(server, question, answer)

        kept = Kept(
            answer=keep_answer,
            version=lambda version: self._versions.setdefault(version),
            note=lambda note: self._notes.setdefault(note),
        )
        return ServerSession(self._servers, base, per_second, hidden, kept)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know although nothing is wrong: an answer in which a key was replaced."""
        return tuple(self._notes)

    @property
    def run(self) -> Run:
        """What was asked and answered so far."""
        options = self._redacted(kept_options(self._asked.options))
        return Run(
            asked=replace(self._asked, options=options),
            started_at=self._started_at,
            versions=tuple(self._versions),
            exchanges=tuple(self._exchanges),
        )

    def keep_run(self) -> str:
        """Write the run, since it is complete; its id. StoreError where it cannot be written."""
        return keep(self.location, encoded(self.run))

    def _keep(self, server: int, question: Question, answer: Answer) -> None:
        try:
            sha256 = self._answers.put(answer.content)
        except StoreError as error:
            raise PluginError(str(error)) from error
        self._exchanges.append(
            Exchange(
                server=server,
                method=question.method,
                path=self._redacted(question.path),
                parameters={name: self._redacted(value) for name, value in question.parameters.items()},
                status=answer.status,
                headers=dict(answer.headers),
                url=answer.url,
                sha256=sha256,
            )
        )

    def _redacted(self, value: Any) -> Any:
        """A value of JSON without the secrets of any session."""
        if isinstance(value, str):
            for secrets in self._secrets:
                value = secrets.redacted(value)
            return value
        if isinstance(value, Mapping):
            return {self._redacted(name): self._redacted(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._redacted(item) for item in value]
        return value
