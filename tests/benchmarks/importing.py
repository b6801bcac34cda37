"""`import autodiff` against `import numpy`, each in fresh processes, without the interpreter's start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from .harness import THE_TIME, Row

PAIRS = 15


def seconds_of_import(module: str) -> float:
    """Processor time that the import statement takes in a new process."""
    code = f"import time; t = time.process_time(); import {module}; print(time.process_time() - t)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def rows() -> Iterator[Row]:
    """Times the time of `import numpy`."""
    for module in ("autodiff", "numpy"):
        seconds_of_import(module)  # writes the bytecode, reads the files
    ratios = [seconds_of_import("autodiff") / seconds_of_import("numpy") for _ in range(PAIRS)]
    yield Row("import autodiff", "import numpy", ratios, THE_TIME, at_most=1.5)
