"""Minimisation with Values: of functions, of sums of squares, and of the loss of a network.

>>> from optim import minimize
>>> minimize(lambda x: (x - 3.0) ** 2, 0.0).x
3.0
"""

from typing import TYPE_CHECKING

from autodiff.aliases import attach
from autodiff.elsewhere import answering

from . import fitting, minimization, plot, result, step_rule, stochastic
from .fitting import *
from .minimization import *
from .plot import *
from .result import *
from .step_rule import *
from .stochastic import *

if not TYPE_CHECKING:  # type checkers read literal lists alone, and take everything public without one
    rooms = (fitting, minimization, plot, result, step_rule, stochastic)
    __all__ = [name for room in rooms for name in room.__all__]
    __getattr__, __dir__ = answering(__name__, __all__)
    del rooms


attach(__name__)
del TYPE_CHECKING, answering, attach
