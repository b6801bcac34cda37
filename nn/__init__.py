"""Networks of Values: the lecture's of named scalars, and networks of arrays that train on real data.

>>> import nn
>>> network = nn.lecture.network()
>>> round(network(3.0, -2.0).data, 4)
0.8095
"""

from typing import TYPE_CHECKING

from autodiff.aliases import attach

from . import activations as activations
from . import initialize as initialize
from . import lecture as lecture
from .activations import *
from .layers import *
from .live import *
from .losses import *
from .module import *
from .network import *
from .training import *

if not TYPE_CHECKING:  # which would take every name for one of `nn`

    def __getattr__(name):
        from .elsewhere import refusal

        raise AttributeError(refusal(name))


attach(__name__)
del TYPE_CHECKING, attach
