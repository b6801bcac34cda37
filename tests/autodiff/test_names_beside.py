"""`autodiff.nn` and `autodiff.optim` in odd places: in an archive, run by `python -m`, sought by tools."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def told(folder, path, *arguments):
    """What Python writes, run in a folder, with the project found at a path."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(path)},
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "project.zip"
    with zipfile.ZipFile(path, "w") as made:
        for package in ("autodiff", "nn", "optim"):
            for file in (ROOT / package).rglob("*"):
                if file.suffix != ".pyc":
                    made.write(file, file.relative_to(ROOT))
    return path


@pytest.mark.parametrize("strangers", [[], ["nn.py", "optim.py"]])
def test_they_are_imported_from_an_archive(archive, tmp_path, strangers):
    for name in strangers:
        (tmp_path / name).write_text("mine = True\n")
    code = "import autodiff.nn as nn, autodiff.optim as optim; print(nn.__file__, optim.__name__)"
    name = "autodiff.optim" if strangers else "optim"
    assert told(tmp_path, archive, "-c", code) == f"{archive / 'nn' / '__init__.py'} {name}\n"


def test_python_says_that_they_are_not_run(tmp_path):
    assert told(tmp_path, ROOT, "-m", "autodiff.nn").endswith(
        "No module named autodiff.nn.__main__; 'autodiff.nn' is a package and cannot be directly executed\n"
    )
    assert "Traceback" not in told(tmp_path, ROOT, "-m", "autodiff.optim.naive")


def test_what_is_not_in_them_is_not_found():
    assert find_spec("autodiff.nn.losses") is not None
    assert find_spec("autodiff.nn.nowhere") is None
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'autodiff\.nn\.nowhere'"):
        __import__("autodiff.nn.nowhere")
