"""The network of a source without a network: a kept run answers, and nobody is asked.

A question is known by its method, path and parameters; the server's address does not count. Where two servers were
asked the same, they are told apart by the order in which the source opened their sessions.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from urllib.parse import urlencode

from livereview.foreign import plain_text
from livereview.network.asking import Asking
from livereview.network.faults import Kind, Trouble, check
from livereview.network.kept import Answers, Exchange, Run
from livereview.network.session import checked_base
from livereview.sources import Answer, Fault
from livereview.types import PluginError

_Question = tuple[str, str, frozenset[tuple[str, str]]]


class Replay:
    """A ``livereview.sources.Network`` that answers from a run. Of a question asked twice the answers come in order."""

    def __init__(self, location: str, run: Run) -> None:
        self._answers, self._run = Answers(str(location)), run
        self._left: dict[_Question, dict[int, deque[Exchange]]] = {}
        for item in run.exchanges:
            question = (item.method, item.path, frozenset(item.parameters.items()))
            self._left.setdefault(question, defaultdict(deque))[item.server].append(item)
        self._bases: list[str] = []

    def session(self, base: str, *, per_second: float, secrets: Mapping[str, str] = {}) -> KeptSession:
        """A session that needs no secrets: they are left out of what is asked."""
        base = checked_base(base)
        if base not in self._bases:
            self._bases.append(base)
        return KeptSession(self, self._bases.index(base), frozenset(secrets))

    def answer(self, server: int, method: str, path: str, parameters: Mapping[str, str]) -> Answer:
        """The next answer that was kept for a question. PluginError where there is none, or where it is damaged."""
        by_server = self._left.get((method, path, frozenset(parameters.items())), {})
        left = by_server.get(server) or (next(iter(by_server.values())) if len(by_server) == 1 else None)
        if not left:
            again = "so often " if by_server else ""
            asked = plain_text(path + (f"?{urlencode(parameters)}" if parameters else ""))[:300]
            raise PluginError(
                f"{asked}: was not asked {again}in the kept run of {self._run.asked.today.isoformat()}. Run without "
                "--offline to ask the server."
            )
        kept = left.popleft()
        content = self._answers.content(kept.sha256)
        return Answer(content=content, status=kept.status, headers=dict(kept.headers), url=kept.url)


class KeptSession(Asking):
    """A session of a Replay; see ``livereview.sources.Session``."""

    def __init__(self, replay: Replay, server: int, secrets: frozenset[str]) -> None:
        self._replay, self._server, self._secrets = replay, server, secrets

    def note_version(self, version: str) -> None:
        """The run has its versions already."""

    def _good(
        self, method: str, path: str, given: Mapping[str, str], kind: Kind, fault: Fault, accept: tuple[int, ...]
    ) -> Answer:
        own = {name: value for name, value in given.items() if name not in self._secrets}
        answer = self._replay.answer(self._server, method, path, own)
        try:
            check(answer, kind, fault, accept)
        except Trouble as trouble:
            raise PluginError(
                f"{plain_text(path)[:200]}: the answer kept then {trouble.what}, which this version does not take. "
                "Run without --offline to ask the server."
            ) from None
        return answer
