"""Layers: what a network of arrays is made of, each a module that can be called."""

from .attention import MultiheadAttention
from .containers import Sequential
from .convolution import Conv2d, overlap_add, windows
from .dropout import Dropout
from .embedding import Embedding
from .linear import Linear
from .normalization import BatchNorm, LayerNorm
from .pooling import AvgPool2d, Flatten, MaxPool2d
from .recurrent import GRU, LSTM, RNN
from .transformer import TransformerEncoderLayer

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "AvgPool2d",
    "BatchNorm",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "LayerNorm",
    "Linear",
    "MaxPool2d",
    "MultiheadAttention",
    "Sequential",
    "TransformerEncoderLayer",
    "overlap_add",
    "windows",
]
