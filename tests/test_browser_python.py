"""A browser's Python, Pyodide, has no processes, threads or terminals: nothing is imported that it lacks."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Taken out of it, or there without working: https://pyodide.org/en/stable/usage/wasm-constraints.html. Its
# `threading` has locks, which is all that an import may want of it.
LACKING = {
    "_ctypes", "_curses", "_posixsubprocess", "_tkinter", "asyncio", "concurrent", "ctypes", "curses",
    "dbm", "ensurepip", "fcntl", "grp", "idlelib", "mmap", "msvcrt", "multiprocessing", "pty", "pwd",
    "readline", "resource", "select", "selectors", "socket", "socketserver", "ssl", "subprocess",
    "syslog", "termios", "tkinter", "tty", "turtle", "turtledemo", "venv", "winreg", "winsound",
}  # fmt: skip
STARTED = (
    "_thread.start_new_thread",
    "subprocess.Popen",
    "os.fork",
    "os.posix_spawn",
    "socket.__new__",
    "ctypes.dlopen",
)
OURS = "autodiff", "nn", "optim", "_autodiff_hypothesis"
LOADED = f"""
import json, sys, numpy
started = []
sys.addaudithook(lambda event, _: started.append(event) if event in {STARTED} else None)
import autodiff, nn, optim
modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in {OURS}]
print(json.dumps([[module.__file__ for module in modules if hasattr(module, "__file__")], started]))
"""


def imported(body: list[ast.stmt]) -> Iterator[str]:
    """The first part of what these lines import when they run, those in functions left out."""
    for line in body:
        if isinstance(line, ast.Import):
            yield from (name.name.partition(".")[0] for name in line.names)
        elif isinstance(line, ast.ImportFrom) and not line.level and line.module:
            yield line.module.partition(".")[0]
        elif isinstance(line, ast.If) and "TYPE_CHECKING" in ast.unparse(line.test):
            yield from imported(line.orelse)
        elif not isinstance(line, ast.FunctionDef | ast.AsyncFunctionDef):
            for field in ("body", "orelse", "handlers", "finalbody"):
                yield from imported(getattr(line, field, []))


def loaded() -> tuple[list[str], list[str]]:
    """What the modules of `autodiff`, `nn` and `optim` import from elsewhere, and what that starts."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files, started = json.loads(done.stdout)
    names = {name for file in files for name in imported(ast.parse(Path(file).read_text()).body)}
    return sorted(names.difference(OURS)), started


def test_nothing_is_imported_that_a_browsers_python_lacks():
    names, started = loaded()
    assert {"numpy", "functools", "weakref"} <= {*names}
    assert not LACKING.intersection(names)
    assert not started
    assert {*names} - sys.stdlib_module_names == {"numpy"}


@pytest.mark.parametrize(
    "text",
    [
        "import ssl",
        "try:\n    import ssl\nexcept ImportError:\n    pass",
        "try:\n    pass\nexcept ImportError:\n    import ssl",
        "class A:\n    from ssl import CERT_NONE",
        "if TYPE_CHECKING:\n    pass\nelse:\n    import ssl.x as y",
        "with a:\n    import ssl",
    ],
)
def test_an_import_is_found_wherever_it_runs(text: str):
    assert [*imported(ast.parse(text).body)] == ["ssl"]


@pytest.mark.parametrize(
    "text", ["def f():\n    import ssl", "if TYPE_CHECKING:\n    import ssl", "from . import ssl"]
)
def test_an_import_that_does_not_run_is_not_counted(text: str):
    assert not [*imported(ast.parse(text).body)]


if __name__ == "__main__":
    print(*sys.stdlib_module_names.intersection(loaded()[0]))
