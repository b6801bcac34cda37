"""Random expressions: what is drawn computes as it is written, is well-conditioned, and shrinks."""

import ast

import numpy as np
import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

import autodiff as ad
from autodiff import Value, check_gradients, grad, gradients, value_and_grad
from autodiff.ops import (
    along_axes,
    averages,
    convolutions,
    covariances,
    editing,
    matrices,
    missing,
    polynomials,
    quantiles,
)
from autodiff.school import read
from autodiff.testing import POSITIVE, Domain, Drawable, Expression, expressions, numbers
from autodiff.testing.domains import ANY
from autodiff.testing.expression.catalogue import CATALOGUE, named
from autodiff.testing.expression.catalogue.drawable import SHAPES
from autodiff.testing.expression.placing import brought
from autodiff.testing.expression.spelling import applied, mentioned

OPTIONS = {
    "all": {},
    "numbers": {"arrays": False},
    "float32": {"dtype": np.float32},
    "of any shape": {"output": "any"},
    "given shapes": {"inputs": [(2, 3), (3,)]},
    "one operation deep": {"depth": 1, "output": "any"},
    "alike": {"broadcasting": False, "linear_algebra": False, "products": False, "reductions": False},
    "some": {"operations": ["tanh", "multiply", ad.exp, np.sum]},
    "kinks": {"kinks": True},
}
options = pytest.mark.parametrize("chosen", OPTIONS.values(), ids=OPTIONS)


@ad.elementwise(dx=lambda y, x: y + ad.sigmoid(x) * (1.0 - y))
def swish(x, /):
    return x / (1.0 + np.exp(-x))


@ad.elementwise(dx=lambda y, x: 1.0 + y * y)
def right_at_0(x, /):
    return np.tanh(x)


@ad.elementwise(dx=lambda z, x, y: x, dy=lambda z, x, y: y)
def swapped_product(x, y, /):
    return x * y


@ad.primitive(dx=lambda g, y, x: g)
def wrong_reverse(x, /):
    return x[::-1]


def plain_mean(x):
    """A composite function that is not declared."""
    return ad.mean(x)


def smallest(condition, *args, **options):
    chosen = settings(database=None, derandomize=True, max_examples=200)
    return find(expressions(*args, **options), condition, settings=chosen)


def any_of(*args, **options):
    """The first that is drawn, which is the simplest."""
    chosen = settings(database=None, derandomize=True, max_examples=20, phases=[Phase.generate])
    return find(expressions(*args, **options), lambda e: True, settings=chosen)


# -- what is drawn is right --------------------------------------------------------------------


@options
@given(data=st.data())
@settings(max_examples=40)
def test_the_derivatives_of_what_is_drawn_are_the_finite_differences(chosen, data):
    e = data.draw(expressions(**chosen))
    if not e.kinks:
        check_gradients(e, *e.inputs)


@options
@given(data=st.data())
@settings(max_examples=30)
def test_values_and_slopes_are_finite_and_of_moderate_size(chosen, data):
    e = data.draw(expressions(**chosen))
    value, slopes = value_and_grad(lambda *xs: ad.sum(e(*xs)), tuple(range(len(e.inputs))))(*e.inputs)
    assert abs(value) < 1e5
    assert all(np.all(np.abs(slope) < 1e5) for slope in slopes)


@given(expressions(output="any"))
def test_every_line_and_every_input_leads_to_the_value(e):
    places = {x for line in e.lines for x in line.operands if isinstance(x, int)}
    assert places == set(range(len(e.inputs) + len(e.lines) - 1))
    xs = [Value(x) for x in e.inputs]
    assert len(e.lines) == len(e.operations) >= 1
    assert len(e.names) == len(e.inputs) == len({*e.names})
    assert len(e.nodes(xs)) == len(xs) + len(e.lines)


@given(expressions())
def test_the_value_is_a_number_unless_asked_otherwise(e):
    assert isinstance(e(*map(Value, e.inputs)).data, float)
    assert isinstance(e(*e.inputs), float)


