"""What the tests of manifests share: livereview's own plugins, and reading a text as a manifest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livereview.manifest.jsonschema import own_plugins
from livereview.manifest.mistakes import ManifestError
from livereview.manifest.reading import ManifestFile, read
from livereview.plugins import Plugins


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    """The plugins of this distribution, whatever else is installed."""
    return own_plugins()


@pytest.fixture
def reads(tmp_path: Path, plugins: Plugins) -> Callable[[str | bytes], ManifestFile]:
    """Reads a text as a manifest file."""

    def reading(text: str | bytes) -> ManifestFile:
        path = tmp_path / "review.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(path, plugins)

    return reading


@pytest.fixture
def refuses(reads: Callable[[str | bytes], ManifestFile], tmp_path: Path) -> Callable[[str | bytes], list[str]]:
    """The messages for a manifest that must be refused, each after the name of the file."""

    def refusing(text: str | bytes) -> list[str]:
        with pytest.raises(ManifestError) as caught:
            reads(text)
        file = f"{tmp_path / 'review.toml'}:"
        assert all(message.startswith(file) for message in caught.value.messages)
        return [message.removeprefix(file) for message in caught.value.messages]

    return refusing
