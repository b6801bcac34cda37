"""What operations declare of structural zeros holds: dead entries reach nothing, live ones are never lost."""

import numpy as np
import pytest

from autodiff import Value, gradients
from tests.autodiff.test_operations import example, quiet
from tests.cases import CASES

UNKNOWN = {
    "cross", "cumprod", "gradient", "linalg.cholesky", "linalg.det", "linalg.inv", "linalg.norm",
    "linalg.pinv", "linalg.solve", "log_softmax", "logsumexp", "mod", "norm", "prod", "softmax", "std", "var",
}  # fmt: skip
"""Operations without such a trait, where a gradient that is dead in part may come out as nan."""

ARRAYS = [case for case in CASES if np.shape(case(*example(case))) and "slogdet" not in case.name]


def influences(values, y):
    """Whether entries of the output depend on an entry of an argument: one array for each argument."""
    seeds = np.eye(y.size).reshape(y.size, *y.shape)
    rows = [quiet(gradients, y, values, seed) for seed in seeds]
    return [np.array([np.not_equal(row[i], 0.0) for row in rows]) for i in range(len(values))]


@pytest.mark.parametrize("case", ARRAYS, ids=str)
def test_dead_entries_reach_nothing_and_live_ones_are_not_lost(case):
    values = [Value(x) for x in example(case)]
    y = case(*values)
    rng = np.random.default_rng(1)
    live = rng.random(y.size) < 0.5
    seed = np.where(live, np.inf, 0.0).reshape(y.shape)
    found = quiet(gradients, y, values, seed)
    for g, depends in zip(found, influences(values, y), strict=True):
        reached = depends[live].any(axis=0)
        assert not np.isfinite(g)[reached].any()
        if case.name not in UNKNOWN:
            np.testing.assert_array_equal(np.asarray(g)[~reached], 0.0)
