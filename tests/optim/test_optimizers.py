"""Optimisers: against PyTorch step by step, and what must hold of every one of them."""

import copy
import inspect
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, sin
from autodiff.settings import not_negative
from nn import Linear, Sequential
from optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSProp, RMSprop, Rprop, Schedule

CASES = [
    (SGD, {"lr": 0.05}),
    (SGD, {"lr": 0.05, "weight_decay": 0.1, "maximize": True}),
    (SGD, {"lr": 0.02, "momentum": 0.9}),
    (SGD, {"lr": 0.02, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}),
    (SGD, {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    (RMSProp, {}),
    (RMSProp, {"alpha": 0.9, "eps": 1e-6, "momentum": 0.8, "weight_decay": 0.1}),
    (RMSProp, {"centered": True}),
    (RMSProp, {"centered": True, "momentum": 0.5, "maximize": True}),
    (Adagrad, {}),
    (Adagrad, {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5}),
    (Adam, {}),
    (Adam, {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1, "maximize": True}),
    (Adam, {"lr": 0.05, "amsgrad": True}),
    (AdamW, {}),
    (AdamW, {"lr": 0.05, "weight_decay": 0.3, "amsgrad": True}),
    (Rprop, {}),
    (Rprop, {"lr": 0.2, "etas": (0.4, 1.5), "step_sizes": (0.01, 0.3)}),
    (Rprop, {"maximize": True}),
]
EVERY = [*CASES, (Rprop, {"backtracking": True})]
IDS = [f"{kind.__name__} {options}" for kind, options in EVERY]
SHAPES = [(3, 2), (), (4,), (), (1,)]

every = pytest.mark.parametrize(("kind", "options"), EVERY, ids=IDS)


def parameters(seed=0, dtype=np.float64, shapes=SHAPES):
    rng = np.random.default_rng(seed)
    return [Value(np.asarray(rng.normal(size=shape), dtype), f"p{i}") for i, shape in enumerate(shapes)]


def descend(params, optimizer, steps, before=lambda t: None, start=0):
    """Steps on Σ (wiggly bowl): convex enough to fall, curved enough for gradients to turn."""
    for t in range(start, start + steps):
        before(t)
        optimizer.zero_grad()
        loss(params).backward()
        optimizer.step()


def loss(params, sin=sin):
    return sum((((p - 0.3) ** 2 + 0.5 * sin(3.0 * p)) * (i + 1.0)).sum() for i, p in enumerate(params))


def sizes(params):
    return [np.array(p.data) for p in params]


# -- PyTorch -----------------------------------------------------------------------------------


def torch_steps(kind, options, start, steps, dtype, before):
    torch = pytest.importorskip("torch")
    name = "RMSprop" if kind is RMSProp else kind.__name__
    params = [torch.tensor(x, dtype=getattr(torch, np.dtype(dtype).name), requires_grad=True) for x in start]
    optimizer = getattr(torch.optim, name)(params, **options)
    for t in range(steps):
        before(t, optimizer)
        optimizer.zero_grad()
        loss(params, torch.sin).backward()
        optimizer.step()
    return [p.detach().numpy() for p in params]


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-11), (np.float32, 2e-5)])
@pytest.mark.parametrize(("kind", "options"), CASES, ids=IDS[: len(CASES)])
def test_fifty_steps_end_where_those_of_pytorch_end_with_a_rate_changed_on_the_way(
    kind, options, dtype, tolerance
):
    if options.get("maximize") and kind is not Rprop:
        options = {**options, "lr": 0.01}  # uphill the bowl has no end: few digits are lost on small steps
    params = parameters(1, dtype)
    start = sizes(params)

    def halve(t, optimizer):
        if t == 20:
            for group in optimizer.param_groups:
                group["lr"] /= 2

    expected = torch_steps(kind, options, start, 50, dtype, halve)
    optimizer = kind(params, **options)
    descend(params, optimizer, 50, lambda t: halve(t, optimizer))
    for p, end in zip(params, expected, strict=True):
        assert p.dtype == dtype
        np.testing.assert_allclose(p.data, end, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kind", [SGD, RMSProp, Adagrad, Adam, AdamW, Rprop])
def test_defaults_are_those_of_pytorch(kind):
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.optim, "RMSprop" if kind is RMSProp else kind.__name__)([torch.zeros(1)])
    ours = kind([Value([0.0])])
    for name in ours.checks.keys() - {"backtracking"}:
        assert ours.param_groups[0][name] == theirs.defaults[name], name


