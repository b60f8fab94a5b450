"""A server on a real socket of this machine that answers as registries do, on good days and on bad ones.

The fixtures of ``fake_sources.fixtures`` are known to every test::

    from fake_sources import FakeServer, json_page, server_error, too_many
    from livereview.network import Recorder

    def test_a_search_survives_a_busy_server(fake_server: FakeServer, recorder: Recorder) -> None:
        fake_server.answer("/studies", too_many("1"), server_error(), json_page({"studies": []}))
        fake_server.answer("/studies", json_page({"studies": [...]}), query={"pageToken": "t"})
        request = FetchRequest(folder=..., tables=..., network=recorder)
        fetched = source.fetch(request, options_with(base_url=fake_server.base))
        assert [asked.query for asked in fake_server.requests] == [...]
        assert fake_server.waited  # seconds that were slept, on a clock that does not wait

Of answers whose query fits, that with most parameters is given. Answers to one path come in order, and the last one
stays. A callable in place of an answer is given the request. What no answer is set for is answered 404 in plain text;
the test fails at its end unless it clears ``unexpected``. ``recorder.keep_run()`` and
``Replay(recorder.location, recorder.run)`` try the run again without the server.
"""

from fake_sources.responses import (
    Response,
    cut_json,
    empty,
    gzipped,
    html,
    json_page,
    moved,
    plain,
    reset,
    server_error,
    slow,
    too_many,
    truncated,
    unavailable_as_text,
    wrong_charset,
    xml_page,
)
from fake_sources.server import FakeServer, Request
from fake_sources.time import FakeClock

__all__ = [
    "FakeClock",
    "FakeServer",
    "Request",
    "Response",
    "cut_json",
    "empty",
    "gzipped",
    "html",
    "json_page",
    "moved",
    "plain",
    "reset",
    "server_error",
    "slow",
    "too_many",
    "truncated",
    "unavailable_as_text",
    "wrong_charset",
    "xml_page",
]
