"""Networks of Values: the lecture's of named scalars, and networks of arrays that train on real data.

>>> import nn
>>> network = nn.lecture.network()
>>> round(network(3.0, -2.0).data, 4)
0.8095
"""

from . import activations as activations
from . import initialize as initialize
from . import lecture as lecture
from .activations import *
from .checkpoint import load as load
from .checkpoint import save as save
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
from .neuron import Layer as Layer
from .neuron import Neuron as Neuron
from .normalization import *
from .perceptron import *
from .pooling import *
from .training import *
