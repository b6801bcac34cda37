"""What a Value holds, and how it converts, copies and prints."""

import copy
import fractions
import operator
import pickle

import dask.array as da
import numpy as np
import pytest
from hypothesis import given

import autodiff as ad
from autodiff import Value, gradients, no_grad
from autodiff.differentiation.operators import METHODS
from autodiff.testing import arrays, numbers, values


@pytest.mark.parametrize(
    "data", [3, True, 3.0, np.float64(3), np.int8(3), np.array(3.0), fractions.Fraction(3)]
)
def test_numbers_become_python_floats(data):
    assert type(Value(data).data) is float
    assert Value(data).dtype == np.float64


def test_float32_stays():
    assert Value(np.ones(2, np.float32)).dtype == np.float32
    assert type(Value(np.float32(2)).data) is np.float32
    assert (Value(np.ones(2, np.float32)) * 2.0 + 1).dtype == np.float32


@given(arrays())
def test_data_is_copied_in(x):
    v = Value(x)
    before = np.copy(x)
    if isinstance(x, np.ndarray) and x.size:
        x[...] = 99.0
        np.testing.assert_array_equal(v.data, before)


def test_a_raw_operand_changed_later_changes_nothing():
    x, factor = Value([1.0, 2.0]), np.array([3.0, 4.0])
    y = (x * factor).sum()
    factor[:] = 0.0
    assert gradients(y, x).tolist() == [3.0, 4.0]


def test_metadata_changed_later_changes_nothing():
    x, rows = Value([1.0, 2.0, 3.0]), np.array([0, 0])
    y = x[rows].sum()
    rows[:] = 2
    assert gradients(y, x).tolist() == [2.0, 0.0, 0.0]


def test_optimiser_step_on_numbers_and_arrays():
    for start in (2.0, np.array([2.0, 4.0])):
        p = Value(start)
        (p * p).sum().backward()
        p.data -= 0.1 * p.grad
        np.testing.assert_allclose(p.data, 0.8 * start)


def test_assigned_data_are_copied_and_cast():
    p = Value(np.ones(2, np.float32))
    new = np.array([1, 2])
    p.data = new
    new[:] = 0
    assert p.data.tolist() == [1.0, 2.0]
    assert p.data.dtype == np.float32


