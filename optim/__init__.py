"""Minimisation with Values: of functions, of sums of squares, and of networks.

>>> from optim import minimize
>>> minimize(lambda x: (x - 3.0) ** 2, 0.0).x
3.0
"""

from .conjugate import conjugate_gradient
from .limited_memory import l_bfgs
from .minimization import minimize
from .naive import random_search
from .newton_raphson import newton
from .quasi_newton import bfgs
from .result import Iterate, Path, Result
from .steepest import steepest_descent
from .step_rule import Adaptive, Backtracking, BarzilaiBorwein, Constant, Decaying, Wolfe
from .truncated import newton_cg
