"""Schedules: against PyTorch step by step, and what must hold of every one of them."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value
from optim import (
    SGD,
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    ReduceLROnPlateau,
    Schedule,
    StepLR,
    WarmUp,
)

CASES = [
    (ConstantLR, {}),
    (ConstantLR, {"factor": 0.5, "total_iters": 12}),
    (LinearLR, {}),
    (LinearLR, {"start_factor": 0.25, "end_factor": 0.5, "total_iters": 20}),
    (StepLR, {"step_size": 7}),
    (StepLR, {"step_size": 3, "gamma": 0.7}),
    (ExponentialLR, {"gamma": 0.9}),
    (CosineAnnealingLR, {"T_max": 50}),
    (CosineAnnealingLR, {"T_max": 20, "eta_min": 0.01}),
]
PLATEAUS = [
    {},
    {"patience": 2, "factor": 0.5},
    {"patience": 1, "cooldown": 3, "threshold": 0.05},
    {"mode": "max", "patience": 2, "threshold": 0.1, "threshold_mode": "abs"},
    {"patience": 1, "threshold": 0.0},
    {"mode": "max", "patience": 0, "min_lr": 0.01},
    {"patience": 0, "factor": 0.1, "eps": 1e-4},
    {"patience": 1, "threshold": 0.1, "threshold_mode": "abs"},
]


def optimizer(*rates):
    return SGD([{"params": [Value(1.0)], "lr": rate} for rate in rates or (0.1,)])


def of_torch(torch, *rates):
    return torch.optim.SGD([{"params": [torch.zeros(1)], "lr": rate} for rate in rates])


def rates_of(optimizer):
    return [group["lr"] for group in optimizer.param_groups]


def every(optimizer):
    """One schedule of each kind."""
    made = [kind(optimizer, **options) for kind, options in CASES]
    made.append(Schedule(optimizer))
    made.append(WarmUp(optimizer, 4))
    made.append(WarmUp(optimizer, 4, then=StepLR(optimizer, 3)))
    made.append(WarmUp(optimizer, 4, then=ReduceLROnPlateau(optimizer, patience=1)))
    return [*made, *(ReduceLROnPlateau(optimizer, **options) for options in PLATEAUS)]


EVERY = pytest.mark.parametrize("number", range(len(every(optimizer()))))


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
@pytest.mark.parametrize(("kind", "options"), CASES)
def test_fifty_rates_of_each_group_are_those_of_pytorch(kind, options):
    torch = pytest.importorskip("torch")
    ours, theirs = optimizer(0.1, 0.02), of_torch(torch, 0.1, 0.02)
    schedule, other = (
        kind(ours, **options),
        getattr(torch.optim.lr_scheduler, kind.__name__)(theirs, **options),
    )
    for _ in range(50):
        np.testing.assert_allclose(rates_of(ours), rates_of(theirs), rtol=1e-9, atol=1e-15)
        assert schedule.lr == ours.lr
        schedule.step()
        other.step()


@pytest.mark.parametrize("options", PLATEAUS)
def test_a_plateau_reduces_when_that_of_pytorch_does(options):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    metrics = np.round(1.0 / (1.0 + np.arange(50)) + 0.2 * rng.normal(size=50), 1)
    metrics[40:] = metrics.min()
    metrics[[10, 20]] = np.nan
    ours, theirs = optimizer(0.1, 0.02), of_torch(torch, 0.1, 0.02)
    schedule = ReduceLROnPlateau(ours, **options)
    other = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **options)
    for metric in metrics:
        schedule.step(metric)
        other.step(metric)
        np.testing.assert_allclose(rates_of(ours), rates_of(theirs), rtol=1e-12)


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
def test_a_warm_up_is_a_linear_schedule_of_pytorch_with_another_after_it():
    torch = pytest.importorskip("torch")
    scheduler = torch.optim.lr_scheduler
    ours, theirs = optimizer(0.1), of_torch(torch, 0.1)
    schedule = WarmUp(ours, 5, then=StepLR(ours, 10, gamma=0.5))
    linear = scheduler.LinearLR(theirs, start_factor=1 / 6, total_iters=5)
    other = scheduler.SequentialLR(theirs, [linear, scheduler.StepLR(theirs, 10, gamma=0.5)], milestones=[5])
    for _ in range(40):
        np.testing.assert_allclose(ours.lr, rates_of(theirs)[0], rtol=1e-12)
        schedule.step()
        other.step()


@EVERY
@settings(max_examples=5)
@given(before=st.integers(0, 12), after=st.integers(0, 12))
def test_a_state_saved_and_loaded_goes_on_with_the_same_rates(number, before, after):
    metrics = np.random.default_rng(0).normal(size=before + after)
    ours, other = optimizer(0.1, 0.02), optimizer(0.1, 0.02)
    schedule, loaded = every(ours)[number], every(other)[number]
    for metric in metrics[:before]:
        schedule.step(metric)
    loaded.load_state_dict(pickle.loads(pickle.dumps(schedule.state_dict())))
    assert rates_of(other) == schedule.rates()
    for metric in metrics[before:]:
        schedule.step(metric)
        loaded.step(metric)
    assert rates_of(other) == loaded.rates() == schedule.rates()


@EVERY
def test_the_state_is_a_copy_of_numbers_and_lists(number):
    schedule = every(optimizer())[number]
    state = schedule.state_dict()
    before = pickle.dumps(state)
    for metric in range(30):
        schedule.step(metric)
    assert pickle.dumps(state) == before


@EVERY
def test_the_state_of_another_schedule_is_refused_and_nothing_changes(number):
    ours = optimizer(0.1, 0.02)
    schedule = every(ours)[number]
    schedule.step(1.0)
    now, rates = schedule.state_dict(), rates_of(ours)

    class Other(Schedule):
        pass

    for state in (Other(optimizer()).state_dict(), {}, {**now, "steps": -1}, {**now, "more": 1.0}):
        with pytest.raises(ValueError, match=r"load_state_dict"):
            schedule.load_state_dict(state)
    with pytest.raises(ValueError, match="expected 2 groups, got 1"):
        schedule.load_state_dict(every(optimizer(0.1))[number].state_dict())
    assert (schedule.state_dict(), rates_of(ours)) == (now, rates)


@pytest.mark.parametrize(("kind", "options"), CASES)
@settings(max_examples=20)
@given(step=st.integers(0, 1000), factor=st.floats(0.01, 100.0))
def test_a_rate_is_a_pure_function_of_the_step_that_is_never_negative(kind, options, step, factor):
    schedule = kind(optimizer(), **options)
    assert schedule.rate(step, factor) == schedule.rate(step, factor) >= 0.0
    assert schedule.steps == 0


def test_a_warm_up_before_a_plateau_does_not_look_at_the_metric():
    ours = optimizer(0.1)
    schedule, rates = WarmUp(ours, 3, then=ReduceLROnPlateau(ours, factor=0.5, patience=0)), []
    for metric in (9.0, 9.0, 9.0, 9.0, 9.0):
        rates.append(round(ours.lr, 6))
        schedule.step(metric)
    assert [*rates, ours.lr] == [0.025, 0.05, 0.075, 0.1, 0.1, 0.05]


def test_a_schedule_without_a_rule_leaves_the_rate():
    ours = optimizer(0.1)
    Schedule(ours).step()
    assert ours.lr == 0.1


def test_a_metric_may_be_a_value_and_must_be_given():
    schedule = ReduceLROnPlateau(optimizer())
    schedule.step(Value(3.0))
    assert schedule.best == 3.0
    with pytest.raises(TypeError, match=r"needs the metric to watch: schedule\.step\(loss\)"):
        schedule.step()
    assert schedule.steps == 1


@pytest.mark.parametrize(
    ("kind", "options", "error", "message"),
    [
        (StepLR, {"step_size": 0}, ValueError, "StepLR: step_size must be 1 or above, got 0"),
        (StepLR, {"step_size": 2.5}, TypeError, "step_size must be an integer"),
        (StepLR, {"step_size": 2, "gamma": 0.0}, ValueError, "gamma must be above 0"),
        (ExponentialLR, {"gamma": -1.0}, ValueError, "gamma must be above 0"),
        (CosineAnnealingLR, {"T_max": 0}, ValueError, "T_max must be 1 or above"),
        (CosineAnnealingLR, {"T_max": 5, "eta_min": -1.0}, ValueError, "eta_min must be 0 or above"),
        (ConstantLR, {"factor": math.nan}, ValueError, "factor must be finite"),
        (LinearLR, {"start_factor": 0.0}, ValueError, "start_factor must be above 0"),
        (WarmUp, {"steps": 0}, ValueError, "WarmUp: steps must be 1 or above"),
        (WarmUp, {"steps": 3, "then": StepLR(optimizer(), 3)}, ValueError, "same optimiser"),
        (WarmUp, {"steps": 3, "then": 0.1}, ValueError, "then must be a schedule"),
        (ReduceLROnPlateau, {"mode": "mni"}, ValueError, "did you mean 'min'"),
        (ReduceLROnPlateau, {"factor": 1.0}, ValueError, "factor must be from 0 to below 1"),
        (ReduceLROnPlateau, {"patience": -1}, ValueError, "patience must be 0 or above"),
    ],
)
def test_what_makes_no_schedule_is_refused(kind, options, error, message):
    with pytest.raises(error, match=message):
        kind(optimizer(), **options)


def test_a_schedule_is_made_for_an_optimiser():
    parameters = [Value(1.0)]
    with pytest.raises(TypeError, match="StepLR: expected an optimiser, got list"):
        StepLR(parameters, 3)


@pytest.mark.parametrize("state", [None, 3, ["schedule"]])
def test_what_is_no_state_is_refused(state):
    schedule = StepLR(optimizer(), 3)
    with pytest.raises(
        TypeError, match=r"StepLR\.load_state_dict: expected what state_dict\(\) returns, got"
    ):
        schedule.load_state_dict(state)


def test_a_plateau_looks_at_a_loss_as_it_is():
    w = Value(2.0)
    schedule = ReduceLROnPlateau(SGD([w], lr=0.1), factor=0.5, patience=0)
    for _ in range(2):
        schedule.step(w * w)
    assert schedule.lr == 0.05
