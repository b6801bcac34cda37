"""An operation that is declared here is drawn, derived, differentiated and compiled by its traits.

No reader knows an operation by name where a trait says the same; the last tests hold that.
"""

import ast
import math
import operator
import re
from dataclasses import fields
from functools import reduce
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, draw, elementwise, explain, formula, gradients, primitive
from autodiff import compile as compiled
from autodiff.values.traits import Traits
from tests.autodiff.test_operations import quiet
from tests.autodiff.test_traits import OPERATIONS

INF = math.inf


@elementwise(symbol="⊕", formula="x + y", symmetric=True, scalar=operator.add, dx=1.0, dy=1.0)
def joined(x, y, /):
    """z = x + y."""
    return np.add(x, y)


@elementwise(symbol="⊖", scalar=operator.sub, dx=1.0, dy=-1.0)
def parted(x, y, /):
    """z = x − y, which declares no more than it must."""
    return np.subtract(x, y)


@pytest.mark.parametrize("declare", [lambda f: elementwise(dx=1.0)(f), lambda f: primitive(dx=abs)(f)])
def test_what_is_not_declared_is_not_taken_for_granted(declare):
    operation = declare(lambda x, /: x).operation
    own = {"entrywise": operation.elementwise}
    for trait in fields(Traits):
        if isinstance(trait.default, bool):
            assert getattr(operation, trait.name) is own.get(trait.name, False)


# -- pictures --------------------------------------------------------------------------------------


def test_operands_that_may_change_places_are_not_numbered():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    assert "①" not in draw(joined(a, b), show="data").dot
    assert "①" in draw(parted(a, b), show="data").dot


def test_sums_of_any_number_of_terms_are_alike_where_operands_may_change_places():
    for f, alike in ((joined, True), (parted, False)):
        sums = [ad.tanh(reduce(f, [Value(1.0)] * n)) for n in range(2, 22)]
        assert ("tanh\\n20 values" in draw(ad.stack(sums), max_nodes=12).dot) is alike


# -- derivations -----------------------------------------------------------------------------------

WRITTEN = [
    ({"formula": "x + y"}, "x + y", "x + y"),
    ({"formula": "x + x + y"}, "2x + y", "2x + y"),
    ({"formula": "x/y"}, "x/y", r"\frac{x}{y}"),
    ({"formula": "(x - y)**2"}, "(x − y)²", r"\left(x - y\right)^{2}"),
    ({"formula": "x**0.5"}, "√x", r"\sqrt{x}"),
    ({"formula": "x*sigmoid(-y)"}, "x·σ(−y)", r"x \, \sigma \left(-y\right)"),
    ({"formula": "x if 1 else y"}, "x", "x"),
    ({"typeset": "‖{}‖"}, "‖x‖", "‖x‖"),
    ({"typeset": "{} × {}"}, "x × y", "x × y"),
    ({"typeset": "∇{}"}, "∇x", "∇x"),
    ({"typeset": "{}!"}, "x!", "x!"),
    ({"typeset": "both({}, {})"}, "both(x, y)", r"\mathrm{both}\left(x, y\right)"),
    ({"typeset": "e^{}"}, "eˣ", "e^{x}"),
    ({"typeset": "{}"}, "x", "x"),
    ({"symbol": "ζ"}, "ζ(x, y)", r"\zeta \left(x, y\right)"),
]


@pytest.mark.parametrize(("traits", "text", "latex"), WRITTEN, ids=lambda x: str(x))
def test_an_operation_is_written_as_it_declares(traits, text, latex):
    new = elementwise(dx=1.0, dy=1.0, **traits)(lambda x, y, /: x + y)
    found = formula(new(Value(2.0, "x"), Value(3.0, "y")))
    assert (found.text, found.latex) == (text, latex)


def test_an_operation_between_signs_needs_no_brackets_inside_and_others_do():
    bars, cross, factorial = (
        elementwise(dx=1.0, dy=1.0, typeset=typeset)(lambda x, y, /: x + y)
        for typeset in ("‖{}‖", "{} × {}", "{}!")
    )
    x, y = Value(2.0, "x"), Value(3.0, "y")
    assert formula(bars(x + y, y) ** 2).text == "‖x + y‖²"
    assert formula(cross(x + y, y) ** 2).text == "((x + y) × y)²"
    assert formula(factorial(x + y, y)).text == "(x + y)!"


