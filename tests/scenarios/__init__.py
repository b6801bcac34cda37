"""Every mode of the engine agrees with eager code, on random expressions and networks.

    python -m tests.scenarios --expressions 100000 --seed 1        resumes where it was stopped
    python -m tests.scenarios --seed 1 --block 17                  one block again, with the code of failures

The modes are functions in the modules imported below. Cases come from hypothesis in blocks, each from its own
seed. A mode leaves out what is ill-conditioned: where rounding errors of one unit in the last place, in each
intermediate result, may change what it compares by more than 1e−7 of its largest entry, or of 1; how
`conditioning` finds that out. What is left out is counted, with the reason.
"""

from . import derivatives, elsewhere, peers, programs, readings
