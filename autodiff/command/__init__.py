"""The command line, and the reader of expressions as they are written at school."""

from .line import main as main