def test_groups_step_as_those_of_pytorch():
    torch = pytest.importorskip("torch")
    params, theirs = parameters(3), [torch.tensor(x, requires_grad=True) for x in sizes(parameters(3))]
    split = lambda ps: [{"params": ps[:2], "lr": 0.1}, {"params": ps[2:], "weight_decay": 0.5}]  # noqa: E731
    ours, other = Adam(split(params), lr=0.01), torch.optim.Adam(split(theirs), lr=0.01)
    for _ in range(10):
        ours.zero_grad()
        other.zero_grad()
        loss(params).backward()
        loss(theirs, torch.sin).backward()
        ours.step()
        other.step()
    for p, q in zip(params, theirs, strict=True):
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("kind", [SGD, RMSProp, Adagrad, Adam, AdamW, Rprop])
def test_a_gradient_that_is_not_finite_spoils_what_it_spoils_in_pytorch_and_nothing_else(kind, bad):
    torch = pytest.importorskip("torch")
    x, theirs = Value([1.0, 2.0]), torch.tensor([1.0, 2.0], dtype=torch.float64)
    ours = kind([x], lr=0.1)
    other = getattr(torch.optim, "RMSprop" if kind is RMSProp else kind.__name__)([theirs], lr=0.1)
    for g in ([bad, 1.0], [0.5, 0.5]):
        x.grad, theirs.grad = np.array(g), torch.tensor(g, dtype=torch.float64)
        ours.step()
        other.step()
        np.testing.assert_allclose(x.data, theirs.numpy(), rtol=1e-12)


# -- what each method is -----------------------------------------------------------------------


def test_rprop_with_backtracking_takes_back_the_change_after_which_the_gradient_turned():
    x = Value([0.25, 5.0], "x")
    optimizer = Rprop([x], lr=0.5, backtracking=True)
    points = []
    for _ in range(4):
        optimizer.zero_grad()
        (x * x).sum().backward()
        optimizer.step()
        points.append(x.data[0])
    # 0.25 → −0.25, turned: back to 0.25 with Δ = 0.25; then −Δ; then g = 0: it stays
    assert points == [-0.25, 0.25, 0.0, 0.0]
    np.testing.assert_allclose(x.data[1], 5.0 - 0.5 * (1.0 + 1.2 + 1.2**2 + 1.2**3))


def test_rprop_without_backtracking_waits_for_one_step_after_a_turn():
    x = Value(0.25)
    optimizer, points = Rprop([x], lr=0.5), []
    for _ in range(3):
        optimizer.zero_grad()
        (x * x).backward()
        optimizer.step()
        points.append(x.data)
    assert points == [-0.25, -0.25, 0.0]


def test_rprop_sees_the_sign_of_gradients_whose_product_underflows():
    x = Value([1.0])
    optimizer = Rprop([x], lr=0.5)
    for _ in range(2):
        x.grad = np.array([1e-200])
        optimizer.step()
    np.testing.assert_allclose(x.data, 1.0 - 0.5 - 0.6)


def test_centered_rmsprop_stays_finite_where_rounding_makes_the_variance_negative():
    x = Value(np.ones(1000, np.float32))
    optimizer = RMSProp([x], centered=True, alpha=0.5)
    g = np.random.default_rng(0).normal(size=1000)
    for _ in range(60):
        x.grad = g
        optimizer.step()
        assert np.isfinite(x.data).all()


def test_the_spelling_of_pytorch_is_offered():
    assert RMSprop is RMSProp


# -- what holds of all -------------------------------------------------------------------------


@every
@settings(max_examples=8)
@given(seed=st.integers(0, 10**6))
def test_forty_steps_on_a_convex_quadratic_go_down(kind, options, seed):
    options = {**options, "maximize": False, "weight_decay": 0.0}
    options = {name: options[name] for name in options if name in kind.checks}
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(3, 3))
    hessian = root @ root.T / np.linalg.norm(root @ root.T, 2) + 0.1 * np.eye(3)
    x = Value(3.0 * np.sign(rng.normal(size=3)))
    optimizer = kind([x], **{"lr": 0.02, **options})
    start = x.data @ hessian @ x.data
    for _ in range(40):
        x.grad = 2.0 * hessian @ x.data
        optimizer.step()
    assert x.data @ hessian @ x.data < start


