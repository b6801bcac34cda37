"""A figure that notebooks show and nobody has to close. Imports matplotlib; `canvas` imports this."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.figure import Figure

from autodiff.figures import save_figure

__all__ = ["Picture"]


class Picture(Figure):
    """A matplotlib Figure of its own: pyplot does not know it, so it is freed with its last reference.

    A notebook shows it also where pyplot was never imported.
    """

    def _repr_png_(self) -> bytes:
        return self.encoded("png")

    def savefig(self, fname: Any, **options: Any) -> None:
        """As matplotlib's; a file appears complete or not at all."""
        save_figure(super().savefig, fname, options)

    def save(self, path: Any) -> Any:
        """Write the picture; the suffix tells the kind. Returns the path, as `draw(…).save` does."""
        self.savefig(path)
        return path

    def encoded(self, kind: str, **options: Any) -> bytes:
        """The bytes of the file that `savefig` would write."""
        file = io.BytesIO()
        self.savefig(file, format=kind, **options)
        return file.getvalue()