JOINING = {"append", "array", "column_stack", "concatenate", "dstack", "hstack", "stack", "vstack"}
"""Beside an array these take a plain number in double precision, as NumPy does."""


@given(expressions(dtype=st.sampled_from([np.float32, np.float64]), output="any"))
def test_a_dtype_is_that_of_all_inputs_and_of_the_value(e):
    dtypes = {np.asarray(x).dtype for x in e.inputs}
    assume(not JOINING.intersection(e.operations))
    assert dtypes == {e(*map(Value, e.inputs)).dtype}


def test_both_dtypes_of_a_strategy_are_drawn():
    both = expressions(dtype=st.sampled_from([np.float64, np.float32]))
    assert find(both, lambda e: np.asarray(e.inputs[0]).dtype == np.float32).inputs == (1.0,)


@given(expressions(arrays=False, output="any"))
def test_numbers_alone_are_drawn_where_asked(e):
    assert all(type(x) is float for x in e.inputs)
    assert all(type(x.data) is float for x in e.nodes([Value(x) for x in e.inputs]) if isinstance(x, Value))


@given(expressions(inputs=[(2, 3), numbers(POSITIVE), (3,)]))
def test_given_inputs_are_there_and_used(e):
    assert [np.shape(x) for x in e.inputs] == [(2, 3), (), (3,)]
    assert e.inputs[1] in POSITIVE
    assert all(
        np.shape(g) == np.shape(x) for g, x in zip(grad(e, (0, 1, 2))(*e.inputs), e.inputs, strict=True)
    )


@given(expressions(inputs=2, max_operations=3, depth=2, output="any"))
def test_inputs_and_depth_are_bounded(e):
    assert len(e.inputs) <= 2
    depths = [0] * len(e.inputs)
    for line in e.lines:
        depths.append(1 + max((depths[x] for x in line.operands if isinstance(x, int)), default=0))
    regular = any(line.operation.regular for line in e.lines)
    assert depths[-1] <= 2 + 3 * regular


@given(expressions(kinks=False))
def test_points_are_away_from_kinks_unless_asked(e):
    assert not e.kinks
    nodes = e.nodes([Value(x) for x in e.inputs])
    for line in e.lines:
        data = [getattr(nodes[x], "data", nodes[x]) if isinstance(x, int) else x.data for x in line.operands]
        assert np.all(line.operation.distances(*data) >= 0.125)


@pytest.mark.parametrize("name", ["absolute", "relu", "clip", "maximum", "max", "sort", "norm", "hypot"])
def test_points_on_kinks_are_drawn_when_asked(name):
    e = smallest(lambda e: e.kinks, [name], kinks=True, max_operations=3)
    assert name in e.operations
    assert len(e.lines) <= 3


# -- as it is written --------------------------------------------------------------------------


def pasted(e):
    """What the code of an expression defines."""
    found = {"swish": swish, "plain_mean": plain_mean}
    exec(e.code, found)
    return found


def equal(x, y):
    return np.array_equal(x, y, equal_nan=True) and np.asarray(x).dtype == np.asarray(y).dtype


@given(
    expressions(output="any", kinks=True, max_operations=12, dtype=st.sampled_from([np.float64, np.float32]))
)
@settings(max_examples=150)
def test_the_code_gives_the_same_value_and_gradient_to_the_last_bit(e):
    found = pasted(e)
    leaves = [found[name] for name in e.names]
    xs = [Value(x) for x in e.inputs]
    assert all(
        equal(leaf.data, x) and leaf.name == name
        for leaf, x, name in zip(leaves, e.inputs, e.names, strict=True)
    )
    there, here = found["f"](*leaves), e(*xs)
    assert equal(there.data, here.data)
    seed = np.cos(np.arange(float(np.size(here.data)))).reshape(here.shape).astype(here.dtype)
    with np.errstate(all="ignore"):
        slopes = gradients(there, leaves, seed), gradients(here, xs, seed)
    assert all(map(equal, *slopes))


