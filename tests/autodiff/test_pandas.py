"""Values meet pandas: its operators leave theirs to Value, and what asks for an array says .to_numpy()."""

import operator
import subprocess
import sys

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, gradients

pd = pytest.importorskip("pandas")

FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
SERIES = pd.Series([1.0, 2.0], name="s")
SIGNS = ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv")


@pytest.mark.parametrize(
    "data", [FRAME, SERIES, pd.Index([1.0, 2.0]), pd.Series([1, 2], dtype="Int64")], ids=type
)
@pytest.mark.parametrize("other", [2.0, [2.0, 3.0]], ids=str)
@pytest.mark.parametrize("sign", SIGNS)
def test_operators_record_on_either_side(data, other, sign):
    apply, plain = getattr(operator, sign), np.asarray(data, float)
    for y, expected in (
        (apply(data, value := Value(other)), apply(plain, value.data)),
        (apply(value, data), apply(value.data, plain)),
    ):
        assert type(y) is Value
        np.testing.assert_allclose(y.data, expected)
        assert gradients(y.sum(), value).shape == value.shape if value.shape else True


@pytest.mark.parametrize("data", [FRAME, SERIES], ids=type)
def test_functions_of_numpy_record_and_values_are_made(data):
    v = Value([2.0, 3.0])
    for y in (np.add(data, v), np.multiply(v, data), np.dot(data, v), v @ data, np.maximum(data, v)):
        assert type(y) is Value
    assert Value(data).data.dtype == np.float64
    np.testing.assert_array_equal(Value(data).data, data.to_numpy())


ASKING = {
    "DataFrame.__matmul__": lambda v: FRAME @ v,
    "Series.__matmul__": lambda v: SERIES @ v,
    "DataFrame.dot": lambda v: FRAME.dot(v),
    "DataFrame.mul": lambda v: FRAME.mul(v),
    "DataFrame.assign": lambda v: FRAME.assign(c=v),
    "Series.__init__": lambda v: pd.Series(v),
}


@pytest.mark.parametrize("name", ASKING)
def test_what_asks_for_an_array_says_what_to_write(name):
    message = (
        rf"does not become an array for pandas\.{name}: .*take \.to_numpy\(\) of the Series or DataFrame"
    )
    with pytest.raises(TypeError, match=message):
        ASKING[name](Value([2.0, 3.0]))


def test_comparisons_give_plain_answers_and_text_is_refused():
    assert (Value(1.5) < FRAME).equals(FRAME > 1.5)
    assert operator.gt(FRAME, Value(1.5)).equals(FRAME > 1.5)
    with pytest.raises(TypeError, match="real numbers, got dtype"):
        Value([1.0, 2.0]) * pd.Series(["a", "b"])


def test_a_regression_on_a_frame_has_its_slope():
    def loss(w):
        return ((FRAME * w).sum(axis=1) - SERIES).dot(SERIES)

    expected = FRAME.to_numpy().T @ SERIES.to_numpy()
    np.testing.assert_allclose(ad.grad(loss)(np.ones(2)), expected)


def test_pandas_is_not_imported():
    run = "import sys, autodiff; print('pandas' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", run], capture_output=True, check=True).stdout.strip()
        == b"False"
    )