def test_an_option_is_written_where_the_template_names_it_or_it_is_unusual():
    @elementwise(dx=1.0, typeset="{}[{at}]")
    def shifted(x, /, at, by=0):
        return x + by

    x = Value(2.0, "x")
    assert formula(shifted(x, 3)).text == "x[3]"
    assert formula(shifted(x, 3, by=1)).text == "shifted(x; 1, 3)"


def test_a_formula_may_name_options_and_what_its_module_knows():
    @elementwise(formula="joined(slope*x, 1)", dx=lambda y, x, slope: slope)
    def line(x, /, slope=2.0):
        return slope * x + 1.0

    assert formula(line(Value(3.0, "x"))).text == "2x + 1"
    assert formula(line(Value(3.0, "x"), slope=5.0)).text == "5x + 1"


def test_a_formula_of_matrices_is_written_with_transposes():
    @primitive(formula="x @ w.T", dx=lambda g, y, x, w: g @ w, dw=lambda g, y, x, w: ad.transpose(g) @ x)
    def rows(x, w, /):
        return np.matmul(x, w.T)

    x, w = Value(np.ones((3, 2)), "X"), Value(np.ones((4, 2)), "W")
    assert formula(rows(x, w)).text == "X·Wᵀ"
    assert formula(ad.transpose(rows(x, w))).text == "W·Xᵀ"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("x[0]", r"contains x\[0\]; a formula is made of operands"),
        ("x % y", "contains x % y"),
        ("x*s", "contains s;"),
        ("x*a", "contains a;"),
        ("exp(x, out=y)", "contains exp"),
        ("quiet(x)", r"contains quiet\(x\)"),
        ("'x'", "contains 'x'"),
        ("new(x)", r"contains new\(x\)"),
        ("x +", "is not a Python expression: invalid syntax"),
        ("", "is not a Python expression"),
    ],
)
def test_what_a_formula_cannot_say_is_refused_at_the_declaration(written, told):
    def new(x, y, /, by=0):
        return x + y

    with pytest.raises(ValueError, match=told) as error:
        elementwise(dx=1.0, dy=1.0, formula=written)(new)
    assert str(error.value).startswith(f"new: formula={written!r} ")


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{} + {} + {}", "has 3 places {}, and the operation 2 operands"),
        ("{}[{at}]", "an operand or an option by its name: {by}"),
        ("{0} + {1}", "an operand or an option by its name: {by}"),
        ("{by:.2f}", "an operand or an option by its name: {by}"),
        ("{by!r}", "an operand or an option by its name: {by}"),
        ("{x} + {y}", "an operand or an option by its name: {by}"),
        ("{} + {", "is not a template"),
        ("}", "is not a template"),
    ],
)
def test_a_template_with_other_places_is_refused_at_the_declaration(template, told):
    def new(x, y, /, by=0):
        return x + y

    with pytest.raises(ValueError, match=re.escape(told)) as error:
        elementwise(dx=1.0, dy=1.0, typeset=template)(new)
    assert str(error.value).startswith(f"new: typeset={template!r}")


def test_a_template_takes_no_more_operands_than_each_call_has():
    with pytest.raises(ValueError, match=r"has 2 places \{\}, and the operation 1 operand$"):
        primitive(dxs=lambda g, y, xs, i: g, typeset="{} ∪ {}")(lambda *xs: xs[0])


@pytest.mark.parametrize("trait", ["formula", "typeset"])
def test_how_an_operation_is_written_is_text(trait):
    with pytest.raises(TypeError, match=f"<lambda>: {trait}=3 must be text, as "):
        elementwise(dx=1.0, **{trait: 3})(lambda x, /: x)


def test_a_formula_may_name_what_is_declared_later_and_is_told_where_that_is_missing():
    new = elementwise(dx=1.0, formula="2*declared_nowhere(x)")(lambda x, /: x)
    with pytest.raises(TypeError, match=r"formula=.*: declared_nowhere\(x\) is not an op"):
        formula(new(Value(2.0, "x")))


