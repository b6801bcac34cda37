"""Examples run from the command line, whatever the output is encoded in."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import examples
from examples import run

FOLDER = Path(examples.__file__).parent
FILES = sorted(path for path in FOLDER.glob("*.py") if path.name != "__init__.py")
QUICK = {
    "check_the_lecture": [],
    "lecture_network": ["graph.dot"],
    "optimise_one_dimension": ["ways.svg"],
}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("name", QUICK)
def test_an_example_prints_to_a_file_that_has_no_greek_letters(tmp_path, name, encoding):
    environment = os.environ | {
        "PYTHONIOENCODING": encoding,
        "PYTHONPATH": str(FOLDER.parent),
        "PYTHONUTF8": "0",
    }
    command = [sys.executable, "-m", f"examples.{name}", *QUICK[name]]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert "?" in ended.stdout.decode(encoding)
    assert sorted(path.name for path in tmp_path.iterdir()) == QUICK[name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_example_is_run_the_same_way(path):
    assert path.read_text(encoding="utf-8").endswith('\n\n\nif __name__ == "__main__":\n    run(main)\n')


@pytest.mark.parametrize(
    ("encoding", "printed"), [("ascii", b"?R/??"), ("cp1252", b"?R/??"), ("cp437", b"?R/?\xe9")]
)
def test_what_an_encoding_lacks_is_printed_as_a_question_mark(monkeypatch, encoding, printed):
    file = io.BytesIO()
    monkeypatch.setattr(sys, "argv", ["example", "∂R", "∂Θ"])
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(file, encoding, write_through=True))
    run(lambda r, theta: print(f"{r}/{theta}", end=""))
    assert file.getvalue() == printed
