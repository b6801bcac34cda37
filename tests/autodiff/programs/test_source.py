"""What a program is written as, and that it computes what its listing says."""

import math
import re
import subprocess
import sys
import threading
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value, elementwise, gradients, primitive, where
from autodiff.graph import Graph
from autodiff.programs.listing import Line, Listing, Origin
from autodiff.programs.loading import loaded
from autodiff.programs.saving import saved
from autodiff.programs.source import written
from autodiff.testing import Domain, edge_numbers, expressions, numbers

NUMBERS = edge_numbers() | numbers(Domain(-3.0, 3.0))


def listing_of(outputs, inputs, origin=None):
    """Recorded Values as a listing."""
    lines = [Line("input", x._data, name=x.name) for x in inputs]
    known, at = {x._birth: i for i, x in enumerate(inputs)}, {}
    graph = Graph(list(outputs))
    for node in graph:
        value = node.source if type(node.source) is Value else None
        if value is not None and value._birth in known:
            at[node.id] = known[value._birth]
            continue
        at[node.id] = len(lines)
        inputs_of = tuple(at[i] for i in node.inputs)
        kind = "computed" if node.operation else "constant"
        lines.append(Line(kind, node.data, node.operation, inputs_of, node.metadata, node.name, origin))
    return Listing(lines, tuple(at[node.id] for node in graph.outputs))


def inputs_named(*data):
    return [Value(x, name) for x, name in zip(data, "xyzuvw", strict=False)]


def compiled(f, *data, name="f"):
    """A program of what f computes, from one call of it."""
    inputs = inputs_named(*data)
    outputs = f(*inputs)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return written(listing_of(outputs, inputs), name, "What f computes.")


def lines_of(source):
    """The lines of a program's function, without its head."""
    body = source[source.rindex("def ") :].splitlines()[1:]
    return [line.strip() for line in body if not line.strip().startswith(('"""', "buffer"))]


def with_gradient(f):
    """The value of f and its gradient, as Values."""

    def both(*inputs):
        y = f(*inputs)
        return [y, *gradients(y, list(inputs), create_graph=True)]

    return both


def bits(results):
    """What results are, to the last bit; one nan is as good as another."""
    arrays = [np.where(np.isnan(x), np.nan, x).astype(np.asarray(x).dtype) for x in results]
    return [(type(x), y.dtype, y.shape, y.tobytes()) for x, y in zip(results, arrays, strict=True)]


# -- how it reads ----------------------------------------------------------------------------------


def test_numbers_are_written_as_arithmetic():
    source = compiled(lambda x, y: (x - (y - 2.0)) * -x / y**2, 3.0, 4.0)
    assert lines_of(source) == ["t1 = (x - (y - 2.0)) * -x / y ** 2.0", "return t1,"]


def test_the_lectures_network_is_its_formulas():
    network = nn.lecture.network()
    a = network(3.0, -2.0)
    source = written(listing_of([a], network.parameters()), "network", "")
    assert lines_of(source) == [
        "z1_1 = w11_1 * 3.0 + w12_1 * -2.0 + b1_1",
        "z2_1 = w21_1 * 3.0 + w22_1 * -2.0 + b2_1",
        "a1_1 = sigmoid(z1_1)",
        "a2_1 = sigmoid(z2_1)",
        "a1_2 = w11_2 * a1_1 + w12_2 * a2_1 + b1_2",
        "return a1_2,",
    ]


def test_arrays_are_written_into_the_memory_of_what_is_no_longer_needed():
    source = compiled(lambda x, y: ad.sum(ad.sigmoid(x @ y + 1.0)), np.ones((3, 2)), np.ones((2, 4)))
    assert lines_of(source) == [
        "t1 = x.dot(y, out=buffer1)",
        "t2 = np.add(t1, _1, out=t1)",
        "t3 = np.negative(t2, out=t2)",
        "t4 = np.exp(t3, out=t3)",
        "t5 = np.add(_1, t4, out=t4)",
        "t6 = np.reciprocal(t5, out=t5)",
        "t7 = float(np.add.reduce(t6, None, keepdims=False))",
        "return t7,",
    ]


def test_a_line_of_the_users_code_stands_above_what_it_became():
    origin = Origin("model.py:3", "y = x * x")
    x = Value(3.0, "x")
    source = written(listing_of([x * x], [x], origin), "f", "")
    assert lines_of(source) == ["# y = x * x", "t1 = x * x", "return t1,"]


def test_names_that_mean_something_to_python_are_not_overwritten():
    inputs = [Value(2.0, name) for name in ("exp", "float", "np", "lambda", "memory", "x y", "1")]
    y = ad.exp(inputs[0]) * sum(inputs[1:])
    f = loaded(written(listing_of([y], inputs), "exp", ""))
    assert f(*[2.0] * 7) == (y.data,)