@given(expressions([swish, plain_mean, "add", "sum"]))
@settings(max_examples=20)
def test_the_code_says_where_own_functions_come_from(e):
    assert pasted(e)["f"](*map(Value, e.inputs)).data == e(*e.inputs)
    if "swish" in e.operations:
        assert "from tests.autodiff.test_expressions import swish" in e.code


@given(expressions(output="any", max_operations=12))
def test_the_text_is_python(e):
    *parts, result = e.text.split("; ")
    known = {**vars(np), **vars(ad), **dict(zip(e.names, map(Value, e.inputs), strict=True)), "abs": abs}
    for part in parts:
        name, _, text = part.partition(" = ")
        known[name] = eval(text, known)
    np.testing.assert_allclose(eval(result, known).data, e(*e.inputs))
    assert "\n" not in e.text


SCHOOL = [
    drawable.name
    for drawable in CATALOGUE
    if drawable.family == "elementwise"
    and drawable.name not in ("mod", "floor_divide", "nan_to_num", "clip", "round", "gelu")
]


@given(expressions(SCHOOL, arrays=False))
def test_the_text_of_numbers_is_read_as_at_school(e):
    calculation = read(e.text)
    point = dict(zip(e.names, e.inputs, strict=True))
    assert calculation.evaluate({name: point[name] for name in calculation.names}) == e(*e.inputs)


def test_an_expression_prints_as_code(capsys):
    e = any_of(["tanh"])
    print(e)
    assert capsys.readouterr().out == e.code + "\n" == repr(e) + "\n"
    ast.parse(e.code)


def test_a_failure_shows_the_code_at_the_margin():
    @given(expressions(["tanh"]))
    @settings(database=None)
    def fails(e):
        raise AssertionError

    with pytest.raises(AssertionError) as caught:
        fails()
    assert "\nimport numpy as np\n\nimport autodiff as ad\n" in "\n".join(caught.value.__notes__)


def test_names_of_own_functions_are_not_given_to_anything_else():
    def f(x):
        return x * 2.0

    e = any_of([f])
    assert "def g(x):" in e.code
    for name in ("x", "np"):
        f.__name__ = name
        with pytest.raises(ValueError, match="needs a name of its own"):
            expressions([f])
    with pytest.raises(ValueError, match="needs a name of its own"):
        expressions([lambda t: t])


def test_deep_expressions_are_written_in_parts():
    e = find(
        expressions(["sin"], arrays=False, max_operations=40, inputs=1),
        lambda e: len(e.lines) > 12,
        settings=settings(phases=[Phase.generate], max_examples=3000),
    )
    assert max(text.count("(") for text in e.text.split("; ")) < 8


def test_an_expression_takes_as_many_arguments_as_it_has_inputs():
    e = find(expressions(["add"]), lambda e: len(e.inputs) == 2)
    with pytest.raises(TypeError, match="the expression takes x, y, got 1 arguments"):
        e(1.0)
    assert isinstance(e, Expression)


# -- what is in the catalogue ------------------------------------------------------------------

