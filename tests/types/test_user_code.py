"""What type checkers and IDEs know: code of users passes, and slips are found at their lines."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MARKED = [
    number
    for number, line in enumerate((HERE / "mistakes.txt").read_text("utf-8").splitlines(), 1)
    if "  # " in line
]


def mypy(file: Path) -> list[int]:
    """The lines in which mypy, as strict as it can be, finds errors."""
    options = ["--strict", "--ignore-missing-imports", "--cache-dir", str(file.parent), "--output", "json"]
    command = [sys.executable, "-m", "mypy", *options, "--config-file", "", str(file)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert found.returncode in (0, 1), found.stderr
    messages = [json.loads(line) for line in found.stdout.splitlines() if line.startswith("{")]
    return sorted({m["line"] for m in messages if m["file"] == str(file) and m["severity"] == "error"})


def basedpyright(file: Path) -> list[int]:
    """The lines in which basedpyright finds errors."""
    pytest.importorskip("basedpyright")
    settings = {
        "include": [str(file)], "typeCheckingMode": "standard", "extraPaths": [str(ROOT)],
        "venvPath": str(Path(sys.prefix).parent), "venv": Path(sys.prefix).name,
    }  # fmt: skip
    (config := file.with_suffix(".json")).write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "-p", str(config)]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert found.returncode in (0, 1), found.stderr
    errors = json.loads(found.stdout)["generalDiagnostics"]
    return sorted({e["range"]["start"]["line"] + 1 for e in errors if e["severity"] == "error"})


@pytest.mark.parametrize("checker", [mypy, basedpyright])
def test_code_of_users_passes(checker, tmp_path):
    file = Path(shutil.copy(HERE / "user_code.py", tmp_path))
    assert checker(file) == []


@pytest.mark.parametrize("checker", [mypy, basedpyright])
def test_slips_are_found_at_their_lines(checker, tmp_path):
    file = Path(shutil.copy(HERE / "mistakes.txt", tmp_path / "mistakes.py"))
    assert checker(file) == MARKED
