"""The made-up reports of the conformance kit, under the name that tests know them by."""

from livereview.testing.builders import *  # noqa: F403
