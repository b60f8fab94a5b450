"""The network: one way to ask servers for every source, with what came kept, and asked again without a server.

For the core, per command and per networked source::

    with Servers() as servers:  # one per command: rates are shared by all sources
        recorder = Recorder(location, asked, servers)
        fetched = source.fetch(FetchRequest(network=recorder, ...), options)
        recorder.keep_run()  # once the rows are stored; answers were kept as they came

    runs = [run for run in kept_runs(location) if run.asked.source == ...]  # --offline; see also kept_options
    run = runs[-1]
    source.fetch(FetchRequest(network=Replay(location, run), ...), options)

``location`` is the store's folder or URI. Sources see only ``Network`` and ``Session`` of ``livereview.sources``.
The HTTP library is loaded with the first request.
"""

from livereview.network.kept import Answers, Asked, Exchange, Run, kept_options, kept_runs
from livereview.network.recorder import Recorder
from livereview.network.replay import Replay
from livereview.network.servers import Servers

__all__ = ["Answers", "Asked", "Exchange", "Recorder", "Replay", "Run", "Servers", "kept_options", "kept_runs"]
