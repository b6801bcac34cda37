"""Run the scenarios on purpose: `python -m tests.scenarios --expressions 100000 --seed 1`."""

from __future__ import annotations

import os
import sys

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
os.environ.update(dict.fromkeys(THREADS, "1"))  # read when NumPy is imported, which no line above does

if __name__ == "__main__":
    from tests.scenarios.campaign import main

    sys.exit(main())
