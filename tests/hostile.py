"""The hostile texts of the conformance kit, under the name that tests know them by."""

from livereview.testing.hostile import *  # noqa: F403
