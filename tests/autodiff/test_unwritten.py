"""Writing into the array of a leaf after it was used is noticed; writing before, and reading, is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import nn
import optim
from autodiff import Value, detect_anomaly, gradients
from autodiff.differentiation import unwritten
from autodiff.values import value
from tests.cases import SHAPED

NOTICED = r"elements of 'v' of shape \(3,\) were written into after \w+ had used it"


def everywhere(v, kept):
    v.data[:] = 5.0


def by_an_operation(v, kept):
    np.add(v.data, 1.0, out=v.data)


def one_entry(v, kept):
    v.data[1] = 7.0


def under_another_name(v, kept):
    data = v.data
    data += 1.0


def through_what_was_kept(v, kept):
    kept[0] = 9.0


WRITES = [
    (everywhere, None),
    (by_an_operation, None),
    (one_entry, None),
    (under_another_name, None),
    (lambda v, kept: np.copyto(v.data, 5.0), None),
    (lambda v, kept: v.data.fill(5.0), None),
    (lambda v, kept: v.data.sort(), None),
    (through_what_was_kept, lambda v: v.data),
    (through_what_was_kept, lambda v: v.data[::-1]),
    (through_what_was_kept, lambda v: v.data.reshape(3, 1)[0]),
    (through_what_was_kept, lambda v: memoryview(v.data)),
]

FUNCTIONS = {
    "an operation": lambda v: (v**3).sum(),
    "a product with itself": lambda v: v @ v,
    "a view": lambda v: (v.reshape(3, 1).T ** 2).sum(),
    "a view of a view": lambda v: (v.ravel()[1:] * v[:-1]).sum(),
    "the array itself": lambda v: (ad.atleast_1d(v) ** 2).sum(),
    "several results": lambda v: np.split(v, 3)[0].sum() ** 2 + (np.split(v, 3)[1] * v[2]).sum(),
    "entries": lambda v: sum(x * x for x in v),
    "many inputs": lambda v: np.concatenate([v, v]).prod(),
    "a program": lambda v: ad.compile(lambda x: (x * x).sum())(v) * 2.0,
}

functions = pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)


def leaf():
    return Value([3.0, 1.0, 2.0], "v")


@functions
@pytest.mark.parametrize(("write", "keep"), WRITES)
def test_writing_after_use_is_noticed(f, write, keep):
    v = leaf()
    kept = keep(v) if keep else None
    y = f(v)
    write(v, kept)
    for differentiate in (y.backward, lambda: gradients(y, v), lambda: gradients(y, v, create_graph=True)):
        with pytest.raises(ValueError, match=NOTICED):
            differentiate()
    assert v.grad is None
    assert np.isfinite(gradients(f(v), v)).all()


@pytest.mark.parametrize("scale", [*map(np.float64, (1e-200, 1e-10, 1e200)), *map(np.float32, (1e-20, 1e20))])
def test_writing_is_noticed_at_any_scale(scale):
    v = Value(np.array([3.0, 1.0, 2.0], scale.dtype) * scale, "v")
    handed_out = v.data
    y = (v * 2.0).sum()
    handed_out[1] *= 1.01
    with pytest.raises(ValueError, match=NOTICED):
        gradients(y, v)


@functions
@pytest.mark.parametrize(("write", "keep"), WRITES)
def test_writing_before_use_is_not_mistaken_for_it(f, write, keep):
    v = leaf()
    kept = keep(v) if keep else None
    f(v)
    write(v, kept)
    np.testing.assert_array_equal(gradients(f(v), v), ad.grad(f)(v.data.copy()))


@functions
def test_reading_and_holding_change_nothing(f):
    v = leaf()
    expected = gradients(f(v), v)
    kept = v.data
    y = f(v)
    assert v.data.sum() == 6.0
    np.testing.assert_array_equal(gradients(y, v), expected)
    del kept
    np.testing.assert_array_equal(gradients(y, v), expected)


@pytest.mark.parametrize("case", SHAPED, ids=str)
def test_no_operation_gives_the_gradient_at_other_data(case):
    rng = np.random.default_rng(1)
    values = [Value(case.domain.low + 1.0 + rng.random(shape), "x") for shape in case.shapes]
    y = case(*values)
    seed = np.ones(y.shape)
    before = gradients(y, values, seed)
    for x in values:
        if x.shape:
            x.data[...] = case.domain.low + 1.0 + rng.random(x.shape)
    try:
        np.testing.assert_array_equal(gradients(y, values, seed), before)
    except ValueError as error:
        if "were written into" not in str(error):
            raise


@pytest.mark.parametrize(
    "operation", [ad.linalg.eigh, ad.linalg.svd, ad.linalg.slogdet], ids=["eigh", "svd", "slogdet"]
)
def test_reading_is_no_writing_for_what_returns_a_named_tuple(operation):
    v = Value(np.diag([1.0, 2.0]), "v")
    assert v.data[0, 0] == 1.0
    y = operation(v)[1].sum()
    assert np.all(np.isfinite(gradients(y, v)))
    v.data[0, 0] = 3.0
    with pytest.raises(ValueError, match="were written into"):
        gradients(y, v)


def test_it_is_noticed_in_what_another_variable_was_multiplied_with():
    v, w = leaf(), Value(np.ones(3), "w")
    y = (v * w).sum()
    v.data[0] = 5.0
    with pytest.raises(ValueError, match=NOTICED):
        gradients(y, w)


def test_it_is_noticed_between_a_gradient_and_the_next():
    v = leaf()
    slope = gradients((v**3).sum(), v, create_graph=True)
    v.data[:] = 5.0
    with pytest.raises(ValueError, match=NOTICED):
        gradients(slope.sum(), v)


def test_it_is_noticed_in_float32_and_in_matrices_that_become_singular():
    m = Value(np.array([[1.0, 2.0], [3.0, 4.0]], np.float32), "m")
    y = ad.linalg.inv(m).sum()
    m.data[:] = 1.0
    with pytest.raises(ValueError, match=r"elements of 'm' of shape \(2, 2\) were written into after inv"):
        y.backward()


def test_a_write_that_changes_nothing_passes():
    v = leaf()
    y = (v * v).sum()
    v.data[:] = v.data
    assert gradients(y, v).tolist() == [6.0, 2.0, 4.0]


def test_what_is_drawn_at_random_proves_nothing():
    rng = np.random.default_rng(0)

    @ad.elementwise(dx=lambda y, x: 1.0)
    def noisy(x, /):
        return x + rng.normal(size=np.shape(x))

    v = leaf()
    y = noisy(v).sum()
    assert v.data is not None
    assert gradients(y, v).tolist() == [1.0, 1.0, 1.0]


def test_what_is_written_into_a_constant_is_found_by_detect_anomaly_alone():
    v, c = leaf(), Value(np.ones(3), "c", constant=True)
    with detect_anomaly():
        y = (v * c).sum()
        c.data[0] = 5.0
        with pytest.raises(ValueError, match=r"elements of 'c' of shape \(3,\) were written into"):
            y.backward()


@given(st.lists(st.sampled_from(["use", "write", "hold", "let go", "assign", "pass"]), max_size=12))
def test_a_gradient_is_that_of_the_data_at_each_use_or_refused(acts):
    """Against a textbook: uses of v remember the data that they saw."""
    v, held, total, seen = leaf(), [], Value(0.0, constant=True), []
    for n, act in enumerate(acts):
        if act == "use":
            total = total + (v * v).sum()
            seen.append(v._data.copy())
        elif act == "write":
            (held[-1] if held else v.data)[n % 3] += 1.0
        elif act == "hold":
            held.append(v.data)
        elif act == "let go":
            held.clear()
        elif act == "assign":
            v.data = v.data + 1.0
            held.clear()
        elif seen:
            if all(np.array_equal(x, v._data) for x in seen):
                np.testing.assert_array_equal(gradients(total, v), sum(2.0 * x for x in seen))
            else:
                with pytest.raises(ValueError, match="'v'"):
                    gradients(total, v)


def test_a_training_computes_nothing_twice(monkeypatch):
    again, compute = [], unwritten._again
    monkeypatch.setattr(unwritten, "_again", lambda node: again.append(node) or compute(node))
    model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.BatchNorm(4), nn.Linear(4, 2, seed=1))
    optimizer, free = optim.Adam(model), Value(np.ones((2, 2)), "W")
    for _ in range(5):
        optimizer.zero_grad()
        free.zero_grad()
        loss = nn.cross_entropy(model(np.eye(3)) @ free.T[::-1], np.array([0, 1, 1]))
        loss.backward()
        optimizer.step()
        free.data -= 0.1 * free.grad
    assert again == []


def test_an_assignment_that_is_refused_changes_nothing():
    v = leaf()
    y = (v * v).sum()
    with pytest.raises(ValueError, match="must have shape"):
        v.data = [1.0, 2.0]
    assert gradients(y, v).tolist() == [6.0, 2.0, 4.0]


@pytest.mark.parametrize("small", [0, 32_768])
def test_a_large_array_is_computed_with_again(small, monkeypatch):
    monkeypatch.setattr(value, "SMALL", small)
    for write in (everywhere, one_entry):
        v = leaf()
        y = (v**3).sum()
        assert v.data.sum() == 6.0
        np.testing.assert_array_equal(gradients(y, v), [27.0, 3.0, 12.0])
        write(v, None)
        with pytest.raises(ValueError, match=NOTICED):
            gradients(y, v)


def test_a_flipped_sign_is_noticed_where_only_the_square_was_used():
    v = leaf()
    y = v @ v
    np.negative(v.data, out=v.data)
    with pytest.raises(ValueError, match=NOTICED):
        gradients(y, v)


def test_data_that_are_put_back_in_time_are_what_was_used():
    """A trial step by hand, as a line search makes it."""
    v = leaf()
    y, before = (v**3).sum(), v.data.copy()
    v.data[:] = before - 0.1
    trial = (v**3).sum()
    v.data[:] = before
    np.testing.assert_array_equal(gradients(y, v), 3.0 * before**2)
    with pytest.raises(ValueError, match=NOTICED):
        gradients(trial, v)


def test_lazy_results_are_not_looked_at_but_what_a_leaf_was_is():
    da = pytest.importorskip("dask.array")
    v, x = leaf(), da.ones(3, chunks=2)
    y = (v * x).sum()
    assert v.data.sum() == 6.0
    assert np.asarray(gradients(y, v)).tolist() == [1.0, 1.0, 1.0]
    v.data[0] = 5.0
    with pytest.raises(ValueError, match=NOTICED):
        gradients(y, v)
