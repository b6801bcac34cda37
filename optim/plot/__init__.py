"""Pictures of minimisations. The methods never import them, and matplotlib is imported when one is drawn."""

from . import methods
from .basins import plot_basins
from .results import plot_paths, plot_result

__all__ = ["plot_basins", "plot_paths", "plot_result"]

methods.attach()