@every
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_state_saved_and_loaded_mid_way_goes_on_to_the_last_bit(kind, options, dtype):
    params = parameters(2, dtype)
    optimizer = kind(params, **options)
    descend(params, optimizer, 7)
    state, point = optimizer.state_dict(), sizes(params)
    optimizer.lr *= 0.5
    descend(params, optimizer, 9)

    others = [Value(x) for x in point]
    other = kind(others)
    other.load_state_dict(pickle.loads(pickle.dumps(state)))
    other.lr *= 0.5
    descend(others, other, 9)
    for p, q in zip(params, others, strict=True):
        np.testing.assert_array_equal(p.data, q.data)


@every
def test_a_state_is_a_copy(kind, options):
    params = parameters()
    optimizer = kind(params, **options)
    descend(params, optimizer, 2)
    state = optimizer.state_dict()
    frozen = copy.deepcopy(state)
    descend(params, optimizer, 2)
    np.testing.assert_equal(state, frozen)
    other = kind(copy.deepcopy(params))
    other.load_state_dict(state)
    for column in state["groups"][0]["state"].values():
        column[0][:] = np.nan
    assert np.isfinite(
        np.concatenate(
            [np.ravel(x) for c in other.state_dict()["groups"][0]["state"].values() for x in c] or [[0.0]]
        )
    ).all()


@every
@settings(max_examples=5)
@given(order=st.permutations(range(len(SHAPES))))
def test_the_order_of_parameters_does_not_matter(kind, options, order):
    params, others = parameters(4), parameters(4)
    first, second = kind(params, **options), kind([others[i] for i in order], **options)
    descend(params, first, 3)
    descend(others, second, 3)
    for p, q in zip(params, others, strict=True):
        np.testing.assert_array_equal(p.data, q.data)


@every
def test_numbers_step_as_the_entries_of_an_array_do(kind, options):
    numbers = [Value(x) for x in (0.5, -1.0, 2.0)]
    array = Value([0.5, -1.0, 2.0])
    first, second = kind(numbers, **options), kind([array], **options)
    for _ in range(5):
        for x, g in zip(numbers, np.cos(array.data), strict=True):
            x.grad = g
        array.grad = np.cos(array.data)
        first.step()
        second.step()
    assert [x.data for x in numbers] == array.data.tolist()
    assert all(type(x.data) is float for x in numbers)


@every
def test_a_frozen_parameter_stays_and_steps_as_new_when_it_is_free_again(kind, options):
    params, fresh = parameters(5), parameters(5)
    optimizer = kind(params, **options)
    frozen = params[0], params[1]
    for p in frozen:
        p.constant = True
    descend(params, optimizer, 5)
    for p, q in zip(frozen, fresh, strict=False):
        np.testing.assert_array_equal(p.data, q.data)
        p.constant = False
    descend(params, optimizer, 3)
    descend(fresh[:2], kind(fresh[:2], **options), 3)
    for p, q in zip(frozen, fresh, strict=False):
        np.testing.assert_array_equal(p.data, q.data)


@every
def test_gradients_and_arrays_that_the_parameters_were_made_from_are_not_changed(kind, options):
    start, g = np.ones(3), np.array([1.0, -2.0, 3.0])
    x, y = Value(start), Value(2.0)
    x.grad, y.grad = g, 3.0
    optimizer = kind([x, y], **options)
    for _ in range(3):
        optimizer.step()
    np.testing.assert_array_equal(x.grad, [1.0, -2.0, 3.0])
    np.testing.assert_array_equal(start, np.ones(3))
    assert y.grad == 3.0


@every
def test_after_the_first_step_an_optimiser_allocates_nothing_but_masks(kind, options):
    import tracemalloc

    x = Value(np.ones(100_000))
    x.grad = np.ones(100_000)
    optimizer = kind([x], **options)
    optimizer.step()
    tracemalloc.start()
    optimizer.step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 350_000  # of the 800 kB of the parameter


def test_a_graph_recorded_before_a_step_cannot_be_differentiated_after_it():
    x = Value([1.0, 2.0], "x")
    y = (x * x).sum()
    y.backward()
    SGD([x], lr=0.1).step()
    with pytest.raises(ValueError, match="'x'"):
        y.backward()


