"""The operations, one family per file, by NumPy's names."""

from . import (
    accumulations,
    activations,
    arithmetic,
    composed,
    counting,
    diagonals,
    elementary,
    gaussian,
    indexing,
    joining,
    linalg,
    normalization,
    products,
    reductions,
    repeating,
    selection,
    shaping,
    special,
)
from .accumulations import *
from .activations import *
from .arithmetic import *
from .composed import *
from .counting import *
from .diagonals import *
from .elementary import *
from .gaussian import *
from .indexing import *
from .joining import *
from .linalg import norm
from .normalization import *
from .products import *
from .reductions import *
from .repeating import *
from .selection import *
from .shaping import *
from .special import *

__all__ = [
    "linalg",
    "norm",
    *accumulations.__all__,
    *activations.__all__,
    *arithmetic.__all__,
    *composed.__all__,
    *counting.__all__,
    *diagonals.__all__,
    *elementary.__all__,
    *gaussian.__all__,
    *indexing.__all__,
    *joining.__all__,
    *normalization.__all__,
    *products.__all__,
    *reductions.__all__,
    *repeating.__all__,
    *selection.__all__,
    *shaping.__all__,
    *special.__all__,
]
