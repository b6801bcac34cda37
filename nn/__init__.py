"""Networks of Values: the lecture's of named scalars, and networks of arrays that train on real data.

>>> import nn
>>> network = nn.lecture.network()
>>> round(network(3.0, -2.0).data, 4)
0.8095
"""

from typing import TYPE_CHECKING

from autodiff.aliases import attach

from . import activations, initialize, layers, lecture, live, losses, module, network, training
from .activations import *
from .layers import *
from .live import *
from .losses import *
from .module import *
from .network import *
from .training import *

if not TYPE_CHECKING:  # type checkers read literal lists alone, and take everything public without one
    __all__ = ["activations", "initialize", "lecture"]
    for room in (activations, layers, live, losses, module, network, training):
        __all__ += room.__all__
    del room

    def __getattr__(name):
        from autodiff.elsewhere import refusal

        from .elsewhere import HERE

        raise AttributeError(refusal("module 'nn'", name, HERE))

    def __dir__() -> list[str]:
        return sorted(__all__)


attach(__name__)
del TYPE_CHECKING, attach
