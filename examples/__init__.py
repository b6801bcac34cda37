"""One idea a file: `python -m examples.NAME` prints it, and a test asserts the printed numbers."""

import sys
from collections.abc import Callable

from autodiff.text.console import print_anything


def run(main: Callable[..., object]) -> None:
    """Call an example with the words behind its name on the command line."""
    print_anything()
    main(*sys.argv[1:])
