"""The catalogue of what can be drawn: each operation with its domains, shapes, spellings and kinks."""

from .drawable import Drawable
from .elementwise import ELEMENTWISE
from .products import LINEAR_ALGEBRA, PRODUCTS
from .reductions import REDUCTIONS
from .shaping import JOINING, SELECTION, SHAPING

CATALOGUE = (
    *ELEMENTWISE,
    *REDUCTIONS,
    *SHAPING,
    *JOINING,
    *SELECTION,
    *PRODUCTS,
    *LINEAR_ALGEBRA,
)
"""All that can be drawn, simple operations first."""


def named(name: str) -> Drawable:
    """The first entry of a name."""
    return next(drawable for drawable in CATALOGUE if drawable.name == name)