def test_the_same_listing_gives_the_same_text():
    def text():
        f = with_gradient(lambda x, y: ad.sum(ad.tanh(x) * y[0]))
        return str(compiled(f, np.ones(3), np.ones((2, 3))))

    assert text() == text()


def test_a_long_listing_is_written_in_proportion_to_its_length():
    x = y = Value(0.5, "x")
    for _ in range(3000):
        y = ad.sin(y) * 1.01
    f = loaded(written(listing_of([y], [x]), "f", ""))
    assert f(0.5) == (y.data,)


def test_long_lists_of_names_are_broken():
    inputs = [Value(float(i), f"a_rather_long_name_{i}") for i in range(30)]
    source = written(listing_of([sum(inputs)], inputs), "f", "")
    assert max(map(len, source.splitlines())) <= 100
    assert loaded(source)(*map(float, range(30))) == (435.0,)


# -- what it computes ------------------------------------------------------------------------------


def where_not_zero(x, y):
    return where(x, y, 1.0)


OPERATIONS: list[Any] = ["elementwise", nn.gelu, nn.elu, where_not_zero]
"""Without comparisons, which are recorded as they came out."""
OF_NUMBERS = expressions(OPERATIONS, arrays=False, inputs=[(), ()])


def test_what_a_program_brings_along_computes_numbers_in_double_precision():
    """The text of gelu calls the text of erf with a Python float, whose dtype gives way to any other."""
    program = loaded(compiled(lambda x, y: nn.gelu(x) + y, 0.0, 0.0))
    (found,) = program(math.e, 0.0)
    assert abs(found - 0.5 * math.e * (1.0 + math.erf(math.e * math.sqrt(0.5)))) < 1e-14


@given(f=OF_NUMBERS, first=st.tuples(NUMBERS, NUMBERS), second=st.tuples(NUMBERS, NUMBERS))
@settings(deadline=None, max_examples=150)
def test_numbers_are_those_of_the_recorded_operations_to_the_last_bit(f, first, second):
    """Overflow, division by zero and what leaves a domain included."""
    program = loaded(compiled(f, *first))
    with np.errstate(all="ignore"):
        assert bits(program(*second)) == bits([f(*inputs_named(*second)).data])


@given(expressions([*OPERATIONS, "sum"], output="any"))
@settings(deadline=None, max_examples=150)
def test_arrays_are_those_of_the_recorded_operations_to_the_last_bit(f):
    with np.errstate(all="ignore"):
        inputs = inputs_named(*f.inputs)
        y = f(*inputs)
        program = loaded(written(listing_of([y, again := ad.sum(inputs[0]) * y], inputs), "f", ""))
        for _ in range(2):
            assert bits(program(*[x.data for x in inputs])) == bits([y.data, again.data])


def test_a_float_takes_part_in_arithmetic_of_less_precision_where_numbers_fail():
    x, y = np.float32([1.0, 2.0]), 0.0
    inputs = inputs_named(x, 1.0)
    f = loaded(written(listing_of([inputs[0] * (1.0 / inputs[1])], inputs), "f", ""))
    (result,) = f(x, y)
    assert result.dtype == np.float32
    assert result.tolist() == [np.inf, np.inf]


# -- whose memory it is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        lambda x: [x * 2.0, ad.exp(x * 2.0)],
        lambda x: [x.T, x.reshape(-1), x[0], x],
        lambda x: [ad.sum(x * 1.0, axis=0), (x + 1.0).T],
        lambda x: [(y := x + 1.0), y],
        lambda x: [Value(np.ones((2, 3)), constant=True) * 1.0, x * 0.0],
    ],
)
def test_results_belong_to_the_caller(f):
    x = np.arange(6.0).reshape(2, 3)
    program = loaded(compiled(f, x))
    first = program(x)
    kept = bits(first)
    second = program(x + 1.0)
    assert bits(first) == kept
    arrays = [*first, *second, x]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(arrays) for b in arrays[:i])
    assert np.array_equal(x, np.arange(6.0).reshape(2, 3))


def test_results_are_no_views_of_an_input_of_another_layout():
    """Of one laid by columns, reshape in that order makes a view, and a copy of one laid by rows."""
    program = loaded(compiled(lambda x: [x.T.reshape(-1), x.reshape(-1, order="F")], np.ones((2, 3))))
    x = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert not any(np.shares_memory(result, x) for result in program(x))


