"""Minimisation with Values: of functions, of sums of squares, and of the loss of a network.

>>> from optim import minimize
>>> minimize(lambda x: (x - 3.0) ** 2, 0.0).x
3.0
"""

from .conjugate import *
from .fitting import *
from .limited_memory import *
from .minimization import *
from .naive import *
from .newton_raphson import *
from .plot import *
from .quasi_newton import *
from .result import *
from .steepest import *
from .step_rule import *
from .stochastic import *
from .truncated import *
