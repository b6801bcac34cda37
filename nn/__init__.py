"""Networks of Values: the lecture's of named scalars, and networks of arrays that train on real data.

>>> import nn
>>> network = nn.lecture.network()
>>> round(network(3.0, -2.0).data, 4)
0.8095
"""

from typing import TYPE_CHECKING

from autodiff.aliases import attach
from autodiff.elsewhere import answering

from . import activations, initialize, layers, lecture, live, losses, module, network, training
from .activations import *
from .layers import *
from .live import *
from .losses import *
from .module import *
from .network import *
from .training import *

if TYPE_CHECKING:
    from .estimators import Classifier as Classifier
    from .estimators import Regressor as Regressor
else:  # type checkers read literal lists alone, and take everything public without one
    rooms = (activations, layers, live, losses, module, network, training)
    __all__ = ["activations", "initialize", "lecture", *(name for room in rooms for name in room.__all__)]
    __getattr__, __dir__ = answering(
        __name__, __all__, later=dict.fromkeys(("Classifier", "Regressor"), "estimators")
    )
    del rooms


attach(__name__)
del TYPE_CHECKING, answering, attach
