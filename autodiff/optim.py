"""The package `optim`, by a name that no file of a user's hides: `import autodiff.optim as optim`.

`beside` finds the package when this name is imported. These lines are what editors and type checkers read.
"""

from optim import *
from optim import minimization as minimization
from optim import options as options
from optim import plot as plot
from optim import stochastic as stochastic
from optim import stopping as stopping
