"""Value, gradient and second order of every shared operation are those of PyTorch and JAX."""

import numpy as np
import pytest

from tests.autodiff.test_operations import example
from tests.cases import CASES, ELEMENTWISE, OF_SCIPY, Elementwise

from .comparison import both, through
from .peers import peers, pytorch

SHAPES = [(2, 3), (3,), (2, 1)]
"""Of the arguments of an elementwise operation: they broadcast."""
LAYOUTS = {"numbers": (), "nothing": (0, 3), "one": (1, 1)}


def points(case, dtype=np.float64):
    xs = example(case, dtype)
    if isinstance(case, Elementwise):
        xs = [np.resize(x, shape) for x, shape in zip(xs, SHAPES, strict=False)]
    return xs


def assert_alike(case, ours, theirs, rtol=1e-9, atol=1e-10):
    for what in ("gradient", "curvature"):
        for k, (x, y) in enumerate(zip(getattr(ours, what), getattr(theirs, what), strict=True)):
            np.testing.assert_allclose(x, y, rtol=rtol, atol=atol, err_msg=f"{what} {k} of {case}")
    np.testing.assert_allclose(ours.value, theirs.value, rtol=rtol, atol=atol, err_msg=f"value of {case}")


def shared(peer, case):
    if case.name in peer.absent:
        pytest.skip(f"{peer.name} has no {case.name}")
    return peer


@peers
@pytest.mark.parametrize("case", [case for case in CASES if case not in OF_SCIPY], ids=str)
def test_an_operation_is_that_of_the_peer(peer, case):
    peer = shared(peer(), case)
    assert_alike(case, *both(peer, case.name, through(case), points(case)))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("case", [case for case in ELEMENTWISE if case not in OF_SCIPY], ids=str)
def test_numbers_and_empty_arrays_are_those_of_pytorch(case, layout):
    peer = shared(pytorch(), case)
    xs = [np.resize(x, LAYOUTS[layout]) for x in example(case)]
    assert_alike(case, *both(peer, case.name, through(case), xs))


@pytest.mark.parametrize("case", [case for case in ELEMENTWISE if case not in OF_SCIPY], ids=str)
def test_single_precision_is_that_of_pytorch(case):
    peer = shared(pytorch(), case)
    ours, theirs = both(peer, case.name, through(case), points(case, np.float32))
    assert ours.value.dtype == theirs.value.dtype == np.float32
    assert_alike(case, ours, theirs, rtol=2e-4, atol=2e-4)


@peers
def test_what_a_peer_lacks_is_in_the_table(peer):
    assert peer().absent <= {case.name for case in CASES}