def test_only_what_is_curved_is_given_a_name_in_a_long_derivation():
    def told(f):
        x = Value(0.5, "x")
        return str(explain(reduce(lambda y, _: f(y), range(8), x), x))

    assert "u₁" not in told(elementwise(dx=lambda y, x: 2.0 + 0.0 * x, linear=True)(lambda x, /: 2.0 * x))
    assert "u₁" in told(elementwise(dx=lambda y, x: 2.0 + 0.0 * x)(lambda x, /: 2.0 * x))


# -- derivatives -----------------------------------------------------------------------------------


def both(x, y, /):
    """z = x·y."""
    return x * y


RULES = {"dx": lambda z, x, y: 1.0 * y, "dy": lambda z, x, y: 1.0 * x}


@pytest.mark.parametrize(("linear", "slope"), [(True, 0.0), (False, math.nan)])
def test_a_constant_zero_in_a_product_absorbs_where_it_is_declared(linear, slope):
    new = elementwise(linear=linear, **RULES)(both)
    x = Value(0.0)
    (found,) = quiet(gradients, new(ad.sqrt(x), 0.0), [x])
    np.testing.assert_equal(found, slope)


def test_a_product_is_known_by_its_rules():
    new = elementwise(dx=lambda z, x, y: y, dy=lambda z, x, y: x)(both)
    assert new.operation.linear


@pytest.mark.parametrize(("selecting", "slope"), [(True, 0.0), (False, math.nan)])
def test_what_is_not_selected_contributes_nothing_where_it_is_declared(selecting, slope):
    new = elementwise(selecting=selecting, dx=lambda y, x: x > 0.0)(lambda x, /: np.maximum(x, 0.0))
    x = Value(0.0)
    np.testing.assert_equal(quiet(gradients, new(-ad.sqrt(x)), x), slope)


@pytest.mark.parametrize(("selecting", "slope"), [(True, 0.0), (False, math.nan)])
def test_a_factor_is_zero_by_its_structure_where_it_is_declared(selecting, slope):
    new = elementwise(selecting=selecting, dx=lambda z, x, y: y > 0.0, dy=0.0)(
        lambda x, y, /: np.where(np.greater(y, 0.0), x, 0.0)
    )
    found = quiet(ad.grad(lambda x: (new(x, x) * ad.sqrt(x)).sum()), np.array([0.0, 2.0]))
    np.testing.assert_allclose(found, [slope, 1.5 * math.sqrt(2.0)])


@pytest.mark.parametrize("entrywise", [True, False])
def test_second_derivatives_know_what_was_chosen_entry_by_entry_where_it_is_declared(entrywise):
    @primitive(
        selecting=True,
        entrywise=entrywise,
        dcondition=0.0,
        dx=lambda g, z, condition, x, y: choice(condition, g, 0.0),
        dy=lambda g, z, condition, x, y: choice(condition, 0.0, g),
    )
    def choice(condition, x, y, /):
        return np.where(condition, x, y)

    loss = lambda x: ad.exp(choice(abs(x) < 1.0, 0.5 * x * x, abs(x)).sum())  # noqa: E731
    found = quiet(ad.hessian(loss), np.array([0.0, 0.5]))
    assert np.isfinite(found).all() == entrywise


# -- programs --------------------------------------------------------------------------------------


def source(f, *arguments):
    """The program of a function for these arguments."""
    program = compiled(f)
    program(*arguments)
    return "\n".join(line for line in program.source.splitlines() if "#" not in line)


def test_a_program_writes_the_operator_that_an_operation_names_for_numbers():
    assert "x + y" in source(lambda x, y: joined(x, y), 1.0, 2.0)
    assert "x - y" in source(lambda x, y: parted(x, y), 1.0, 2.0)


def test_a_program_computes_a_symmetric_operation_of_the_same_operands_once():
    for f, times in ((joined, 1), (parted, 2)):
        text = source(lambda x, y, f=f: ad.sin(f(x, y)) * ad.cos(f(y, x)), 1.0, 2.0)
        assert text.count("x + y") + text.count("y + x") + text.count("x - y") + text.count("y - x") == times


@pytest.mark.parametrize("nonnegative", [True, False])
def test_a_program_adds_no_zero_to_what_is_never_minus_zero(nonnegative):
    new = elementwise(nonnegative=nonnegative, scalar=abs, dx=1.0)(lambda x, /: np.abs(x))
    assert ("+ 0.0" in source(lambda x: new(x) + 0.0, 1.0)) is not nonnegative


