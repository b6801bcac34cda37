"""A recorded graph as mathematics: closed formulas, and derivatives link by link."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .closed_form import Formula as Formula
    from .closed_form import formula as formula
    from .derivation import Derivation as Derivation
    from .derivation import explain as explain

__all__ = ["Derivation", "Formula", "explain", "formula"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {"Derivation": "derivation", "Formula": "closed_form", "explain": "derivation", "formula": "closed_form"},
)
