"""Networks of Values: the lecture's of named scalars, and networks of arrays that train on real data.

>>> import nn
>>> network = nn.lecture.network()
>>> round(network(3.0, -2.0).data, 4)
0.8095
"""

from . import activations, initialize, lecture
from .activations import *
from .checkpoint import *
from .containers import *
from .convolution import *
from .dropout import *
from .embedding import *
from .history import *
from .linear import *
from .losses import *
from .metrics import *
from .module import *
from .network import *
from .neuron import Layer, Neuron
from .normalization import *
from .perceptron import *
from .pooling import *
from .training import *
