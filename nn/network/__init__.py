"""The lecture's network: in numbers with names, and in arrays."""

from .diagram import draw_network
from .feedforward import Network
from .neuron import Layer, Neuron
from .perceptron import MLP

__all__ = ["MLP", "Layer", "Network", "Neuron", "draw_network"]
