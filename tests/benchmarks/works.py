"""The works that are measured, in the order of the table, and the section that each is in: a line each.

A work is a module of this name with a function `rows`, which yields the lines of the table.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WORKS"]

NUMBERS, ARRAYS, LARGE = "Code in numbers", "Networks on arrays", "Large graphs"
DERIVATIVES, TRAINING = "Derivatives of functions", "Training and minimising"
COMPILING, MEMORY = "Compiling", "Memory"

WORKS: Mapping[str, str] = {
    "moons": NUMBERS,
    "scalars": NUMBERS,
    "importing": NUMBERS,
    "lecture": ARRAYS,
    "networks": ARRAYS,
    "everyday": ARRAYS,
    "transformer": ARRAYS,
    "convolution": ARRAYS,
    "scan": ARRAYS,
    "rosenbrock": DERIVATIVES,
    "digits": TRAINING,
    "minimisation": TRAINING,
    "training": TRAINING,
    "dask_rows": TRAINING,
    "compiling": COMPILING,
    "chain": LARGE,
    "pictures": LARGE,
    "million": LARGE,
    "memory": MEMORY,
}
