"""The samples of PyTorch's own tests, for the operations that both have, by the names of PyTorch.

They hold numbers, empty arrays, operands that broadcast, negative axes and tuples of axes.
"""

import warnings
from functools import cache, partial

import numpy as np
import pytest

import autodiff as ad
from tests.cases import ELEMENTWISE, find

from . import ours
from .peers import pytorch

REDUCTIONS = {"sum": "sum", "mean": "mean", "prod": "prod", "amax": "max", "amin": "min",
              **{n: n for n in ("logsumexp", "softmax", "log_softmax", "cumsum", "cumprod")}}  # fmt: skip
"""Their second argument is the axis; names here."""
ARRAYS = ("matmul", "inner", "outer", "kron", "tril", "triu", "linalg.inv", "linalg.det", "linalg.solve",
          "linalg.slogdet", "linalg.pinv", "swapaxes", "moveaxis", "vstack", "hstack", "fliplr",
          "flipud")  # fmt: skip
OTHERS = {"nn.functional.relu": "relu", "nn.functional.softplus": "softplus", "special.entr": "entr",
          "special.xlog1py": "xlog1py", "remainder": "mod", "pow": "power"}  # fmt: skip
NAMES = {**{case.name: case.name for case in ELEMENTWISE}, **{n: n for n in ARRAYS}, **REDUCTIONS, **OTHERS}
SETTINGS = {"dim": "axis", "keepdim": "keepdims"}
ENOUGH = 12
"""Samples of an operation."""


@cache
def database():
    """PyTorch's table of operations, by name and other names."""
    pytorch()
    pytest.importorskip("expecttest")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.testing._internal.common_methods_invocations import op_db
    named = [(op.name, op) for op in op_db] + [(a.name, op) for op in op_db for a in op.aliases]
    return {name: op for name, op in reversed(named) if not op.variant_test_name}


def plain(x):
    """A tensor as an array, and an array of no axes as a number."""
    if isinstance(x, list | tuple):
        return type(x)(map(plain, x))
    return x.detach().numpy() if hasattr(x, "detach") else x


def samples(op):
    """Those with settings that both have."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn = op.sample_inputs("cpu", torch.float64, requires_grad=True)
        found = [s for s in drawn if set(s.kwargs) <= set(SETTINGS) and isinstance(s.input, torch.Tensor)]
    return found[:: max(1, len(found) // ENOUGH)]


def is_numpys(name, sample):
    """Whether NumPy takes it: it has no axis 0 of a number, and no batch of vectors on the right of solve."""
    if name == "linalg.solve":
        return sample.args[0].ndim in (1, sample.input.ndim)
    return (
        sample.input.ndim > 0
        or name not in (*REDUCTIONS, "swapaxes", "moveaxis")
        or not (sample.args or sample.kwargs)
    )


def split(sample):
    """The tensors, and how a function is called with them."""
    import torch

    args = (sample.input, *sample.args)
    places = [k for k, x in enumerate(args) if isinstance(x, torch.Tensor) and x.dtype == torch.float64]

    def called(f, settings, *xs):
        filled = list(args)
        for k, x in zip(places, xs, strict=True):
            filled[k] = x
        return f(*filled, **settings)

    return [plain(args[k]) for k in places], called


def asked(called, f, settings, *xs):
    """The result: of slogdet's two the logarithm, which has a slope."""
    y = called(f, settings, *xs)
    return y[-1] if isinstance(y, tuple) else y


@pytest.mark.parametrize("name", NAMES)
def test_samples_of_pytorchs_tests_agree(name):
    op, peer = database().get(name), pytorch()
    if op is None or NAMES[name] in peer.absent or not op.supports_autograd:
        pytest.skip(f"PyTorch's table has no derivative of {name}")
    here = find(ad, NAMES[name])
    for sample in filter(partial(is_numpys, name), samples(op)):
        xs, called = split(sample)
        settings = {SETTINGS[key]: value for key, value in sample.kwargs.items()}
        rng = np.random.default_rng(0)
        along = [rng.normal(size=x.shape) for x in xs]
        told = f"{name} of {[x.shape for x in xs]} {sample.args} {sample.kwargs}"
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            theirs = peer.differentiate(partial(asked, called, op.op, sample.kwargs), xs, 1.0, along)
            found = ours.derivatives(partial(asked, called, here, settings), xs, 1.0, along)
        np.testing.assert_allclose(found.value, theirs.value, 1e-9, 1e-9, err_msg=told)
        for x, y in zip(
            [*found.gradient, *found.curvature], [*theirs.gradient, *theirs.curvature], strict=True
        ):
            np.testing.assert_allclose(x, y, 1e-7, 1e-7, err_msg=told)