def test_attributes():
    v = Value([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "v")
    assert (v.shape, v.ndim, v.size, v.dtype, len(v), v.name) == ((2, 3), 2, 6, np.float64, 2, "v")
    assert v.T.shape == (3, 2)
    assert [row.tolist() for row in v] == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    v.name = "w"
    assert v.name == "w"


def test_leaving_the_graph():
    v = Value(2.5)
    assert (v.item(), v.tolist(), int(v), round(v, 0), f"{v:.4f}", bool(v)) == (
        2.5,
        2.5,
        2,
        2.0,
        "2.5000",
        True,
    )
    assert Value([[7.0]]).item() == 7.0
    assert np.array_equal(round(Value([1.234, 5.678]), 1), [1.2, 5.7])
    detached = (v * 2).detach()
    assert detached.constant
    assert detached.data == 5.0


def test_repr_shows_data_name_and_operation():
    x = Value(3.0, "x")
    assert repr(x) == "Value(3.0, name='x')"
    assert repr(x * x) == "Value(9.0, operation='·')"
    assert repr(Value([1.0], constant=True)) == "Value([1.], constant=True)"
    assert repr(Value(np.float32(0.5))) == "Value(0.5, dtype=float32)"
    assert len(repr(Value(np.zeros((500, 500))))) < 500


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_copies_are_leaves_of_their_own(duplicate):
    v = Value([1.0, 2.0], "v")
    twin = duplicate(v)
    assert (twin.name, twin.constant) == ("v", False)
    twin.data -= 1.0
    assert v.data.tolist() == [1.0, 2.0]
    (twin * 2).sum().backward()
    assert v.grad is None
    with pytest.raises(TypeError, match=r"detach\(\)"):
        duplicate(v * 2)


def test_a_copy_is_younger_than_what_its_original_was_used_in():
    v = Value(2.0)
    y = v * v
    twin = copy.copy(v)
    assert gradients(y * twin, [v, twin]) == [8.0, 4.0]


def test_grad_is_assignable_and_checked():
    v = Value([1.0, 2.0], "v")
    v.grad = [3, 4]
    assert v.grad.tolist() == [3.0, 4.0]
    v.grad = None
    assert v.grad is None
    with pytest.raises(ValueError, match=r"grad of 'v' of shape \(2,\) must have shape \(2,\), got \(3,\)"):
        v.grad = [1.0, 2.0, 3.0]


def test_identity_hash_and_comparisons():
    a, b = Value(1.0), Value(1.0)
    assert len({a, b}) == 2
    assert a == b
    assert a == 1.0
    assert (a < 2.0, a >= 2.0, a != b) == (True, False, False)
    assert (Value([1.0, 3.0]) > [2.0, 2.0]).tolist() == [False, True]
    assert (a == None) is False  # noqa: E711 (what a person may write)
    assert type(a < b) is bool


@given(numbers(), numbers())
def test_operators_are_pythons(x, y):
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod"):
        if y == 0.0 and name in ("truediv", "floordiv", "mod"):
            continue
        operation = getattr(operator, name)
        for pair in ((Value(x), Value(y)), (Value(x), y), (x, Value(y))):
            assert operation(*pair).data == operation(x, y)
    assert (-Value(x)).data == -x
    assert abs(Value(x)).data == abs(x)
    assert (+Value(x)).data == x


@given(values(arrays((2, 3))))
def test_methods_are_numpys(v):
    x = v.data
    for name in (
        "sum",
        "mean",
        "prod",
        "max",
        "min",
        "var",
        "std",
        "cumsum",
        "ravel",
        "flatten",
        "squeeze",
        "trace",
        "diagonal",
    ):
        np.testing.assert_allclose(getattr(v, name)().data, getattr(x, name)(), rtol=1e-14, atol=1e-14)
    np.testing.assert_array_equal(v.reshape(3, 2).data, x.reshape(3, 2))
    np.testing.assert_array_equal(v.reshape((3, -1)).data, x.reshape(3, -1))
    np.testing.assert_array_equal(v.transpose(1, 0).data, x.T)
    np.testing.assert_array_equal(v.transpose((1, 0)).data, x.T)
    np.testing.assert_array_equal(v.transpose().data, x.T)
    np.testing.assert_array_equal(v.swapaxes(0, 1).data, x.T)
    np.testing.assert_array_equal(v.clip(-1, 1).data, x.clip(-1, 1))
    np.testing.assert_array_equal(v.repeat(2, axis=1).data, x.repeat(2, axis=1))
    np.testing.assert_array_equal(v.take([0, 0], axis=1).data, x.take([0, 0], axis=1))
    np.testing.assert_array_equal(v.dot(np.ones(3)).data, x.dot(np.ones(3)))
    assert v.astype(np.float32).dtype == np.float32
    assert v.argmax() == x.argmax()
    assert v.argmin(axis=1).tolist() == x.argmin(axis=1).tolist()
    assert (v.any(), v.all()) == (x.any(), x.all())


def test_a_pickle_of_a_leaf_names_the_package_alone():
    """So that modules of the package may move."""
    import pickletools

    text = pickle.dumps(Value([1.0, 2.0], "w", constant=True))
    named = [word for _, word, _ in pickletools.genops(text) if isinstance(word, str)]
    assert [word for word in named if "autodiff" in word] == ["autodiff"]
    again = pickle.loads(text)
    assert (again.tolist(), again.name, again.constant) == ([1.0, 2.0], "w", True)


def test_declared_methods_are_those_attached():
    import ast
    import inspect

    from autodiff.values import methods

    (kind,) = ast.parse(inspect.getsource(methods.Methods)).body
    (block,) = (node for node in kind.body if isinstance(node, ast.If))
    declared = {node.name for node in block.body if isinstance(node, ast.FunctionDef)}
    assert declared == set(METHODS)
    assert all(getattr(Value, name, None) is not None for name in declared)


def test_sum_of_a_list_records():
    a, b = Value(1.0), Value(2.0)
    assert gradients(sum([a, b, a]), [a, b]) == [2.0, 1.0]


def test_dask_arrays_stay_lazy():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(6, 3)), rng.normal(size=(3, 2))
    lazy, weights = Value(da.from_array(x, chunks=(2, 3)), constant=True), Value(w)
    loss = (ad.tanh(lazy @ weights) ** 2).sum()
    slope = gradients(loss, weights)
    assert isinstance(loss.data, da.Array)
    assert isinstance(slope, da.Array)
    weights_again = Value(w)
    plain = (ad.tanh(x @ weights_again) ** 2).sum()
    np.testing.assert_allclose(loss.data.compute(), plain.data, rtol=1e-14)
    np.testing.assert_allclose(slope.compute(), gradients(plain, weights_again), rtol=1e-13)