def test_an_optimiser_can_be_copied_with_its_parameters():
    params = parameters()
    optimizer = Adam(params)
    descend(params, optimizer, 2)
    params2, optimizer2 = copy.deepcopy((params, optimizer))
    descend(params, optimizer, 2)
    descend(params2, optimizer2, 2)
    for p, q in zip(params, params2, strict=True):
        np.testing.assert_array_equal(p.data, q.data)


# -- parameters --------------------------------------------------------------------------------


class Pair:
    """Has parameters with names, as modules do."""

    def __init__(self):
        self.weight, self.bias = Value(np.ones((2, 2))), Value(1.0)

    def named_parameters(self):
        return iter([("layer.weight", self.weight), ("layer.bias", self.bias)])


@pytest.mark.parametrize("given", [list, iter, tuple, lambda ps: ((p.name, p) for p in ps)])
def test_parameters_come_in_any_iterable_of_values_or_pairs(given):
    params = parameters()
    descend(params, SGD(given(params), lr=0.1), 1)
    assert all((p.data != q).all() for p, q in zip(params, sizes(parameters()), strict=True))


def test_a_parameter_without_gradient_is_named_as_its_module_names_it_and_nothing_changes():
    module = Pair()
    module.weight.grad = np.ones((2, 2))
    with pytest.raises(ValueError, match=r"SGD: no gradient for 'layer\.bias'.*backward\(\).*constant"):
        SGD(module, lr=0.1).step()
    np.testing.assert_array_equal(module.weight.data, np.ones((2, 2)))


def test_of_many_parameters_without_gradient_five_are_named():
    params = {f"p{k}": Value([1.0]) for k in range(7)}
    with pytest.raises(ValueError, match=r"no gradient for 'p0'.*'p4' of shape \(1,\), …; call"):
        SGD(params.items(), lr=0.1).step()


def test_zero_grad_forgets_all_gradients():
    params = parameters()
    loss(params).backward()
    SGD(params).zero_grad()
    assert all(p.grad is None for p in params)


X = Value(1.0, "x")


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ([], ValueError, "no parameters"),
        (iter([]), ValueError, "no parameters"),
        (X, TypeError, "one Value is not a list"),
        (3.0, TypeError, "expected a module or a list of Values, got float"),
        ({"x": X}, TypeError, r"\.items\(\) or \.values\(\)"),
        ([X, 2.0], TypeError, "number 1 is of type float"),
        ([np.ones(2)], TypeError, "of type ndarray"),
        ([X, X], ValueError, "'x' is given twice"),
        ([X * 2.0], ValueError, "was recorded by 'multiply'"),
        ([{"params": [X]}, {"params": [X]}], ValueError, "'x' is given twice"),
        ([{"params": [X]}, X], TypeError, "groups are dicts"),
        ([{"lr": 0.1}], TypeError, "groups are dicts"),
        ([{"params": [X], "momentun": 0.1}], ValueError, "did you mean 'momentum'"),
        ([{"params": [X], "lr": -0.1}], ValueError, "above 0, got -0.1"),
    ],
)
def test_what_is_no_list_of_parameters_is_refused(params, error, message):
    with pytest.raises(error, match=f"SGD.*{message}|{message}"):
        SGD(params, lr=0.1)


# -- hyperparameters ---------------------------------------------------------------------------


@pytest.mark.parametrize("lr", [0.0, -0.1, math.nan, math.inf, 0])
def test_a_learning_rate_that_is_not_above_zero_is_refused_at_once_and_on_assignment(lr):
    with pytest.raises(ValueError, match=r"Adam: .*lr must be (above 0|finite|0 or above), got .*"):
        Adam([Value(1.0)], lr=lr)
    optimizer = Adam([Value(1.0)], lr=0.1)
    with pytest.raises(ValueError, match=r"Adam: the learning rate lr must be .*maximize=True"):
        optimizer.lr = lr
    assert optimizer.lr == 0.1


