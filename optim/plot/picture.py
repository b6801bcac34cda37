"""A figure that nobody has to close. Imports matplotlib; `canvas` imports this."""

from __future__ import annotations

from typing import Any

from autodiff.files.figures import Figure


class SavedFigure(Figure):
    """A figure that saves itself as `draw(…)` does."""

    def save(self, path: Any) -> Any:
        """Write the picture; the suffix decides the kind. Returns the path."""
        self.savefig(path)
        return path


Picture = SavedFigure
"""The name in earlier versions."""
