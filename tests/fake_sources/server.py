"""The server: a socket on localhost, answers set by path and query, and a list of all that was asked."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, unquote

from fake_sources.responses import Response
from fake_sources.time import FakeClock


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    """Without the query, unescaped; a whole address where the server is asked as a proxy."""
    raw_path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    at: float
    """On the fake clock where there is one, else on that of this machine."""

    @property
    def parameters(self) -> dict[str, str]:
        """Of the address and of the form."""
        return {**self.query, **self.form}


Answering = Response | Callable[[Request], Response]


@dataclass
class _Route:
    path: str
    query: Mapping[str, str]
    answers: list[Answering] = field(default_factory=list)

    def fits(self, asked: Request) -> bool:
        return asked.path == self.path and self.query.items() <= asked.parameters.items()


class FakeServer:
    """A server that is up while the ``with`` lasts."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.requests: list[Request] = []
        self.unexpected: list[Request] = []
        self.connections = 0
        self.clock = clock
        self.stopped = Event()
        self._routes: list[_Route] = []
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=lambda: self._server.serve_forever(poll_interval=0.01), daemon=True)

    @property
    def base(self) -> str:
        """The address that paths are put behind."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def waited(self) -> list[float]:
        """Every sleep on the fake clock."""
        return [] if self.clock is None else self.clock.waited

    def answer(self, path: str, *answers: Answering, query: Mapping[str, str] | None = None) -> None:
        """Answer requests of a path whose parameters include these: one after the other, and the last for ever.

        Of several that fit, the one with most parameters answers; of equal ones the one that was set last.
        """
        assert answers
        self._routes.append(_Route(path, dict(query or {}), list(answers)))

    def answered(self, asked: Request) -> Response:
        """What to send to a request, which is written down."""
        with self._lock:
            self.requests.append(asked)
            fitting = [route for route in reversed(self._routes) if route.fits(asked)]
            if not fitting:
                self.unexpected.append(asked)
                text = f"no answer is set for {asked.raw_path}"
                return Response(content=text.encode(), status=404, headers={"Content-Type": "text/plain"})
            answers = max(fitting, key=lambda route: len(route.query)).answers
            found = answers.pop(0) if len(answers) > 1 else answers[0]
        return found(asked) if callable(found) else found

    def __enter__(self) -> FakeServer:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def setup(self) -> None:
            server.connections += 1
            super().setup()

        def do_GET(self) -> None:
            self._respond()

        def do_POST(self) -> None:
            self._respond()

        def log_message(self, *args: Any) -> None:
            """Nothing on the terminal."""

        def _respond(self) -> None:
            response = server.answered(self._asked())
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client left first
                self._send(response)

        def _asked(self) -> Request:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            return Request(
                method=self.command,
                path=unquote(path),
                raw_path=self.path,
                query=dict(parse_qsl(query, keep_blank_values=True)),
                form=dict(parse_qsl(body.decode(), keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                at=time.monotonic() if server.clock is None else server.clock.seconds,
            )

        def _send(self, response: Response) -> None:
            server.stopped.wait(response.wait)
            if response.reset:
                linger = struct.pack("ii", 1, 0)  # close at once: the other side sees a reset
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
                return
            (self.send_response_only if response.bare else self.send_response)(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            length = len(response.content) if response.length is None else response.length
            if response.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            elif length != "":
                self.send_header("Content-Length", str(length))
            self.close_connection = response.length is not None
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            self._send_content(response)

        def _send_content(self, response: Response) -> None:
            if response.dribble:
                for at in range(len(response.content)):
                    if server.stopped.wait(response.dribble):
                        return
                    self.wfile.write(response.content[at : at + 1])
            elif response.chunked:
                end = b"0\r\n\r\n" if response.length is None else b""
                self.wfile.write(f"{len(response.content):x}\r\n".encode() + response.content + b"\r\n" + end)
            else:
                self.wfile.write(response.content)

    return Handler