@pytest.mark.parametrize(
    ("kind", "options", "error", "message"),
    [
        (SGD, {"lr": "0.1"}, TypeError, "SGD: the learning rate lr must be a number, got '0.1'"),
        (SGD, {"lr": True}, TypeError, "lr must be a number, got True"),
        (SGD, {"momentum": -0.1}, ValueError, "momentum must be 0 or above"),
        (SGD, {"nesterov": True}, ValueError, "nesterov needs momentum above 0 and dampening 0"),
        (SGD, {"nesterov": True, "momentum": 0.5, "dampening": 0.1}, ValueError, "dampening=0.1"),
        (SGD, {"nesterov": 1}, TypeError, "True or False"),
        (RMSProp, {"alpha": 1.0}, ValueError, "alpha must be from 0 to below 1"),
        (Adam, {"betas": (0.9, 1.0)}, ValueError, r"betas\[1\] must be from 0 to below 1, got 1.0"),
        (Adam, {"betas": 0.9}, TypeError, "betas must be two numbers"),
        (Adam, {"eps": -1e-8}, ValueError, "eps must be 0 or above"),
        (Adagrad, {"lr_decay": math.nan}, ValueError, "lr_decay must be finite"),
        (Rprop, {"etas": (1.2, 0.5)}, ValueError, r"etas must be \(below 1, above 1\)"),
        (Rprop, {"step_sizes": (1.0, 0.5)}, ValueError, r"step_sizes must be \(smallest, largest\)"),
    ],
)
def test_hyperparameters_that_mean_nothing_are_refused(kind, options, error, message):
    with pytest.raises(error, match=message):
        kind([Value(1.0)], **options)


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (lambda group: group.update(lr=-0.1), ValueError, r"SGD: lr must be 0 or above, got -0\.1"),
        (
            lambda group: group.update(rl=0.1),
            ValueError,
            "unknown hyperparameter of SGD 'rl'",
        ),
        (lambda group: group.update(momentum=0.0), ValueError, "SGD: nesterov needs momentum above 0"),
        (lambda group: group.update(params=[X]), TypeError, "the parameters of a group cannot be replaced"),
        (lambda group: group.pop("lr"), TypeError, "'lr' cannot be left out of a group"),
    ],
)
def test_nonsense_assigned_to_a_group_is_refused_at_once_and_not_taken(change, error, told):
    optimizer = SGD([{"params": [Value(1.0)]}, {"params": [X]}], lr=0.1, momentum=0.9, nesterov=True)
    before = [dict(group) for group in optimizer.param_groups]
    with pytest.raises(error, match=told):
        change(optimizer.param_groups[1])
    assert optimizer.param_groups == before


def test_a_group_is_a_mapping_of_parameters_and_hyperparameters():
    x = Value(1.0, "x")
    (group,) = SGD([x], lr=0.1).param_groups
    assert list(group) == ["params", *SGD.checks]
    assert len(group) == 7
    assert group["params"] == [x]
    assert repr(group).startswith("{'params': [Value(1.0, name='x')], 'lr': 0.1, 'momentum': 0.0")


def test_numpy_hyperparameters_keep_float32_parameters_float32():
    x = Value(np.ones(2, np.float32))
    optimizer = Adam([x], lr=np.float64(0.1), betas=np.array([0.9, 0.99]))
    x.grad = np.ones(2)
    optimizer.step()
    assert x.dtype == np.float32
    assert type(optimizer.lr) is float


def test_the_rate_is_assigned_to_all_groups():
    optimizer = SGD([{"params": [Value(1.0)]}, {"params": [Value(2.0)], "lr": 0.5}], lr=0.1)
    assert optimizer.lr == 0.1
    optimizer.lr = 0.2
    assert [group["lr"] for group in optimizer.param_groups] == [0.2, 0.2]


def test_momentum_can_be_switched_on_and_off_on_the_way():
    x = Value(1.0)
    optimizer = SGD([x], lr=0.1)
    for momentum in (0.0, 0.5, 0.5, 0.0):
        optimizer.param_groups[0]["momentum"] = momentum
        x.grad = 1.0
        optimizer.step()
    np.testing.assert_allclose(x.data, 1.0 - 0.1 * (1.0 + 1.0 + 1.5 + 1.0))


def test_the_repr_tells_the_hyperparameters():
    assert repr(Adagrad([X], lr=0.1)) == (
        "Adagrad(1 parameters: lr=0.1, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, "
        "eps=1e-10, maximize=False)"
    )


# -- states that do not fit --------------------------------------------------------------------