def test_results_under_no_grad_share_no_memory_with_a_leaf():
    x = Value([1.0, 2.0, 3.0])
    y = (x * x).sum()
    with no_grad():
        results = [x[:2], x.reshape(3, 1), x.ravel(), x.T, ad.sum_to(x, (3,)), +x]
    for result in results:
        result.data -= 10.0
    assert gradients(y, x).tolist() == [2.0, 4.0, 6.0]


def test_data_of_a_recorded_node_are_read_only():
    x = Value([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="read-only"):
        x[:2].data[0] = 9.0
    assert x.data.tolist() == [1.0, 2.0, 3.0]


def test_an_assigned_gradient_is_a_copy():
    x = Value([1.0, 2.0])
    x.grad = x.data
    x.grad[0] = 9.0
    assert x.data.tolist() == [1.0, 2.0]


def test_micrograds_private_arguments_are_refused():
    with pytest.raises(TypeError, match=r"name of a Value must be a string, got \(\)"):
        Value(2.0, (), "+")
    with pytest.raises(TypeError, match="constant must be True or False, got 'yes'"):
        Value(2.0, "x", "yes")


def test_a_number_reduced_over_an_axis_has_a_gradient():
    x = Value(3.0)
    assert gradients(x.sum(axis=0), x) == 1.0
    assert gradients(x.max(axis=-1), x) == 1.0


def test_reshape_and_flatten_take_numpys_order():
    x = Value(np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(x.reshape(3, 2, order="F").data, x.data.reshape(3, 2, order="F"))
    np.testing.assert_array_equal(x.flatten("F").data, x.data.flatten("F"))


def test_a_leaf_is_frozen_and_freed():
    w, x = Value(3.0, "w"), Value(2.0, "x")
    (w * x).backward()
    w.constant = True
    assert w.grad is None
    y = w * x
    y.backward()
    assert w.constant
    assert w.grad is None
    w.constant = False
    assert gradients(w * x, w) == 2.0


def test_freezing_a_leaf_after_it_was_used_is_noticed():
    w = Value(3.0, "w")
    y = w * w
    w.constant = True
    with pytest.raises(ValueError, match="'w'"):
        y.backward()


def test_only_a_leaf_is_frozen():
    y = Value(3.0) * 2.0
    with pytest.raises(AttributeError, match="freeze a leaf, or detach"):
        y.constant = True
    with pytest.raises(TypeError, match="must be True or False, got 1"):
        Value(1.0).constant = 1


@pytest.mark.parametrize("data", [True, [True, False], np.array([True, False]), np.True_, np.array([2, 3])])
def test_truth_values_and_integers_become_floats(data):
    value = Value(data)
    assert value.dtype == np.float64
    np.testing.assert_array_equal(value.data, np.asarray(data, float))
    other = Value(np.zeros(np.shape(data)))
    other.data = data
    assert other.dtype == np.float64
