"""no_grad and detect_anomaly, in threads and tasks; and graphs built side by side."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, detect_anomaly, gradients, no_grad
from autodiff.checking.anomaly import cause_of_nan


def test_no_grad_records_nothing():
    w = Value([1.0, 2.0], "w")
    with no_grad():
        y = (w * w).sum()
        parts = ad.split(w, 2)
    assert y.constant
    assert y._operation is None
    assert all(part.constant for part in parts)
    assert not (w * 2.0).constant


def test_no_grad_as_a_decorator():
    @no_grad()
    def predict(x):
        return x * 2.0

    assert predict(Value(1.0)).constant


def test_no_grad_belongs_to_its_thread():
    with no_grad(), ThreadPoolExecutor(1) as pool:
        assert not pool.submit(lambda: (Value(1.0) * 2.0).constant).result()
        assert (Value(1.0) * 2.0).constant


def test_no_grad_belongs_to_its_task():
    async def quiet(started, checked):
        with no_grad():
            started.set()
            await checked.wait()
            return (Value(1.0) * 2.0).constant

    async def main():
        started, checked = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(quiet(started, checked))
        await started.wait()
        outside = (Value(1.0) * 2.0).constant
        checked.set()
        return outside, await task

    assert asyncio.run(main()) == (False, True)


def test_threads_build_and_differentiate_graphs_at_the_same_time():
    def work(seed):
        x = Value(float(seed))
        y = x
        for _ in range(2000):
            y = y * 0.999 + x
        return gradients(y, x)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(8))) == [work(0)] * 8


def test_anomaly_in_the_forward_pass_names_operation_inputs_line_and_remedy():
    p = Value([0.5, 0.0], "p")
    with detect_anomaly(), np.errstate(all="ignore"), pytest.raises(FloatingPointError) as caught:
        ad.log(p)  # the guilty line
    message = str(caught.value)
    for part in ("log made -inf", "'p' of shape (2,)", "test_modes.py", "the guilty line", "log_softmax"):
        assert part in message


@pytest.mark.parametrize(
    ("f", "x", "parts"),
    [
        (
            lambda x: ad.sqrt(x),
            0.0,
            ("gradient of sqrt", "'x' is inf", "infinite at 0", "recorded at test_modes.py"),
        ),
        (lambda x: x / ad.sqrt(x * x + 0.0), 0.0, ("divide made nan", "norm")),
    ],
)
def test_anomaly_in_the_backward_pass(f, x, parts):
    v = Value(x, "x")
    with detect_anomaly(), pytest.raises(FloatingPointError) as caught:
        f(v).backward()
    for part in parts:
        assert part in str(caught.value)
    assert v.grad is None


def test_anomaly_names_what_was_absorbed():
    x = Value(0.0, "x")
    with detect_anomaly():
        y = ad.where(x > 0, ad.sqrt(x), 0.0)
        with pytest.warns(RuntimeWarning, match=r"0·∞ taken for 0 in the gradient of sqrt at 'x' = 0.0"):
            assert gradients(y, x) == 0.0


def test_anomaly_names_element_writes_into_a_leaf():
    w = Value([1.0, 2.0], "w")
    with detect_anomaly():
        y = (w * w).sum()
        w.data[0] = 5.0
        with pytest.raises(
            ValueError, match="elements of 'w' of shape \\(2,\\) were written into after multiply"
        ):
            y.backward()


def test_a_healthy_pass_is_the_same_under_detect_anomaly():
    w = Value([1.0, 2.0])
    with detect_anomaly():
        watched = gradients((ad.exp(w) / w.sum()).sum(), w)
    np.testing.assert_array_equal(watched, gradients((ad.exp(w) / w.sum()).sum(), w))


def test_detect_anomaly_inside_no_grad_still_names_the_operation():
    with no_grad(), detect_anomaly(), pytest.raises(FloatingPointError, match="log made -inf"):
        ad.log(Value(0.0))


# -- the cause of nan ----------------------------------------------------------------------------


def test_the_cause_of_nan_is_where_it_was_made_not_where_a_mask_hid_it():
    x = Value([0.0, 4.0], "x")
    hidden = lambda: ad.where(x > 0.0, ad.log(x), 0.0).sum()  # noqa: E731
    assert cause_of_nan(lambda: gradients(hidden(), [x])) == ""
    told = cause_of_nan(lambda: gradients(hidden() + ad.log(x - 1.0).sum(), [x]))
    assert told.startswith("log made nan of a value of shape (2,), recorded at test_modes.py:")
    told = cause_of_nan(lambda: gradients(hidden() + ad.sqrt(x).sum(), [x]))
    assert told.startswith("the gradient of sqrt with respect to 'x'")
    assert "add a small constant" in told


def test_the_cause_of_nan_is_nothing_where_all_is_finite_or_f_fails():
    x = Value(2.0)
    assert cause_of_nan(lambda: gradients(x * x, [x])) == ""
    assert cause_of_nan(lambda: 1 / 0) == ""