NOT_DRAWN = {
    "linalg": "a module",
    "astype": "changes precision on the way, so differences of finite steps are those of float32",
    "scatter_add": "the adjoint of getitem, which is drawn",
    "sum_to": "the adjoint of broadcasting, which is drawn",
    "on_diagonal": "the adjoint of diagonal, which is drawn",
    "unique": "the shape depends on the numbers",
    "bincount": "takes whole numbers",
    "histogram": "its first operand is not differentiated",
    "full_like": "its first operand is not differentiated",
    "fabs": "absolute by another name",
    "fix": "trunc by another name",
    "float_power": "power by another name",
    **dict.fromkeys(("conj", "conjugate", "real"), "positive by another name"),
    **dict.fromkeys(along_axes.__all__, "composed of operations that are drawn"),
    "radians": "deg2rad by another name",
    "degrees": "rad2deg by another name",
    "fmod": "mod with the sign of the other, which is drawn",
    "copysign": "constant in its second operand",
    "heaviside": "constant in its first operand",
    **dict.fromkeys(
        [
            *averages.__all__,
            *covariances.__all__,
            *editing.__all__,
            *missing.__all__,
            *polynomials.__all__,
            "divmod",
            "matrix_transpose",
            "modf",
            "real_if_close",
        ],
        "composed of operations that are drawn",
    ),
    **dict.fromkeys(quantiles.__all__, "composed of entries of the sorted array, which is drawn"),
    "interp": "its points must ascend",
    **dict.fromkeys(convolutions.__all__, "of two vectors alone"),
    "linalg.expm": "grows beyond all numbers",
    "linalg.qr": "has two results, and no slope where columns depend on each other",
    "linalg.lstsq": "composed of pinv, which is drawn",
    "linalg.solve_triangular": "solve of one triangle, which is drawn",
    **dict.fromkeys(("matvec", "vecdot", "vecmat"), "a product of matrices, which is drawn"),
    **{
        f"linalg.{name}": "composed of operations that are drawn"
        for name in (*matrices.__all__, "matrix_norm", "vector_norm")
    },
    **{
        f"linalg.{name}": "an operation by another name"
        for name in ("matmul", "matrix_transpose", "tensordot", "vecdot")
    },
}
"""Operations that are not in the catalogue, and why."""


def test_every_operation_is_drawn_or_it_is_said_why_not():
    names = {*ad.ops.NAMES} | {f"linalg.{name}" for name in ad.linalg.__all__}
    drawn = {drawable.name for drawable in CATALOGUE}
    assert names - drawn == NOT_DRAWN.keys()
    assert drawn <= names


@pytest.mark.parametrize("drawable", CATALOGUE, ids=str)
def test_every_spelling_computes_and_has_its_operands(drawable):
    rng = np.random.default_rng(0)
    several = len(drawable.domains) > 1
    for first in {*SHAPES, *drawable.shapes}:
        for other in drawable.others(first) if several else [None]:
            shapes = [first, *[other] * (len(drawable.domains) - 1)]
            data = [
                brought(rng.normal(size=shape) if shape else 0.7, domain)
                for shape, domain in zip(shapes, drawable.domains, strict=True)
            ]
            if drawable.regular and len(first) > 1 and first[-2] == first[-1]:
                data[0] = np.broadcast_to(np.diag(np.arange(1.0, first[-1] + 1.0)), first).copy()
            for spelling in drawable.spelled(*shapes):
                assert {*mentioned(spelling)} == set(range(len(shapes)))
                result = applied(spelling)(*map(Value, data))
                assert isinstance(result, Value)
                assert np.all(np.isfinite(result.data))
                assert np.size(result.data)


@pytest.mark.parametrize("name", sorted({drawable.name for drawable in CATALOGUE}))
def test_each_operation_alone_can_be_drawn(name):
    e = any_of([name], inputs=2, output="any")
    assert name in e.operations


def test_computed_numbers_may_be_anywhere_in_the_domain_of_definition():
    assert all(900.0 in named(name).domains[0] for name in ("add", "log", "sqrt", "arccosh"))
    assert 0.0 not in named("log").domains[0]
    assert 3.5 not in named("exp").domains[0]


@pytest.mark.parametrize(
    "domain", [Domain(-3.0, 3.0), Domain(1.0, 2.0, closed="neither"), Domain(7.0, np.inf)]
)
@given(data=st.data())
@settings(max_examples=10)
def test_an_own_operation_is_given_no_number_outside_its_domain(domain, data):
    e = data.draw(expressions({swish: domain, "add": None}))
    nodes = e.nodes(e.inputs)
    for line in e.lines:
        if line.operation.name == "swish":
            assert all(x in domain for x in np.ravel(nodes[line.operands[0]]).tolist())


