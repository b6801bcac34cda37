"""python -m tests.peers [--write]: the table of conventions, printed or written to docs/conventions.md."""

from __future__ import annotations

import argparse

from autodiff.files.writing import write

from .page import PAGE, text

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.peers", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} in place of printing it")
    page = text()
    if parser.parse_args().write:
        write(PAGE, page.encode())
    else:
        print(page)
