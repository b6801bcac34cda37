"""Figures of matplotlib that are written to files as everything else is. Imports matplotlib."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import matplotlib.figure
from matplotlib import rc_context, rcParams

from .writing import format_of, write

UNDATED = {"svg": {"Date": None}, "svgz": {"Date": None}, "pdf": {"CreationDate": None}}
"""What keeps the time of writing out of a file."""


class Figure(matplotlib.figure.Figure):
    """A figure of its own: pyplot does not know it, so it is freed with its last reference.

    A notebook shows it also where pyplot was never imported.
    """

    def _repr_png_(self) -> bytes:
        return self.encoded("png")

    def savefig(self, fname: Any, **options: Any) -> None:
        """As matplotlib's, but a path gets a file that is complete, or keeps what it has.

        As there, the suffix decides the kind if `format` does not; a path without one gets the usual.
        """
        if not isinstance(fname, (str, os.PathLike)):
            super().savefig(fname, **options)
            return
        path = os.fspath(fname)
        kind = options.pop("format", None) or Path(path).suffix[1:]
        if not kind:
            kind = rcParams["savefig.format"]
            path = f"{path.rstrip('.')}.{kind}"
        write(path, self.encoded(kind, **options))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file of the format that its suffix names, and return its path, as other pictures do.

        The same figure gives the same bytes. Raises ValueError for an unknown suffix.
        """
        path = Path(path)
        kind = format_of(path, [f".{kind}" for kind in self.canvas.get_supported_filetypes()])[1:]
        with rc_context({"svg.hashsalt": "autodiff"}):
            write(path, self.encoded(kind, metadata=UNDATED.get(kind)))
        return path

    def encoded(self, kind: str, **options: Any) -> bytes:
        """The bytes of the file that `savefig` would write."""
        file = io.BytesIO()
        super().savefig(file, format=kind, **options)
        return file.getvalue()
