"""Minimisation with Values: of functions, of sums of squares, and of the loss of a network.

>>> from optim import minimize
>>> minimize(lambda x: (x - 3.0) ** 2, 0.0).x
3.0
"""

from typing import TYPE_CHECKING

from autodiff.aliases import attach

from . import fitting, minimization, plot, result, step_rule, stochastic
from .fitting import *
from .minimization import *
from .plot import *
from .result import *
from .step_rule import *
from .stochastic import *

if not TYPE_CHECKING:  # type checkers read literal lists alone, and take everything public without one
    __all__: list[str] = []
    for room in (fitting, minimization, plot, result, step_rule, stochastic):
        __all__ += room.__all__
    del room

    def __getattr__(name):
        from autodiff.elsewhere import refusal

        from .elsewhere import HERE

        raise AttributeError(refusal("module 'optim'", name, HERE))

    def __dir__() -> list[str]:
        return sorted(__all__)


attach(__name__)
del TYPE_CHECKING, attach
