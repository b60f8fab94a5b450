"""What holds for every test: how long an example of random data takes depends on what else the machine does."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("livereview", deadline=None)
settings.load_profile("livereview")
