"""From a graph in the DOT language to a drawing, by whichever Graphviz there is."""

from __future__ import annotations

import importlib.util
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2
_redirecting = threading.Lock()


def lay_out(dot: str, kind: str) -> bytes:
    """Draw with Graphviz as `kind`: "svg", "png" or "pdf".

    The program `dot` is used where it is installed, else the Graphviz inside pygraphviz. Raises
    RuntimeError where there is neither.
    """
    if shutil.which("dot"):
        import graphviz

        # Quiet, since Fontconfig warns of other people's settings; a failure raises.
        drawn: bytes = graphviz.Source(dot).pipe(format=kind, quiet=True)
        return drawn
    if importlib.util.find_spec("pygraphviz"):
        with _silent_stderr():
            import pygraphviz

            drawn = pygraphviz.AGraph(string=dot).draw(format=kind, prog="dot")
        return drawn
    raise RuntimeError(
        f"drawing as {kind} needs Graphviz: install the program (apt install graphviz) or the Python "
        "package that carries it (pip install 'autodiff-lecture[draw]'); .dot and tree() need neither"
    )


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Nothing that C code writes on stderr is seen; pygraphviz raises what is an error."""
    with _redirecting:
        kept = os.dup(STDERR)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, STDERR)
        try:
            yield
        finally:
            os.dup2(kept, STDERR)
            os.close(kept)
            os.close(nowhere)
