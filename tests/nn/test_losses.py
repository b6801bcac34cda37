"""Losses: their formulas, PyTorch's numbers, far logits, and the errors."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autodiff import (
    Value,
    check_gradients,
    gradients,
    jit,
    log_softmax,
    sigmoid,
    softmax,
    softplus,
    value_and_grad,
)
from autodiff.testing import arrays
from nn import losses
from nn.losses import (
    absolute_error,
    binary_cross_entropy,
    cross_entropy,
    gaussian_negative_log_likelihood,
    hinge,
    huber,
    kl_divergence,
    mean_squared_error,
    negative_log_likelihood,
    poisson_negative_log_likelihood,
    smooth_l1,
    squared_error,
)
from nn.surprise import surprise

VARIANCE = np.random.default_rng(5).uniform(0.5, 2.0, (4, 3))


def gaussian(output, target, reduction="mean"):
    """Of numbers with variances that are known."""
    return gaussian_negative_log_likelihood(output, target, VARIANCE, reduction)


REGRESSION = [squared_error, mean_squared_error, absolute_error, huber, smooth_l1]
CLASSES = [cross_entropy, negative_log_likelihood, hinge]
OF_TWO = [
    loss for name in losses.__all__ if (loss := getattr(losses, name)) is not gaussian_negative_log_likelihood
]
ALL = [*OF_TWO, gaussian]
REDUCTIONS = ["mean", "sum", "none"]
LABELS = np.array([0, 2, 1, 2])

reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def name(loss):
    return loss.__name__


def fitting_target(loss):
    """A target for an output of shape (4, 3)."""
    rng = np.random.default_rng(1)
    if loss is kl_divergence:
        return rng.dirichlet(np.ones(3), 4)
    return LABELS if loss in CLASSES else rng.random((4, 3))


def output():
    return Value(np.random.default_rng(0).normal(size=(4, 3)), "output")


def fitting_output(loss):
    """An output that the loss takes."""
    z = output()
    return Value(log_softmax(z.data) - 0.1, "output") if loss is kl_divergence else z


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
    check_gradients(lambda a: loss(a, target, reduction=reduction), fitting_output(loss).data, order=2)


def test_derivatives_hold_for_variable_targets_too():
    rng = np.random.default_rng(0)
    z, p = rng.normal(size=(4, 3)), rng.random((4, 3))
    for loss in (binary_cross_entropy, squared_error, lambda log_q, p: surprise(p, log_q)):
        check_gradients(loss, z, p, order=2)
    check_gradients(lambda z, p: cross_entropy(z, softmax(p)), z, p, order=2)


def test_derivatives_of_the_hinge_of_signs_are_the_finite_differences():
    z = np.random.default_rng(0).normal(size=(4, 3))
    check_gradients(lambda a: hinge(a, np.sign(z[::-1])), z, order=2)


@pytest.mark.parametrize("loss", ALL, ids=name)
def test_float32_stays_float32_whatever_the_target(loss):
    a = Value(fitting_output(loss).data.astype(np.float32))
    y = loss(a, fitting_target(loss))
    assert y.dtype == np.float32
    assert gradients(y, a, create_graph=True).dtype == np.float32


@pytest.mark.parametrize("loss", ALL, ids=name)
def test_raw_in_raw_out(loss):
    a = fitting_output(loss)
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


# -- PyTorch, to the second order ---------------------------------------------------------------

RNG = np.random.default_rng(6)
A, COUNTS = RNG.normal(size=(4, 3)), np.array([[0, 1, 5], [2, 3, 40], [1, 0, 2], [7, 1, 1]], float)
LOGS, SHARES = log_softmax(RNG.normal(size=(4, 3))), RNG.dirichlet(np.ones(3), 4)
SHARES[0] = [0.0, 0.25, 0.75]
FAR = np.array([[0.0, 1.0, -1.0], [2.0, -2.0, 0.5], [1e8, -1e8, 1e-300], [0.3, -0.3, 3.0]])
"""Residuals on kinks of smooth losses, far from them, and near 0."""
TINY = np.array([[0.0, 1e-9, 1e-6], [1e-3, 1.0, 2.0], [1e-7, 1e-5, 3.0], [0.5, 1e9, 1e-12]])
"""Variances on both sides of eps."""

PYTORCHS: list[Any] = [
    (smooth_l1, "smooth_l1_loss", (A, np.zeros((4, 3))), {"beta": beta}) for beta in (0.0, 0.3, 1.0, 2.0)
]
PYTORCHS += [
    (smooth_l1, "smooth_l1_loss", (FAR, np.zeros((4, 3))), {"beta": beta}) for beta in (0.3, 1.0, 2.0)
]
PYTORCHS += [(huber, "huber_loss", (FAR, np.zeros((4, 3))), {"delta": delta}) for delta in (0.3, 1.0, 2.0)]
PYTORCHS += [
    (
        poisson_negative_log_likelihood,
        "poisson_nll_loss",
        (np.abs(A), COUNTS),
        {"log_input": logs, "full": full},
    )
    for logs in (True, False)
    for full in (True, False)
]
PYTORCHS += [
    (poisson_negative_log_likelihood, "poisson_nll_loss", (np.zeros((4, 3)), COUNTS), {"log_input": False}),
    (poisson_negative_log_likelihood, "poisson_nll_loss", (A, COUNTS + 0.5), {"full": True}),
    (
        poisson_negative_log_likelihood,
        "poisson_nll_loss",
        (np.abs(A), COUNTS),
        {"log_input": False, "eps": 0.1},
    ),
]
PYTORCHS += [
    (gaussian_negative_log_likelihood, "gaussian_nll_loss", (A, COUNTS, variance), options)
    for variance in (VARIANCE, TINY, VARIANCE[:, :1], VARIANCE[:, 0])
    for options in ({}, {"full": True}, {"eps": 0.7})
]
PYTORCHS += [
    (kl_divergence, "kl_div", (LOGS, SHARES), {}),
    (kl_divergence, "kl_div", (LOGS, np.log(SHARES + 0.01)), {"log_target": True}),
]


def summed(outputs, along):
    return sum((x * d).sum() for x, d in zip(outputs, along, strict=True))


@reduction
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
@pytest.mark.parametrize(
    ("ours", "theirs", "given", "options"),
    PYTORCHS,
    ids=[f"{n}-{t}-{o}" for n, (_, t, _, o) in enumerate(PYTORCHS)],
)
def test_values_and_derivatives_to_the_second_order_are_those_of_pytorch(
    ours, theirs, given, options, reduction
):
    torch = pytest.importorskip("torch")
    along = [RNG.normal(size=np.shape(x)) for x in given]
    tensors = [torch.tensor(x, requires_grad=True) for x in given]
    there = getattr(torch.nn.functional, theirs)(*tensors, reduction=reduction, **options)
    seed = np.random.default_rng(2).normal(size=tuple(there.shape))
    slopes = torch.autograd.grad(there, tensors, torch.tensor(seed), create_graph=True, allow_unused=True)
    used = [k for k, slope in enumerate(slopes) if slope is not None]
    total = summed([slopes[k] for k in used], [torch.tensor(along[k]) for k in used])
    curved = torch.autograd.grad(total, tensors, allow_unused=True) if total.requires_grad else [None] * 9
    values = [Value(x) for x in given]
    here = ours(*values, reduction=reduction, **options)
    np.testing.assert_allclose(here.data, there.detach().numpy(), rtol=1e-13, atol=1e-15)
    found = gradients(here, values, seed, create_graph=True)
    second = gradients(summed([found[k] for k in used], [along[k] for k in used]), values)
    for k in used:
        bent = np.zeros_like(given[k]) if curved[k] is None else curved[k].numpy(force=True)
        assert_alike(found[k].data, slopes[k].numpy(force=True), 1e-12)
        assert_alike(np.zeros_like(given[k]) if second[k] is None else second[k], bent, 1e-11)


def assert_alike(here, there, rtol):
    """Where PyTorch has a slope: it has none in a target of 0, of which it takes the logarithm."""
    known = ~np.isnan(there)
    np.testing.assert_allclose(here[known], there[known], rtol, 1e-2 * rtol)


@pytest.mark.parametrize(
    ("ours", "theirs", "given", "options"),
    PYTORCHS,
    ids=[f"{n}-{t}-{o}" for n, (_, t, _, o) in enumerate(PYTORCHS)],
)
def test_programs_of_losses_compute_what_the_losses_do(ours, theirs, given, options):
    f = value_and_grad(lambda *xs: ours(*xs, **options), argnums=tuple(range(len(given))))
    value, slopes = jit(f)(*given)
    expected, eager = f(*given)
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    for slope, other in zip(slopes, eager, strict=True):
        np.testing.assert_allclose(slope, other, rtol=1e-12, atol=1e-14)


def test_the_divergence_of_each_distribution_is_the_sum_over_the_length_of_the_batch():
    torch = pytest.importorskip("torch")
    expected = torch.nn.functional.kl_div(torch.tensor(LOGS), torch.tensor(SHARES), reduction="batchmean")
    np.testing.assert_allclose(kl_divergence(LOGS, SHARES, "batchmean"), expected.item(), rtol=1e-13)
    with pytest.raises(ValueError, match="unknown reduction 'batchmen'; did you mean 'batchmean'"):
        kl_divergence(LOGS, SHARES, "batchmen")


def test_a_divergence_is_the_cross_entropy_less_the_entropy():
    z = RNG.normal(size=(4, 3))
    entropy = -(SHARES * np.log(np.where(SHARES > 0.0, SHARES, 1.0))).sum() / 4.0
    found = kl_divergence(log_softmax(z), SHARES, "batchmean")
    np.testing.assert_allclose(found, cross_entropy(z, SHARES) - entropy, rtol=1e-12)
    assert kl_divergence(np.log(VARIANCE / 9.0), VARIANCE / 9.0, "sum") == 0.0


def test_what_is_impossible_in_both_distributions_adds_nothing():
    log_q = Value([[0.0, -np.inf]])
    for target, logs in ([[1.0, 0.0]], False), ([[0.0, -np.inf]], True):
        loss = kl_divergence(log_q, target, log_target=logs)
        assert loss.data == 0.0
        np.testing.assert_array_equal(gradients(loss, log_q), [[-0.5, 0.0]])


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


@pytest.mark.filterwarnings("ignore:Mean of empty|invalid value")  # the mean of no observations is nan
@reduction
@pytest.mark.parametrize("shape", [(4, 3), (2, 2, 3), (3,), (0, 3)], ids=str)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_cross_entropy_is_that_of_log_softmax_to_the_second_order(reduction, shape, dtype):
    rng = np.random.default_rng(8)
    z = Value((rng.normal(size=shape) * rng.choice([1.0, 300.0])).astype(dtype))
    labels = rng.integers(3, size=shape[:-1])
    ours = cross_entropy(z, labels, reduction)
    apart = negative_log_likelihood(log_softmax(z), labels, reduction)
    np.testing.assert_array_equal(ours.data, apart.data)
    assert ours.dtype == dtype
    u, v = np.ones(ours.shape, dtype)[()], rng.normal(size=shape).astype(dtype)
    close = {"rtol": 8 * np.finfo(dtype).eps, "atol": 4 * np.finfo(dtype).eps}
    slopes = [gradients(loss, z, u, create_graph=True) for loss in (ours, apart)]
    np.testing.assert_allclose(slopes[0].data, slopes[1].data, **close)
    np.testing.assert_allclose(gradients(ours, z, u), slopes[0].data, **close)
    if z.size:
        np.testing.assert_allclose(*[gradients(slope, z, v) for slope in slopes], **close)


# -- shapes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [*REGRESSION, binary_cross_entropy], ids=name)
def test_a_vector_is_one_column_and_never_broadcast(loss):
    a, y = np.array([[0.5], [2.0], [1.0]]), np.array([1.0, 0.0, 1.0])
    assert loss(a, y) == loss(a, y[:, None]) == loss(a[:, 0], y)
    assert loss(a, y, reduction="none").shape == (3, 1)
    for wrong in (y[:2], y[None, :], 1.0):
        with pytest.raises(ValueError, match=rf"{name(loss)}: the output has shape \(3, 1\), the target \("):
            loss(a, wrong)


def test_variances_go_with_the_numbers_of_one_column():
    a, y, v = np.array([[0.5], [2.0], [1.0]]), np.array([1.0, 0.0, 1.0]), np.array([0.5, 2.0, 3.0])
    expected = gaussian_negative_log_likelihood(a[:, 0], y, v, "none")
    for variance in (v, v[:, None]):
        found = gaussian_negative_log_likelihood(a, y, variance, "none")
        np.testing.assert_array_equal(found[:, 0], expected)
    a, v = np.ones((2, 3, 4)), np.arange(1.0, 7.0).reshape(2, 3)
    for variance in (v, v[..., None], np.repeat(v[..., None], 4, -1)):
        found = gaussian_negative_log_likelihood(a, a, variance, "none")
        np.testing.assert_array_equal(found, np.repeat(0.5 * np.log(v)[..., None], 4, -1))
    for wrong in (v[:, :1], v[:, :, None, None], v[0]):
        with pytest.raises(ValueError, match="there is one per row"):
            gaussian_negative_log_likelihood(a, a, wrong)
    a, y = np.array([[0.5], [2.0]]), np.array([1.0, 0.0])
    assert poisson_negative_log_likelihood(a, y) == poisson_negative_log_likelihood(a[:, 0], y)


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
        loss(fitting_output(loss), fitting_target(loss), reduction="maen")


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
    a, target = fitting_output(loss).data, fitting_target(loss)
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


POISSON, GAUSSIAN = poisson_negative_log_likelihood, gaussian_negative_log_likelihood


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: POISSON([1.0, 2.0], [1.0, -2.0]), "poisson.*counts, 0 or above; got -2 at index 1"),
        (lambda: POISSON([1.0], [np.nan]), "counts, 0 or above; got nan at index 0"),
        (lambda: POISSON([1.0], [1.0], eps=0.0), "poisson.*: eps must be above 0"),
        (lambda: GAUSSIAN([1.0], [1.0], [-0.5]), r"variances must be 0 or above.*got -0\.5 at index 0"),
        (lambda: GAUSSIAN([1.0], [1.0], 1.0, eps=0.0), "gaussian.*: eps must be above 0"),
        (
            lambda: GAUSSIAN(A, A, VARIANCE[:2]),
            r"the output has shape \(4, 3\), the variance \(2, 3\); they must be equal, or",
        ),
        (lambda: GAUSSIAN(A, A, VARIANCE[0]), r"the variance \(3,\)"),
        (
            lambda: kl_divergence(softmax(A), SHARES),
            "the output must be log-probabilities.*got 0.* at index 0, 0",
        ),
        (lambda: kl_divergence(LOGS, SHARES, log_target=True), "the target must be log-probabilities"),
        (lambda: kl_divergence(LOGS, LOGS), "probabilities must be 0 or above; got -"),
        (lambda: smooth_l1(1.0, 2.0, beta=-1.0), "smooth_l1: beta must be 0 or above, got -1"),
    ],
)
def test_what_a_loss_of_distributions_does_not_take_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_loss_that_needs_a_variance_is_no_loss_of_output_and_target():
    for loss in ("gaussian_negative_log_likelihood", gaussian_negative_log_likelihood):
        for function in (nn.fit, nn.play):
            with pytest.raises(TypeError, match=rf"{function.__name__}: gaussian.* also needs the variance"):
                function(nn.Linear(2, 1), np.ones((4, 2)), np.ones(4), loss=loss)


def test_a_network_learns_means_and_variances():
    x = np.linspace(-1.0, 1.0, 400)[:, None]
    y = x[:, 0] + (0.1 + 0.4 * (x[:, 0] > 0.0)) * np.random.default_rng(0).normal(size=400)

    def loss(z, y):
        return gaussian_negative_log_likelihood(z[:, 0], y, softplus(z[:, 1]))

    model = nn.MLP(1, [16, 2], seed=0)
    nn.fit(model, x, y, loss=loss, epochs=100, lr=0.01, seed=0, progress=False)
    deviation = np.sqrt(softplus(model.predict([[-0.5], [0.5]])[:, 1]))
    np.testing.assert_allclose(deviation, [0.1, 0.5], rtol=0.3)


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