def test_an_operation_that_fails_for_the_example_of_an_input_is_called_as_it_is():
    x = Value(np.array([[4.0, 1.0], [1.0, 3.0]]), "x")
    shape = np.broadcast_to(0.0, (2, 2))
    listing = listing_of([ad.linalg.inv(x - np.eye(2)), ad.linalg.slogdet(x - np.eye(2))[1]], [x])
    told = [line if line.kind == "constant" else line._replace(data=shape) for line in listing.lines[:2]]
    program = loaded(written(Listing([*told, *listing.lines[2:]], listing.outputs), "f", ""))
    y = x.data - np.eye(2)
    assert bits(program(x.data)) == bits([np.linalg.inv(y), float(np.linalg.slogdet(y)[1])])


def test_a_part_of_what_an_unknown_function_made_is_no_part_of_what_it_was_given():
    @primitive(dx=None)
    def twice(x, /):
        for _ in range(1):
            x = np.concatenate([x, x])
        return x

    x = np.arange(3.0)
    program = loaded(compiled(lambda x: ad.exp(twice(x * 2.0)[2:4]), x))
    assert program(x)[0].tolist() == np.exp([4.0, 0.0]).tolist()


def small_ones(x):
    """Numbers such as a program's own examples are refused, so that no more is known than was recorded."""
    if x.max() < 4.0:
        raise ValueError("too small")


def nothing(x):
    """No numbers are refused."""


