"""Pictures of minimisations. The methods never import them, and matplotlib is imported when one is drawn."""

from ..result import Result
from .basins import plot_basins
from .descent import animate_result
from .results import plot_paths, plot_result

__all__ = ["plot_basins", "plot_paths", "plot_result"]

for name, method in {"plot": plot_result, "animate": animate_result}.items():
    setattr(Result, name, method)
del name, method
