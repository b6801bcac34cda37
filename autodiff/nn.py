"""The package `nn`, by a name that no file of a user's hides: `import autodiff.nn as nn`.

`beside` finds the package when this name is imported. These lines are what editors and type checkers read.
"""

from nn import *
from nn import activations as activations
from nn import initialize as initialize
from nn import lecture as lecture
from nn import lecture_claims as lecture_claims
