"""The figures of this package. Imports matplotlib; `canvas` imports this."""

from autodiff.files.figures import Figure

SavedFigure = Picture = Figure
"""The names in earlier versions."""