@pytest.mark.parametrize("refuse", [nothing, small_ones])
def test_what_may_be_a_view_of_memory_keeps_it_from_being_used_again(refuse):
    @primitive(dx=None)
    def turned(x, /):
        for _ in range(1):
            refuse(x)
        return x[::-1]

    @primitive(dx=None)
    def both(x, /):
        for _ in range(1):
            refuse(x)
        return x[::-1], x

    def unlike(x):
        y = x * 2.0
        z, (a, b) = turned(y), both(y * 3.0)
        return ad.exp(y) - z - ad.exp(a) * b

    x = np.arange(3.0)
    y = 2.0 * x
    wanted = np.exp(y) - y[::-1] - np.exp(3.0 * y[::-1]) * (3.0 * y)
    np.testing.assert_allclose(ad.compile(unlike)(x), wanted, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("refuse", [nothing, small_ones])
def test_a_number_of_an_unknown_function_has_the_type_that_it_has_eagerly(refuse, dtype):
    @primitive(dx=None)
    def total(x, /):
        for _ in range(1):
            refuse(x)
        return np.sum(x)

    x = np.array([0.0, 2.0, 4.0], dtype)
    found = ad.compile(lambda x: total(x + x))(x)
    assert type(found) is type(total(Value(x)).data)
    assert found == 12.0


@pytest.mark.parametrize("shape", [(3, 3), (2, 3)])
def test_a_long_chain_of_products_needs_no_more_memory_than_a_short_one(shape):
    def chain(n):
        return lambda x: ad.sum(reduce(lambda y, _: (y @ x.T) @ x, range(n), x))

    short, long = (str(compiled(chain(n), np.ones(shape))).count("np.empty") for n in (3, 30))
    assert short == long


def test_threads_share_a_program():
    program = loaded(compiled(lambda x: ad.exp(ad.sin(x) @ ad.cos(x)) + 1.0, np.ones((40, 40))))
    wrong = []

    def work(seed):
        x = np.random.default_rng(seed).normal(size=(40, 40))
        expected = bits(program(x))
        wrong.extend(1 for _ in range(100) if bits(program(x)) != expected)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_program_may_be_called_while_it_runs():
    """As by a destructor, or by a function of the user's that it calls."""
    calls = []

    @primitive(dx=None)
    def echo(x, /):
        if calls:
            calls.pop()(x)
        return x + 0.0 if x.sum() else x

    program = loaded(compiled(lambda x: echo(x * 2.0) * (x + 1.0), np.ones(3)))
    plain = bits(program(np.ones(3)))
    calls.append(lambda x: program(x * 5.0))
    assert bits(program(np.ones(3))) == plain


# -- saving ----------------------------------------------------------------------------------------

ALONE = """
import sys
sys.modules["autodiff"] = None
import warnings
warnings.simplefilter("error")
import numpy as np
from program import f
"""


def alone(tmp_path, source, code):
    """What code prints in a process that has NumPy and the saved program."""
    (tmp_path / "program.py").write_text(saved(source), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", ALONE + code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@elementwise(dx=lambda y, x, rate: rate * y)
def growth(x, /, rate=2.0):
    """Growth at a rate."""
    y = np.ones_like(x)
    for _ in range(3):
        y = y * step(x, rate)
    return y


def step(x, rate):
    return 1.0 + rate * x


def test_a_saved_program_needs_numpy_only(tmp_path):
    x, y = np.linspace(-1.0, 1.0, 200), 0.5
    large = np.sin(np.arange(200.0))

    def f(x, y):
        return ad.sum(growth(x * large) * y + ad.sigmoid(x[::2]).sum() * ad.erf(y)) * ad.softplus(y)

    source = compiled(with_gradient(f), x, y)
    code = "print([np.asarray(r).tobytes().hex() for r in f(np.linspace(-1.0, 1.0, 200), 0.5)])"
    assert alone(tmp_path, source, code) == str([np.asarray(r).tobytes().hex() for r in loaded(source)(x, y)])


def test_a_saved_program_overflows_divides_by_zero_and_leaves_domains_as_numpy_does(tmp_path):
    source = compiled(lambda x, y: [ad.exp(x) / y, ad.log(y) * x**0.5, ad.sigmoid(-x) + x % y], 1.0, 1.0)
    points = [(1000.0, 0.0), (-1.0, -1.0), (-1000.0, 2.0), (float("inf"), 1.0)]
    code = f"from math import inf\nprint([f(*p) for p in {points}])"
    assert alone(tmp_path, source, code) == str([loaded(source)(*point) for point in points])


def test_a_saved_program_takes_the_other_form_where_its_last_result_is_nan(tmp_path):
    x = Value(2.0, "x")
    main, other = listing_of([x / x, x / x], [x]), listing_of([x + 7.0], [x])
    source = written(main, "f", "", fallback=other)
    assert (loaded(source)(2.0), loaded(source)(0.0)) == ((1.0,), (7.0,))
    assert alone(tmp_path, source, "print(f(2.0), f(0.0))") == "(1.0,) (7.0,)"


def test_a_saved_program_says_which_input_does_not_fit(tmp_path):
    source = compiled(lambda x, y: ad.sum(x) * y, np.ones((2, 3), np.float32), 1.0)
    code = """
x = np.ones((2, 3), np.float32)
for given in [(x.T, 1.0), (np.ones((2, 3)), 1.0), (x, [1.0])]:
    try:
        f(*given)
    except (TypeError, ValueError) as error:
        print(f"{type(error).__name__}: {error}")
print(f([[1, 2, 3], [4, 5, 6]], y=np.float64(2.0)))
"""
    assert alone(tmp_path, source, code).splitlines() == [
        "ValueError: f: x must have shape (2, 3), got (3, 2)",
        "TypeError: f: x must be of dtype float32, got float64; convert it first",
        "ValueError: f: y must have shape (), got (1,)",
        "(np.float32(42.0),)",
    ]


def test_a_saved_program_tells_what_it_computes(tmp_path):
    source = compiled(lambda x, y: ad.sum(x) * y, np.ones((2, 3)), 1.0)
    printed = alone(tmp_path, source, "import program\nprint(program.__doc__, f.__doc__)\nhelp(f)")
    assert "What f computes." in printed
    assert "x  float64 (2, 3)" in printed
    assert "f(x, y)" in printed


def test_a_function_without_source_runs_but_is_not_saved():
    names = {"np": np, "primitive": primitive}
    exec("@primitive(dx=None)\ndef unseen(x, /):\n    return np.asarray(x)[::-1] * 2.0", names)
    source = compiled(names["unseen"], np.arange(3.0))
    assert loaded(source)(np.arange(3.0))[0].tolist() == [4.0, 2.0, 0.0]
    with pytest.raises(ValueError, match="f cannot be saved: there is no text for unseen"):
        saved(source)


@pytest.mark.parametrize("n", [2, 3])
def test_a_product_is_not_written_into_the_memory_of_its_factors(n):
    x, y = np.random.default_rng(n).normal(size=(2, n, n))
    program = ad.compile(lambda x, y: ad.exp((x * 2.0) @ (y * 3.0)) + 1.0)
    np.testing.assert_allclose(program(x, y), np.exp((x * 2.0) @ (y * 3.0)) + 1.0)
    (product,) = (line for line in program.source.splitlines() if ".dot(" in line)
    _, first, second, memory = re.fullmatch(r" *(\w+) = (\w+)\.dot\((\w+), out=(\w+)\)", product).groups()
    assert memory not in (first, second)


def test_an_entry_as_an_array_without_axes_is_written_where_it_is_used():
    source = ad.compile(lambda x: x[0, ...]).source_of(np.ones(3, np.float32))
    assert "x[0, ...][()]" in source
    assert "def getitem" not in source


def test_a_repeated_number_beside_a_condition_is_the_number():
    chosen = ad.compile(lambda x: ad.where(x > np.full((2, 3), 1.0), np.full((2, 3), 2.0), x))
    source = chosen.source_of(np.ones((2, 3)))
    assert "np.greater(x, _1, " in source
    assert "np.where(t1, 2.0, x)" in source
    repeated = ad.compile(lambda x, y: ad.where(x > 1.0, ad.broadcast_to(y, (2, 3)), x))
    assert "np.where(t1, y, x)" in repeated.source_of(np.ones((2, 3)), np.ones(3))