def altered(state, change):
    state = copy.deepcopy(state)
    change(state["groups"][0])
    return state


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda g: g.update(lr=-1.0), "lr must be 0 or above"),
        (lambda g: g.update(betas=(2.0, 0.0)), "betas"),
        (lambda g: g.pop("eps"), "eps"),
        (lambda g: g.update(alpha=0.5), "alpha"),
        (lambda g: g.pop("steps"), "'steps'"),
        (lambda g: g["steps"].pop(), "expected 5 steps, got 4"),
        (lambda g: g["steps"].__setitem__(0, -1), "0 or above"),
        (lambda g: g["state"].pop("v"), r"expected the state \['m', 'v'\], got \['m'\]"),
        (lambda g: g["state"]["m"].pop(), "expected 5 m, got 4"),
        (lambda g: g["state"]["m"].__setitem__(0, np.ones((2, 3))), r"shape \(2, 3\)"),
        (lambda g: g["state"]["v"].__setitem__(1, np.ones(3)), r"v of 'p1' cannot have the shape \(3,\)"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(change, message):
    params = parameters()
    optimizer = Adam(params)
    descend(params, optimizer, 2)
    before = optimizer.state_dict()
    descend(params, optimizer, 1)
    now = optimizer.state_dict()
    with pytest.raises((ValueError, TypeError), match=message):
        optimizer.load_state_dict(altered(before, change))
    np.testing.assert_equal(optimizer.state_dict(), now)


def test_states_of_other_optimisers_groups_and_things_are_refused():
    x = Value(1.0)
    with pytest.raises(ValueError, match=r"Adam\.load_state_dict: the state is that of AdamW"):
        Adam([x]).load_state_dict(AdamW([x]).state_dict())
    with pytest.raises(ValueError, match="expected 1 groups, got 2"):
        Adam([x]).load_state_dict(Adam([{"params": [x]}, {"params": [Value(2.0)]}]).state_dict())
    with pytest.raises(ValueError, match="expected what state_dict"):
        Adam([x]).load_state_dict({"w": 1.0})


def test_a_slot_that_holds_no_numbers_is_named():
    x = Value([1.0, 2.0])
    optimizer = Adam([x])
    for wrong in (np.array(["a", "b"]), [[1.0], [2.0, 3.0]], None):
        state = optimizer.state_dict()
        state["groups"][0]["state"]["v"] = [wrong]
        with pytest.raises(
            (TypeError, ValueError), match=r"Adam\.load_state_dict: v of a value.* must be numbers"
        ):
            optimizer.load_state_dict(state)


# -- optimisers of one's own -------------------------------------------------------------------


def test_an_optimiser_of_ones_own_needs_its_checks_and_its_update():
    class Heavy(Optimizer):
        checks = {"lr": not_negative, "mass": not_negative, "weight_decay": not_negative}  # noqa: RUF012

        def slots(self, settings):
            return {"v": 0.0}

        @staticmethod
        def update(theta, g, work, t, v, *, lr, mass):
            v[...] = mass * v + g
            theta -= lr * v

    ours, others = parameters(6), parameters(6)
    descend(ours, Heavy(ours, lr=0.01, mass=0.9, weight_decay=0.1), 5)
    descend(others, SGD(others, lr=0.01, momentum=0.9, weight_decay=0.1), 5)
    for p, q in zip(ours, others, strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-13)


def test_a_schedule_may_end_at_zero_where_a_user_may_not_start():
    class Off(Schedule):
        def rate(self, step, initial):
            return initial * (step == 0)

    x = Value(1.0)
    optimizer = SGD([x], lr=0.1)
    Off(optimizer).step()
    x.grad = 1.0
    optimizer.step()
    assert (x.data, optimizer.lr) == (1.0, 0.0)
    SGD([x], lr=0.1).load_state_dict(optimizer.state_dict())


def test_a_module_that_can_be_iterated_counts_as_a_module():
    network = Sequential(Linear(2, 3), "tanh", Linear(3, 1))
    assert SGD(network, lr=0.1).param_groups[0]["params"] == network.parameters()


@pytest.mark.parametrize("kind", [SGD, Adagrad, Adam, AdamW, RMSprop, RMSProp, Rprop])
def test_a_signature_shows_plain_types(kind):
    parameters = inspect.signature(kind).parameters
    assert parameters["lr"].annotation in (float, "float")
    assert parameters["maximize"].annotation in (bool, "bool")
    assert not any("Annotated" in str(parameter) for parameter in parameters.values())
    assert inspect.signature(kind).return_annotation in (None, "None")
    assert kind.checks.keys() == parameters.keys() - {"params"}
