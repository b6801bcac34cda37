"""Programs as they are called: arguments, results, captured Values, versions, threads."""

import inspect
import runpy
import threading
from collections import defaultdict, namedtuple
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value, detect_anomaly, value_and_grad, where
from autodiff.programs import Program
from autodiff.programs import compile as compiled

Point = namedtuple("Point", "x y")


def same(found, wanted):
    """Whether two structures are equal, with their types."""
    assert type(found) is type(wanted)
    if isinstance(wanted, dict):
        assert list(found) == list(wanted)
        return all(same(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, (list, tuple)):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(wanted, Value):
        return wanted.constant is found.constant and same(found.data, wanted.data)
    np.testing.assert_array_equal(found, wanted)
    return getattr(found, "dtype", None) == getattr(wanted, "dtype", None)


# -- arguments and results ---------------------------------------------------------------------

STRUCTURES = {
    "numbers": (lambda x, y: x * y, (2.0, 3.0)),
    "arrays": (lambda x, y: x @ y, (np.ones((2, 3)), np.arange(3.0))),
    "one entry": (lambda x: (x * 2.0,), (3.0,)),
    "a list": (lambda theta: [x * 2.0 for x in theta], ([1.0, np.ones(2)],)),
    "a tuple of lists": (lambda t: (t[0][0], [t[1][0]]), (([1.0], [np.ones(2)]),)),
    "a dict": (lambda theta: {"out": theta["w"] * theta["b"]}, ({"w": 2.0, "b": np.ones(2)},)),
    "a named tuple": (lambda p: Point(p.y, p.x * 2.0), (Point(1.0, 2.0),)),
    "a default dict": (lambda d: d["x"] * d["y"], (defaultdict(float, x=2.0, y=3.0),)),
    "an empty list": (lambda theta: theta, ([],)),
    "nothing": (lambda x: None, (1.0,)),
    "what is always returned": (lambda x: (x, "name", None, 3, True, 2.5), (1.0,)),
    "the argument": (lambda x: x, (np.ones(3),)),
    "no argument": (lambda: ad.exp(Value(1.0, constant=True)), ()),
    "float32": (lambda x: x * 2.0, (np.ones(3, np.float32),)),
    "a float32 number": (lambda x: x * 2.0, (np.float32(1.5),)),
    "an empty array": (lambda x: ad.sum(x) + x, (np.ones((0, 3)),)),
    "a gradient": (
        value_and_grad(lambda t: ad.sum(t["w"] * t["w"]) * t["b"]),
        ({"w": np.ones(3), "b": 2.0},),
    ),
}


@pytest.mark.parametrize("case", STRUCTURES.values(), ids=STRUCTURES)
def test_results_come_in_the_structure_and_with_the_types_of_f(case):
    f, args = case
    program = compiled(f)
    wanted = f(*args)
    wanted = wanted.data if isinstance(wanted, Value) else wanted
    assert same(program(*args), wanted)
    assert same(program(*args), wanted)
    assert len(program.versions) == 1


def test_whole_numbers_and_numpys_stand_for_floats():
    program = compiled(lambda x, y: x / y)
    for args in [(3.0, 2.0), (3, 2), (np.float64(3.0), np.int64(2)), (np.array(3.0), np.array(2))]:
        assert program(*args) == 1.5
    assert len(program.versions) == 1


@pytest.mark.parametrize("make", [list, tuple])
def test_a_long_row_of_numbers_is_checked_as_a_whole(make):
    recordings = []

    def f(rows, last):
        recordings.append(rows)
        return make(x * x for x in rows[0]), last * sum(rows[0])

    program = compiled(f)
    row = make(float(i) for i in range(7))
    for entries in (row, make(range(7)), make(map(np.float64, row)), make([*row[:6], 6])):
        assert same(program([entries], 2.0), (make(x * x for x in row), 42.0))
    assert len(recordings) == 2
    assert program([make([*row, 1.0])], 2.0)[1] == 44.0
    assert program([make([*row[:6], np.ones(2)])], 2.0)[1].tolist() == [32.0, 32.0]
    assert isinstance(program([make([*row[:6], Value(6.0)])], 2.0)[1], Value)
    with pytest.raises(TypeError):
        program([make([*row[:6], {1.0}])], 2.0)
    assert same(program([row], 2.0), (make(x * x for x in row), 42.0))


@given(
    st.recursive(st.floats(-9.0, 9.0), lambda x: st.lists(x, max_size=40) | st.tuples(x, x), max_leaves=200)
)
def test_many_results_come_back_in_the_structure_of_eager_code(x):
    def doubled(x):
        return type(x)(map(doubled, x)) if isinstance(x, (list, tuple)) else 2.0 * x

    program = compiled(lambda x: (doubled(x), doubled(x)))
    for _ in range(3):
        assert same(program(x), (doubled(x), doubled(x)))


@pytest.mark.parametrize("make", [list, tuple])
def test_a_hundred_results_and_more_come_back_as_one_row(make):
    program = compiled(lambda row: make(2.0 * a for a in row))
    row = [float(i) for i in range(150)]
    for _ in range(3):
        assert same(program(row), make(2.0 * a for a in row))


def test_hundreds_of_numbers_make_a_gradient_of_as_many():
    program = compiled(value_and_grad(lambda x: sum(a * b for row in x for a, b in row)))
    rows = [[(float(i), float(j)) for i in range(20)] for j in range(10)]
    for _ in range(2):
        value, slopes = program(rows)
        assert value == 190.0 * 45.0
        assert same(slopes, [[(b, a) for a, b in row] for row in rows])


def test_an_array_of_whole_numbers_is_one_of_floats_and_a_mask_stays_a_mask():
    program = compiled(lambda x, mask: where(mask, x / 2.0, 0.0) * mask)
    np.testing.assert_array_equal(program(np.arange(3), np.array([True, True, False])), [0.0, 0.5, 0.0])


def test_columns_evaluate_all_observations():
    network = nn.lecture.network()
    program = compiled(lambda x1, x2: network(x1, x2))
    X, _ = nn.lecture.observations()
    np.testing.assert_array_equal(program(*X.T).data, [network(*x).data for x in X])


def test_arguments_by_name_and_defaults():
    def f(x, scale=2.0, *, shift=0.0):
        return x * scale + shift

    program = compiled(f)
    assert [program(3.0), program(3.0, 5.0), program(3.0, shift=1.0), program(x=1.0, scale=4.0)] == [
        6,
        15,
        7,
        4,
    ]
    assert program(3.0, shift=2.0) == 8.0
    assert inspect.signature(program) == inspect.signature(f)
    assert program.__name__ == "f"


def test_settings_choose_the_version():
    def f(x, reduction="sum", squared=False, axis=None):
        y = x * x if squared else x
        return {"sum": ad.sum, "mean": ad.mean}[reduction](y, axis)

    program = compiled(f)
    x = np.array([1.0, 2.0])
    assert (program(x), program(x, "mean"), program(x, squared=True), program(x, "sum", False)) == (
        3,
        1.5,
        5,
        3,
    )
    assert len(program.versions) == 4


def test_a_static_argument_is_python():
    def power(x, n, sizes):
        result = 1.0
        for _ in range(n):
            result = result * x
        return result * sizes[0]

    for static in (["n", "sizes"], (1, 2)):
        program = compiled(power, static=static)
        assert program(2.0, 3, (1, 2)) == 8.0
        assert program(2.0, 4, sizes=(1, 2)) == 16.0
        assert len(program.versions) == 2
    with pytest.raises(TypeError, match=r"static argument sizes is a list, which cannot be hashed"):
        program(2.0, 3, [1])
    with pytest.raises(ValueError, match=r"static names 'm', which is not a parameter; they are x, n, sizes"):
        compiled(power, static="m")


def test_a_decorator_with_and_without_options():
    @compiled
    def f(x):
        return x * x

    @compiled(static="n", keep=2)
    def g(x, n):
        return x**n

    assert (f(3.0), g(3.0, 2)) == (9.0, 9.0)


def test_a_bound_method_and_a_partial_can_be_compiled():
    layer = nn.Linear(2, 1, initialize="zeros")
    np.testing.assert_array_equal(compiled(layer.forward)(np.ones((1, 2))).data, [[0.0]])
    assert compiled(partial(lambda a, x: a * x, 3.0))(2.0) == 6.0


def test_a_method_is_compiled_with_self_static():
    class Line:
        def __init__(self, slope):
            self.slope = Value(slope)

        @compiled(static="self")
        def value(self, x):
            return self.slope * x

        @compiled
        def wrong(self, x):
            return x

    first, second = Line(2.0), Line(5.0)
    assert (first.value(3.0).data, second.value(3.0).data, first.value(1.0).data) == (6.0, 15.0, 2.0)
    with pytest.raises(TypeError, match=r"the argument self is a Line"):
        first.wrong(1.0)


def test_a_result_that_hides_values_is_refused():
    with pytest.raises(TypeError, match="returned a set: return numbers and arrays"):
        compiled(lambda x: {x})(1.0)


def test_what_is_no_argument_is_refused():
    with pytest.raises(TypeError, match=r"the argument model is a Linear; .* closure of f"):
        compiled(lambda model, x: model(x))(nn.Linear(2, 1), np.ones((1, 2)))
    with pytest.raises(TypeError, match=r"the argument x: data must be real numbers, got dtype complex128"):
        compiled(lambda x: x)(1j * np.ones(2))
    with pytest.raises(TypeError, match=r"the argument x\[1\] is a set"):
        compiled(lambda x: x[0])([1.0, {2.0}])
    with pytest.raises(TypeError, match="compile takes a function, got 3"):
        compiled(3)


def test_errors_of_f_are_those_of_f():
    with pytest.raises(ValueError, match=r"matmul: .* expected inner sizes to agree"):
        compiled(lambda x, y: x @ y)(np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        compiled(lambda x, y: x)(1.0)


# -- memory ------------------------------------------------------------------------------------


def test_results_belong_to_the_caller():
    weights = Value(np.ones(3), "w", constant=True)
    table = np.ones(3)

    def f(x):
        y = x * 2.0
        return x, y, y, y[1:], y.reshape(3, 1), weights, x[::-1], table, np.ones(3)

    program, x = compiled(f), np.arange(3.0)
    first = program(x)
    kept = [y.copy() for y in first]
    everything = [x, weights.data, table, *first, *program(x + 1.0)]
    for i, a in enumerate(everything):
        assert not any(np.shares_memory(a, b) for b in everything[i + 1 :])
    for y, before in zip(first, kept, strict=True):
        np.testing.assert_array_equal(y, before)
        y[...] = 7.0
    for y, before in zip(program(x), kept, strict=True):
        np.testing.assert_array_equal(y, before)


def test_arguments_are_not_written_into():
    x = np.arange(6.0).reshape(2, 3)
    x.flags.writeable = False
    program = compiled(value_and_grad(lambda v: ad.sum(ad.exp(v * v) + v)))
    for _ in range(3):
        program(x)
    np.testing.assert_array_equal(x, np.arange(6.0).reshape(2, 3))


# -- versions, threads -------------------------------------------------------------------------


def test_the_versions_used_last_are_kept():
    program = compiled(lambda x: x * 2.0, keep=3)
    for n in (1, 2, 3, 1, 4):
        np.testing.assert_array_equal(program(np.ones(n)), np.full(n, 2.0))
    assert [repr(version) for version in program.versions] == [
        "<version program(x: (3,))>", "<version program(x: (1,))>", "<version program(x: (4,))>"
    ]  # fmt: skip
    assert repr(program) == "<program program, 3 versions>"


def test_the_source_is_that_of_the_version_used_last():
    def square(x):
        return x * x

    program = compiled(square)
    with pytest.raises(ValueError, match=r"no source yet: call it first, or source_of"):
        program.source  # noqa: B018
    assert "def square(" in program.source_of(2.0)
    numbers = program.source
    program(np.ones(3))
    assert program.source != numbers
    program(2.0)
    program(np.ones(3))
    assert program.source_of(3.0) == numbers


def test_a_saved_program_computes_the_same_without_this_package(tmp_path):
    w = Value(np.array([1.0, 4.0]), "w")

    def loss(x):
        return ad.sum(where(x > 0.0, ad.sqrt(x), 0.0) * w)

    program = compiled(value_and_grad(loss))
    x, zero = np.array([4.0, 9.0]), np.zeros(2)
    wanted = [value_and_grad(loss)(each) for each in (x, zero)]
    program(x)
    path = program.save(tmp_path / "gradient.py")
    assert "autodiff" not in path.read_text().replace("autodiff's compile", "")
    names = runpy.run_path(str(path))
    for each, (value, gradient) in zip((x, zero), wanted, strict=True):
        found, slope = names["loss"](each, w.data)
        assert found == value
        np.testing.assert_array_equal(slope, gradient)


def test_saving_needs_a_version_and_a_directory(tmp_path):
    program = compiled(lambda x: x * 2.0)
    with pytest.raises(ValueError, match="no source yet"):
        program.save(tmp_path / "f.py")
    program(1.0)
    with pytest.raises(FileNotFoundError, match="no directory"):
        program.save(tmp_path / "nowhere" / "f.py")
    assert not list(tmp_path.iterdir())


def test_threads_share_a_program():
    program = compiled(value_and_grad(lambda x: ad.sum(ad.exp(x) * x) + ad.sum(x @ x)))
    eager = value_and_grad(lambda x: ad.sum(ad.exp(x) * x) + ad.sum(x @ x))
    failures = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(40):
            x = rng.normal(size=(n := int(rng.integers(2, 5)), n))
            for found, wanted in zip(program(x), eager(x), strict=True):
                if not np.allclose(found, wanted, rtol=1e-12, atol=1e-13):
                    failures.append((seed, x))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(program.versions) == 3


def test_another_thread_is_not_traced():
    w = Value(2.0)
    seen = []

    def look():
        seen.append(bool(w > 1.0))

    def f(x):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return w * x

    compiled(f)(1.0)
    assert seen == [True, True]


def test_an_anomaly_is_seen_where_it_arises():
    program = compiled(lambda x: ad.log(x) * 0.0)
    program(1.0)
    with detect_anomaly(), pytest.raises(FloatingPointError, match="log made -inf"):
        program(Value(0.0))


def test_a_program_is_made_by_compile():
    assert isinstance(compiled(lambda x: x), Program)


@pytest.mark.parametrize("turned", [False, True])
def test_a_product_with_one_entry_is_nan_where_it_is_zero_times_infinity(turned):
    a, b = np.array([[np.inf], [1.0]]), np.array([[0.0]])
    if turned:
        a, b = b, a.T
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(compiled(lambda a, b: a @ b)(a, b), a @ b)


@pytest.mark.parametrize("entry", [np.inf, np.nan, 1.0])
def test_each_pass_absorbs_only_where_it_is_spoilt_itself(entry):
    def rosenbrock(x):
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    x, v = np.zeros(3), np.array([0.0, entry, 0.0])
    with np.errstate(all="ignore"):
        expected = ad.hvp(rosenbrock, x, v)
    np.testing.assert_array_equal(compiled(lambda x, v: ad.hvp(rosenbrock, x, v))(x, v), expected)


NUMBERS = {
    "an entry": lambda x: x[0],
    "an entry as an array without axes": lambda x: x[0, ...],
    "an axis of one": lambda x: ad.squeeze(x[:1]),
    "a sum": lambda x: ad.reshape(x.sum(), ()),
    "a choice": lambda x: ad.where(x[0] > x[1], x[0], 2.0 * x[1]),
    "a condition": lambda x: np.all(x > 0.0) * x[1],
}


@pytest.mark.parametrize("f", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_numbers_come_back_as_those_of_eager_code(f, dtype):
    x = np.array([1.0, 2.0, 3.0], dtype)
    found, expected = compiled(f)(x), f(Value(x)).data
    assert type(found) is type(expected)
    assert found == expected


# -- memory ----------------------------------------------------------------------------------------


def test_a_version_says_how_much_memory_it_keeps():
    program = compiled(lambda x: ad.sum(ad.sigmoid(x @ x) * 2.0))
    small, large = np.ones((10, 10)), np.ones((400, 400))
    program(small)
    program(large)
    few, many = program.versions
    assert few.nbytes < 100_000
    assert large.nbytes <= many.nbytes < 3 * large.nbytes


def test_versions_go_when_all_together_are_too_large_and_the_last_one_stays(monkeypatch):
    monkeypatch.setattr("autodiff.programs.program.MOST_BYTES", 3_000_000)
    program = compiled(lambda x: ad.sum(ad.sigmoid(x @ x) * 2.0))
    for n in (300, 301, 302, 303, 304):
        program(np.ones((n, n)))
        assert program.versions[-1].key == program._last.key
        assert sum(version.nbytes for version in program.versions) <= 3_000_000
    assert 1 < len(program.versions) < 5
    program(np.ones((1000, 1000)))
    assert len(program.versions) == 1
    assert program(np.ones((300, 300))) == pytest.approx(300 * 300 * 2.0)
