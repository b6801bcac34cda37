"""The lecture's network: in numbers with names, and in arrays."""

from .diagram import draw_network
from .feedforward import MLP, Network
from .neuron import Layer, Neuron

__all__ = ["MLP", "Layer", "Network", "Neuron", "draw_network"]
