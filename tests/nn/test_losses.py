"""Losses: their formulas, PyTorch's numbers, far logits, and the errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, check_gradients, gradients, log_softmax, sigmoid, softmax
from autodiff.testing import arrays
from nn import losses
from nn.losses import (
    _surprise,
    absolute_error,
    binary_cross_entropy,
    cross_entropy,
    hinge,
    huber,
    mean_squared_error,
    negative_log_likelihood,
    squared_error,
)

REGRESSION = [squared_error, mean_squared_error, absolute_error, huber]
CLASSES = [cross_entropy, negative_log_likelihood, hinge]
ALL = [getattr(losses, name) for name in losses.__all__]
REDUCTIONS = ["mean", "sum", "none"]
LABELS = np.array([0, 2, 1, 2])

reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def name(loss):
    return loss.__name__


def fitting_target(loss):
    """A target for an output of shape (4, 3)."""
    rng = np.random.default_rng(1)
    return LABELS if loss in CLASSES else rng.random((4, 3))


def output():
    return Value(np.random.default_rng(0).normal(size=(4, 3)), "output")


# -- values ------------------------------------------------------------------------------------


def test_squared_error_is_the_residual_sum_of_squares_of_the_lecture():
    a, y = [Value(0.8095), Value(0.88266)], [1.2, 0.7]
    assert squared_error(a, y).item() == (1.2 - 0.8095) ** 2 + (0.7 - 0.88266) ** 2


def test_a_number_needs_no_reduction():
    loss = squared_error(Value(2.0, "a"), Value(5.0, "y", constant=True))
    assert loss.data == 9.0
    assert repr(loss) == "Value(9.0, operation='**')"
    assert mean_squared_error(2.0, 5.0) == 9.0


@pytest.mark.parametrize("loss", REGRESSION, ids=name)
@given(data=st.data())
@settings(max_examples=15)
def test_mean_and_sum_are_those_of_the_entries(loss, data):
    a, y = data.draw(arrays((3, 2))), data.draw(arrays((3, 2)))
    entries = loss(a, y, reduction="none")
    np.testing.assert_allclose(loss(a, y, reduction="mean"), entries.mean(), rtol=1e-14)
    np.testing.assert_allclose(loss(a, y, reduction="sum"), entries.sum(), rtol=1e-14)


@given(arrays((4, 3)), st.floats(0.1, 5.0))
def test_huber_is_square_inside_and_straight_outside(a, delta):
    r = np.abs(a)
    expected = np.where(r <= delta, 0.5 * r * r, delta * (r - 0.5 * delta))
    found = huber(a, np.zeros((4, 3)), "none", delta)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@given(arrays((4, 3)), st.permutations([0, 1, 2]))
def test_cross_entropy_of_labels_is_that_of_certain_rows(z, order):
    labels = np.array([*order, 0])
    rows = np.eye(3)[labels]
    for smoothing in (0.0, 0.3):
        np.testing.assert_allclose(
            cross_entropy(z, labels, "none", smoothing), cross_entropy(z, rows, "none", smoothing)
        )


@pytest.mark.parametrize("loss", ALL, ids=name)
@reduction
def test_derivatives_are_the_finite_differences(loss, reduction):
    target = fitting_target(loss)
    check_gradients(lambda a: loss(a, target, reduction=reduction), output().data, order=2)


def test_derivatives_hold_for_variable_targets_too():
    rng = np.random.default_rng(0)
    z, p = rng.normal(size=(4, 3)), rng.random((4, 3))
    for loss in (binary_cross_entropy, squared_error, lambda log_q, p: _surprise(p, log_q)):
        check_gradients(loss, z, p, order=2)
    check_gradients(lambda z, p: cross_entropy(z, softmax(p)), z, p, order=2)


def test_derivatives_of_the_hinge_of_signs_are_the_finite_differences():
    z = np.random.default_rng(0).normal(size=(4, 3))
    check_gradients(lambda a: hinge(a, np.sign(z[::-1])), z, order=2)


@pytest.mark.parametrize("loss", ALL, ids=name)
def test_float32_stays_float32_whatever_the_target(loss):
    a = Value(output().data.astype(np.float32))
    y = loss(a, fitting_target(loss))
    assert y.dtype == np.float32
    assert gradients(y, a, create_graph=True).dtype == np.float32


@pytest.mark.parametrize("loss", ALL, ids=name)
def test_raw_in_raw_out(loss):
    a = output()
    plain = loss(a.data, fitting_target(loss))
    assert type(plain) is float
    assert plain == loss(a, fitting_target(loss)).data


# -- PyTorch -----------------------------------------------------------------------------------


@reduction
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (squared_error, "mse_loss"),
        (mean_squared_error, "mse_loss"),
        (absolute_error, "l1_loss"),
        (huber, "huber_loss"),
        (binary_cross_entropy, "binary_cross_entropy_with_logits"),
        (cross_entropy, "cross_entropy"),
        (negative_log_likelihood, "nll_loss"),
        (hinge, "multi_margin_loss"),
    ],
    ids=lambda x: x if isinstance(x, str) else name(x),
)
def test_value_and_gradient_are_those_of_pytorch(ours, theirs, reduction):
    torch = pytest.importorskip("torch")
    a, y = output(), fitting_target(ours)
    tensor = torch.tensor(a.data, requires_grad=True)
    expected = getattr(torch.nn.functional, theirs)(tensor, torch.tensor(y), reduction=reduction)
    found = ours(a, y, reduction=reduction)
    np.testing.assert_allclose(found.data, expected.detach().numpy(), rtol=1e-13)
    seed = np.random.default_rng(2).normal(size=found.shape)
    expected.backward(torch.tensor(seed))
    np.testing.assert_allclose(gradients(found, a, seed), tensor.grad.numpy(), rtol=1e-12, atol=1e-15)


@reduction
def test_probabilities_and_label_smoothing_are_those_of_pytorch(reduction):
    torch = pytest.importorskip("torch")
    a, p = output().data, np.random.default_rng(3).dirichlet(np.ones(3), 4)
    for target in (LABELS, p):
        expected = torch.nn.functional.cross_entropy(
            torch.tensor(a), torch.tensor(target), reduction=reduction, label_smoothing=0.1
        )
        np.testing.assert_allclose(cross_entropy(a, target, reduction, 0.1), expected.numpy(), rtol=1e-13)


def test_huber_takes_pytorchs_delta():
    torch = pytest.importorskip("torch")
    a, y = output().data, fitting_target(huber)
    expected = torch.nn.functional.huber_loss(torch.tensor(a), torch.tensor(y), delta=0.3)
    np.testing.assert_allclose(huber(a, y, delta=0.3), expected.item(), rtol=1e-13)


# -- far logits --------------------------------------------------------------------------------


@pytest.mark.parametrize("z", [1000.0, -1000.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_binary_cross_entropy_is_right_at_logits_of_a_thousand(z, y):
    logit = Value(z)
    loss = binary_cross_entropy(logit, y)
    slope = gradients(loss, logit, create_graph=True)
    assert loss.data == (0.0 if (z > 0.0) == (y == 1.0) else 1000.0)
    assert slope.data == float(z > 0.0) - y
    assert gradients(slope, logit) == 0.0


def test_binary_cross_entropy_keeps_its_digits_where_it_is_nearly_right():
    np.testing.assert_allclose(binary_cross_entropy([40.0, -40.0], [1, 0], "none"), np.exp(-40.0), rtol=1e-14)


def test_cross_entropy_is_right_at_logits_of_a_thousand():
    z = Value([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 1000.0]])
    loss = cross_entropy(z, [0, 0], "none")
    np.testing.assert_allclose(loss.data, [0.0, 2000.0 + np.log(2.0)])
    slope = gradients(loss, z, np.ones(2), create_graph=True)
    np.testing.assert_allclose(slope.data, [[0.0, 0.0, 0.0], [-1.0, 0.5, 0.5]])
    assert np.isfinite(gradients(slope, z, np.ones((2, 3)))).all()


@pytest.mark.parametrize("loss", [cross_entropy, negative_log_likelihood], ids=name)
def test_a_class_that_is_ruled_out_adds_nothing(loss):
    a = Value([[0.0, -np.inf]])
    y = loss(a, [0])
    assert y.data == 0.0
    np.testing.assert_array_equal(gradients(y, a)[0, 1], 0.0)


def test_cross_entropy_is_the_negative_log_likelihood_of_log_softmax():
    z = output()
    assert cross_entropy(z, LABELS).data == negative_log_likelihood(log_softmax(z), LABELS).data


# -- shapes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [*REGRESSION, binary_cross_entropy], ids=name)
def test_a_vector_is_one_column_and_never_broadcast(loss):
    a, y = np.array([[0.5], [2.0], [1.0]]), np.array([1.0, 0.0, 1.0])
    assert loss(a, y) == loss(a, y[:, None]) == loss(a[:, 0], y)
    assert loss(a, y, reduction="none").shape == (3, 1)
    for wrong in (y[:2], y[None, :], 1.0):
        with pytest.raises(ValueError, match=rf"{name(loss)}: the output has shape \(3, 1\), the target \("):
            loss(a, wrong)


def test_hinge_takes_a_vector_of_signs_for_one_column():
    a = np.array([[0.5], [2.0], [-1.0]])
    np.testing.assert_allclose(hinge(a, [1, -1, -1], "none"), [[0.5], [3.0], [0.0]])
    assert hinge(0.25, 1) == 0.75


def test_outputs_of_several_nodes_are_put_side_by_side():
    rng = np.random.default_rng(4)
    table = rng.normal(size=(5, 3))
    columns = [Value(column) for column in table.T]
    labels = [0, 1, 2, 1, 0]
    assert cross_entropy(columns, labels).data == cross_entropy(table, labels)
    assert cross_entropy([Value(x) for x in table[0]], 2).data == cross_entropy(table[0], 2)
    rows = [[Value(x) for x in row] for row in table]
    assert cross_entropy(rows, labels).data == cross_entropy(table, labels)
    assert hinge([Value(x) for x in table[0]], 2).data == hinge(table[0], 2)
    assert squared_error([Value(1.0), Value(2.0)], [3.0, 4.0]).data == 8.0


# -- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ALL, ids=name)
def test_an_unknown_reduction_is_refused_with_the_nearest(loss):
    with pytest.raises(ValueError, match="unknown reduction 'maen'; did you mean 'mean'"):
        loss(output(), fitting_target(loss), reduction="maen")


@pytest.mark.parametrize("loss", CLASSES, ids=name)
@pytest.mark.parametrize("label", [3, -1])
def test_a_label_out_of_range_is_named_with_its_place(loss, label):
    labels = [0, label, 2, 3]
    with pytest.raises(
        ValueError, match=f"among the 3 classes of the output, 0 to 2; got {label} at index 1"
    ):
        loss(output(), labels)


@pytest.mark.parametrize("loss", CLASSES, ids=name)
def test_labels_must_be_whole_numbers(loss):
    with pytest.raises(ValueError, match=r"labels must be whole numbers; got 1\.5 at index 2"):
        loss(output(), [0.0, 1.0, 1.5, 2.0])
    with pytest.raises(ValueError, match="labels must be whole numbers; got nan at index 0"):
        loss(output(), [np.nan, 1.0, 1.0, 2.0])
    assert loss(output(), LABELS.astype(float)).data == loss(output(), LABELS).data


@pytest.mark.parametrize("loss", [cross_entropy, negative_log_likelihood], ids=name)
def test_labels_of_another_number_are_refused(loss):
    with pytest.raises(ValueError, match=r"an output of shape \(4, 3\) needs labels of shape \(4,\)"):
        loss(output(), [0, 1])
    with pytest.raises(ValueError, match=r"got a target of shape \(4, 1\)"):
        loss(output(), LABELS[:, None])
    with pytest.raises(ValueError, match=r"an output of shape \(\)"):
        loss(1.0, [1])


def test_targets_of_binary_losses_are_checked():
    with pytest.raises(ValueError, match=r"between 0 and 1, as labels 0 or 1; got -1 at index 1"):
        binary_cross_entropy([0.5, 1.0], [1, -1])
    with pytest.raises(ValueError, match=r"labels must be −1 or 1, .*; got 0 at index 0"):
        hinge([0.5, 1.0], [0, 1])


@pytest.mark.parametrize("loss", ALL, ids=name)
def test_the_third_argument_of_every_loss_is_its_reduction(loss):
    a, target = output().data, fitting_target(loss)
    np.testing.assert_allclose(loss(a, target, "none").sum(), loss(a, target, "sum"), rtol=1e-14)


def test_nan_is_no_probability():
    with pytest.raises(ValueError, match="between 0 and 1, as labels 0 or 1; got nan at index 1"):
        binary_cross_entropy([0.5, 1.0], [1.0, np.nan])
    with pytest.raises(ValueError, match="classes must be 0 or above; got nan at index 0, 1"):
        cross_entropy([[0.5, 1.0]], [[1.0, np.nan]])


@pytest.mark.parametrize("loss", [cross_entropy, negative_log_likelihood], ids=name)
def test_negative_probabilities_are_refused_naming_the_first(loss):
    rows = np.full((4, 3), 1.0 / 3.0)
    rows[2, 1] = rows[3, 0] = -0.5
    told = rf"{name(loss)}: probabilities of classes must be 0 or above; got -0\.5 at index 2, 1"
    for target in (rows, Value(rows)):
        with pytest.raises(ValueError, match=told):
            loss(output(), target)


@pytest.mark.parametrize("loss", [cross_entropy, negative_log_likelihood], ids=name)
def test_rows_that_are_no_probabilities_are_refused_naming_the_first(loss):
    rows = np.full((4, 3), 1.0 / 3.0)
    rows[2] = rows[3] = 1.0
    told = rf"{name(loss)}: .* must sum to 1.*shape \(4,\).*binary_cross_entropy.*got 3 at index 2"
    for target in (rows, Value(rows)):
        with pytest.raises(ValueError, match=told):
            loss(output(), target)
    with pytest.raises(ValueError, match=r"must sum to 1.*got 2"):
        loss(Value([0.2, 0.5, 0.9]), [1, 0, 1])


@pytest.mark.parametrize(("dtype", "error"), [(np.float64, 1e-8), (np.float32, 1e-5)])
def test_probabilities_may_be_rounded_and_no_more(dtype, error):
    rows = np.array([[0.25, 0.75 + error]], dtype)
    assert cross_entropy(Value(np.zeros((1, 2))), rows).data == pytest.approx(np.log(2.0), rel=2 * error)
    with pytest.raises(ValueError, match="must sum to 1"):
        cross_entropy(Value(np.zeros((1, 2))), rows + dtype(500 * error))


def test_parameters_of_losses_are_checked():
    with pytest.raises(ValueError, match="delta must be above 0, got 0"):
        huber(1.0, 2.0, delta=0.0)
    with pytest.raises(ValueError, match=r"label_smoothing must be from 0 to 1, got 1\.5"):
        cross_entropy(output(), LABELS, label_smoothing=1.5)


@pytest.mark.parametrize("wrong", ["a", None, True, Value(0.5), [0.5]])
def test_parameters_of_losses_are_numbers(wrong):
    with pytest.raises(TypeError, match="huber: delta must be a number, got"):
        huber(1.0, 2.0, delta=wrong)
    with pytest.raises(TypeError, match="cross_entropy: label_smoothing must be a number, got"):
        cross_entropy(output(), LABELS, label_smoothing=wrong)


@pytest.mark.parametrize(
    ("loss", "squash", "target"),
    [(cross_entropy, softmax, [0, 1]), (binary_cross_entropy, sigmoid, [[0, 1]] * 2)],
)
def test_probabilities_are_not_squashed_again(loss, squash, target):
    z = Value([[1.0, 2.0], [3.0, -1.0]])
    with pytest.raises(ValueError, match=f"takes logits, and applies {squash.__name__} itself"):
        loss(squash(z), target)
    assert loss(z, target).data > 0.0
