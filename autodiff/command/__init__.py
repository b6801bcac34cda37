"""The command line."""

from .line import main as main
