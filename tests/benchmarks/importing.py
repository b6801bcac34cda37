"""`import autodiff` against `import numpy`, each in fresh processes, without the interpreter's start.

Both from bytecode, which a folder of our own holds: a newcomer's second run, whatever the environment says.

What is not needed by an expression and its gradient is imported when it is asked for: pictures, derivations,
programs, networks. What is left above NumPy's own time is 86 small modules, none of which takes a thirtieth
of it: each operation is declared when its module is run, and has a signature that must be looked at.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from .harness import THE_TIME, Row

PAIRS = 15


def seconds_of_import(module: str, bytecode: str) -> float:
    """Processor time that the import statement takes in a new process."""
    code = f"import time; t = time.process_time(); import {module}; print(time.process_time() - t)"
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return float(done.stdout)


def rows() -> Iterator[Row]:
    """Times the time of `import numpy`."""
    with tempfile.TemporaryDirectory() as bytecode:
        for module in ("autodiff", "numpy"):
            seconds_of_import(module, bytecode)  # writes the bytecode, reads the files
        ratios = [
            seconds_of_import("autodiff", bytecode) / seconds_of_import("numpy", bytecode)
            for _ in range(PAIRS)
        ]
    yield Row("import autodiff", "import numpy", ratios, THE_TIME, at_most=1.3)
