"""The figures of this package. Imports matplotlib; `canvas` imports this."""

from autodiff.files.figures import Figure as SavedFigure

Picture = SavedFigure
"""The name in earlier versions."""
