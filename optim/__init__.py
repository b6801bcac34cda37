"""Minimisation with Values: of functions, of sums of squares, and of the loss of a network.

>>> from optim import minimize
>>> minimize(lambda x: (x - 3.0) ** 2, 0.0).x
3.0
"""

from autodiff.aliases import attach

from .fitting import *
from .minimization import *
from .plot import *
from .result import *
from .step_rule import *
from .stochastic import *

attach(__name__)
del attach
