"""python -m tests.peers [--write]: docs/conventions.md and docs/parity.md, printed or written."""

from __future__ import annotations

import argparse

from autodiff.files.writing import write

from . import page, parity

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.peers", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the pages in place of printing them")
    given = parser.parse_args()
    for one in (page, parity):
        text = one.text()
        if given.write:
            write(one.PAGE, text.encode())
        else:
            print(text)