DOMAINS = sorted({d for drawable in CATALOGUE for d in drawable.domains} | {ANY, Domain(7.0, 9.0)}, key=str)


@given(st.floats(-5.0, 5.0), st.sampled_from(DOMAINS))
def test_numbers_are_brought_into_any_domain(x, domain):
    assert brought(x, domain) in domain
    assert x not in domain or brought(x, domain) == x


# -- a user's own operations -------------------------------------------------------------------


@given(expressions({swish: Domain(-2.0, 2.0), "add": None}))
@settings(max_examples=20)
def test_an_own_operation_among_others_has_a_gradient(e):
    check_gradients(e, *e.inputs)


def test_an_own_operation_of_arrays_is_described_by_a_drawable():
    spelled = lambda x: ["reverse(x)"] if x == (3,) else []  # noqa: E731
    reverse = Drawable("reverse", spelled, shapes=((3,),), function=wrong_reverse)
    e = any_of([reverse], output="any")
    assert e.text == "reverse(x)"
    assert "from tests.autodiff.test_expressions import wrong_reverse as reverse" in e.code
    assert np.shape(e.inputs[0]) == (3,)


def test_names_that_are_not_known_are_refused():
    with pytest.raises(ValueError, match="no operation 'tahn'; did you mean 'tan' or 'tanh'"):
        expressions(["tahn"])
    with pytest.raises(ValueError, match="none of the operations"):
        expressions(["matmul"], arrays=False)
    with pytest.raises(ValueError, match="max_operations must be 1 or above"):
        expressions(max_operations=0)
    with pytest.raises(ValueError, match="inputs must be 1 or above"):
        expressions(inputs=0)
    with pytest.raises(ValueError, match="unknown output 'numbr'; did you mean 'number'"):
        expressions(output="numbr")
    with pytest.raises(ValueError, match="expressions: dtype must be float64, float32 or float16, got int64"):
        expressions(dtype=np.int64)


def test_a_family_can_be_asked_for_by_name():
    e = find(expressions(["reductions"]), lambda e: "prod" in e.operations)
    assert e.operations == ("prod",)


# -- shrinking ---------------------------------------------------------------------------------


def fails(e):
    return not check_gradients(e, *e.inputs, order=1, raise_exception=False).passed


def test_the_smallest_of_all_is_one_operation_on_one():
    e = smallest(lambda e: True)
    assert len(e.lines) == 1
    assert e.inputs == (1.0,)


@pytest.mark.parametrize("name", ["log", "matmul"])
def test_the_smallest_expression_with_an_operation_has_little_else(name):
    e = smallest(lambda e: name in e.operations, ["add", "tanh", "sum", "log", "matmul"])
    assert [other for other in e.operations if other != "sum"] == [name]
    assert all(float(x) == round(x) for data in e.inputs for x in np.ravel(data))


def test_the_smallest_expression_with_a_shared_part_is_small():
    shared = lambda e: "tanh" in e.operations and any(line.name for line in e.lines)  # noqa: E731
    e = smallest(shared, ["add", "tanh", "multiply", "sum", "exp"])
    assert len(e.lines) <= 3
    assert e.inputs == (1.0,)


@pytest.mark.parametrize(
    ("wrong", "others", "text", "inputs"),
    [
        (right_at_0, ["add", "multiply"], "right_at_0(x)", (1.0,)),
        (swapped_product, ["tanh", "add"], "swapped_product(x, 1.0)", (2.0,)),
        (wrong_reverse, ["tanh", "add"], "wrong_reverse(x)", ([1.0, 2.0],)),
    ],
)
def test_a_wrong_rule_shrinks_to_that_operation_alone(wrong, others, text, inputs):
    arrays = wrong is wrong_reverse
    e = smallest(
        fails, [wrong, *others], arrays=arrays, max_operations=4, output="any"
    )  # a sum hides an order
    assert e.text == text
    assert [np.asarray(x).tolist() for x in e.inputs] == [*inputs]
