"""Networks of Values: the lecture's of named scalars, and networks of arrays that train on real data.

>>> import nn
>>> network = nn.lecture.network()
>>> round(network(3.0, -2.0).data, 4)
0.8095
"""

from typing import TYPE_CHECKING

from autodiff.aliases import attach

from . import activations, initialize, layers, lecture, live, losses, module, network
from .activations import *
from .layers import *
from .live import *
from .losses import *
from .module import *
from .neighbour import check_neighbour
from .network import *

try:
    from . import training
    from .training import *
except ImportError:
    check_neighbour("optim", __file__)
    raise

if TYPE_CHECKING:
    from .estimators import *
else:  # type checkers read literal lists alone, and take everything public without one
    __all__ = ["activations", "initialize", "lecture"]
    for room in (activations, layers, live, losses, module, network, training):
        __all__ += room.__all__
    del room

    ESTIMATORS = ("Classifier", "Regressor")  # not in __all__: *, too, shall not import scikit-learn

    def __getattr__(name):
        if name in ESTIMATORS:
            from importlib import import_module

            return getattr(import_module("nn.estimators"), name)
        from autodiff.elsewhere import refusal

        from .elsewhere import HERE

        raise AttributeError(refusal("module 'nn'", name, HERE))

    def __dir__() -> list[str]:
        return sorted([*__all__, *ESTIMATORS])


attach(__name__)
del TYPE_CHECKING, attach, check_neighbour
