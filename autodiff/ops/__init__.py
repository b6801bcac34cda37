"""The operations, one family per file, by NumPy's names."""

from typing import TYPE_CHECKING

from . import (
    accumulations,
    activations,
    along_axes,
    arithmetic,
    averages,
    composed,
    convolutions,
    counting,
    covariances,
    diagonals,
    editing,
    elementary,
    gaussian,
    indexing,
    interpolation,
    joining,
    linalg,
    missing,
    normalization,
    polynomials,
    products,
    quantiles,
    reductions,
    repeating,
    selection,
    shaping,
    special,
)
from .accumulations import *
from .activations import *
from .along_axes import *
from .arithmetic import *
from .averages import *
from .composed import *
from .convolutions import *
from .counting import *
from .covariances import *
from .diagonals import *
from .editing import *
from .elementary import *
from .gaussian import *
from .indexing import *
from .interpolation import *
from .joining import *
from .linalg import norm as norm
from .missing import *
from .normalization import *
from .polynomials import *
from .products import *
from .quantiles import *
from .reductions import *
from .repeating import *
from .selection import *
from .shaping import *
from .special import *

NAMES = [
    "linalg",
    "norm",
    *accumulations.__all__,
    *activations.__all__,
    *along_axes.__all__,
    *arithmetic.__all__,
    *averages.__all__,
    *composed.__all__,
    *convolutions.__all__,
    *counting.__all__,
    *covariances.__all__,
    *diagonals.__all__,
    *editing.__all__,
    *elementary.__all__,
    *gaussian.__all__,
    *indexing.__all__,
    *interpolation.__all__,
    *joining.__all__,
    *missing.__all__,
    *normalization.__all__,
    *polynomials.__all__,
    *products.__all__,
    *quantiles.__all__,
    *reductions.__all__,
    *repeating.__all__,
    *selection.__all__,
    *shaping.__all__,
    *special.__all__,
]

if not TYPE_CHECKING:  # type checkers read literal lists alone, and take everything public without one
    __all__ = NAMES