def test_a_program_leaves_out_what_returns_its_operand():
    new = elementwise(formula="x", dx=1.0)(lambda x, /: np.positive(x))
    assert "positive" not in source(lambda x: new(x) * 2.0, np.ones(3))


@pytest.mark.parametrize("conforming", [True, False])
def test_a_shape_that_is_there_already_is_left_out_where_it_is_declared(conforming):
    @primitive(conforming=conforming, dx=lambda g, y, x, shape: g)
    def laid(x, /, shape):
        return np.reshape(x, shape)

    assert ("reshape" in source(lambda x: laid(x, (3,)) * 2.0, np.ones(3))) is not conforming
    assert ("laid" in formula(laid(Value(np.ones(3), "x"), (3,))).text) is not conforming


# -- help ------------------------------------------------------------------------------------------


def test_the_convention_at_a_kink_ends_the_docstring():
    @elementwise(kink="ramp′(0) = 1", dx=lambda y, x: x >= 0.0)
    def ramp(x, /):
        """Ramp.   y = max(x, 0)."""
        return np.maximum(x, 0.0)

    assert ramp.__doc__ == "Ramp.   y = max(x, 0).\n\n    By convention ramp′(0) = 1."


# -- readers ---------------------------------------------------------------------------------------

ROOT = Path(ad.__file__).parent
READERS = (
    "differentiation", "derivations", "checking", "pictures", "animation", "live", "programs", "graph.py",
)  # fmt: skip

APPLYING = {
    "checking/mistakes/slips.py": "writes a transpose too many",
    "derivations/expression.py": "evaluates powers",
    "derivations/symbolic.py": "spells them as SymPy does",
    "derivations/forms.py": "@ and .T in formulas, and what repeats a term to a shape",
    "differentiation/advice.py": "says which names there are",
    "differentiation/checkpoints.py": "joins what the steps of a loop contribute",
    "differentiation/engine.py": "gives gradients the dtype of their leaves",
    "differentiation/jacobians.py": "stacks rows",
    "differentiation/loops.py": "stacks what a loop collects",
    "differentiation/operators.py": "makes operations the operators and methods of Value",
    "differentiation/passes.py": "measures gradients",
    "differentiation/reverse.py": "undoes broadcasting",
    "differentiation/sparsity.py": "lays entries that passes share where they belong",
    "differentiation/structural_zeros.py": "computes with masks",
    "live/computation.py": "begins each segment with copies of values, where slopes end",
    "programs/columns": "puts what is alike side by side, and takes it apart",
    "programs/javascript": "spells them, and writes arrays entry by entry",
    "programs/operations.py": "makes examples of products",
    "programs/tracing": "tells which numbers are finite where another is",
    "programs/rewrites": "each rewrite is a law of the operations in it, as −(−x) = x",
}
"""Which readers import operations, and what they do with them, other than to tell one from another."""


def modules():
    """The modules of the readers, by path."""
    paths = [path for room in READERS for path in sorted((ROOT / room).rglob("*.py")) or [ROOT / room]]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def test_readers_import_operations_to_apply_them_alone():
    found = set()
    for path, tree in modules().items():
        imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
        rooms = {part for x in imports for part in [*(x.module or "").split("."), *(a.name for a in x.names)]}
        if "ops" in rooms:
            found.add("/".join(path.split("/")[:2]) if path.startswith("programs") else path)
    assert found == set(APPLYING)


ASKED = {f"{x}.{what}" for x in ("operation", "node", "call", "factor", "x") for what in ("name", "symbol")}


def test_readers_compare_no_name_and_no_symbol_of_an_operation():
    known = {*OPERATIONS, *(operation.symbol for operation in OPERATIONS.values())}
    for path, tree in modules().items():
        for node in (node for node in ast.walk(tree) if isinstance(node, ast.Compare)):
            parts = list(ast.walk(node))
            asks = any(isinstance(x, ast.Attribute) and ast.unparse(x) in ASKED for x in parts)
            texts = [x.value for x in parts if isinstance(x, ast.Constant) and isinstance(x.value, str)]
            assert not (asks and known.intersection(texts)), f"{path}:{node.lineno}: {ast.unparse(node)}"
