"""The whole made-up review of the conformance kit, under the name that tests know it by."""

from livereview.testing.whole_review import *  # noqa: F403
