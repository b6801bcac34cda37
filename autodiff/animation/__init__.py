"""Back propagation, and whatever else goes step by step, as pages and moving pictures."""

from .backpropagation import animate
from .storyboard import Detail, Frame, Row, Sign, Step, Storyboard

__all__ = ["Detail", "Frame", "Row", "Sign", "Step", "Storyboard", "animate"]
