"""Each example is run once: what it prints, and where its picture is."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def picture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the example saves its picture."""
    return tmp_path_factory.mktemp("pictures") / f"{_name(request)}.png"


@pytest.fixture(scope="module")
def printed(request: pytest.FixtureRequest, picture: Path) -> str:
    """Everything that the example prints."""
    with redirect_stdout(io.StringIO()) as output:
        import_module(f"examples.{_name(request)}").main(str(picture))
    return output.getvalue()


def _name(request: pytest.FixtureRequest) -> str:
    """The example that a module of tests is about."""
    return str(request.module.__name__.rpartition("test_")[2])
