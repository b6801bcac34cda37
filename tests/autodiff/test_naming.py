"""Names: which parts of an expression are put, what they are called, and that names stay."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value
from autodiff.graph import Graph
from autodiff.naming import Names, shown_names
from autodiff.testing import expressions
from autodiff.text.digits import subscript
from autodiff.text.lettering import BELOW, latex_of
from autodiff.text.letters import lettered
from nn.activations import identity

s = ad.sigmoid


def values(text):
    """Values with these names."""
    return [Value(0.3 + 0.1 * i, name) for i, name in enumerate(text.split())]


def put(output):
    """What was put, by name, without the result."""
    graph = Graph(output)
    return {name: graph[id].source for id, name in Names(graph).put.items() if id != graph.output.id}


def symbols(output):
    """The operations of what was put, in order."""
    return [value._operation.name for value in put(output).values()]


# -- which parts are put ---------------------------------------------------------------------------


def test_the_unnamed_network_of_two_layers_has_its_sums_and_activations_put():
    i1, i2, *w, b1, b2, t1, t2 = (Value(0.1 * k) for k in range(14))
    h1, h2 = s(w[0] * i1 + w[1] * i2 + b1), s(w[2] * i1 + w[3] * i2 + b1)
    o1, o2 = s(w[4] * h1 + w[5] * h2 + b2), s(w[6] * h1 + w[7] * h2 + b2)
    error = 0.5 * (t1 - o1) ** 2 + 0.5 * (t2 - o2) ** 2
    assert symbols(error) == ["add", "sigmoid"] * 4
    assert list(put(error)) == ["u₁", "u₂", "u₃", "u₄", "u₅", "u₆", "u₇", "u₈"]


def test_the_network_of_the_lecture_has_its_output_put_and_not_the_residual():
    x1, x2, y, *w, c = values("x1 x2 y w11 w12 b1 w21 w22 b2 v1 v2 c")
    a1, a2 = s(w[0] * x1 + w[1] * x2 + w[2]), s(w[3] * x1 + w[4] * x2 + w[5])
    a = w[6] * a1 + w[7] * a2 + c
    found = put((y - a) ** 2)
    assert found["u₅"] is a
    assert found["u₂"] is a1
    assert len(found) == 5


def test_three_links_of_one_neuron():
    w, x, b, y = values("w x b y")
    z = w * x + b
    a = s(z)
    assert put((y - a) ** 2) == {"u₁": z, "u₂": a}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (lambda w, x, b: s(3 * w - 2 * x + b), ["add"]),  # a sum of several
        (lambda w, x, b: (w - x) ** 2, ["subtract"]),  # "put u = y − θ"
        (lambda w, x, b: (w - 1.0) ** 2, []),  # one leaf and a number
        (lambda w, x, b: ad.exp(-w), []),
        (lambda w, x, b: ad.exp(-(w**2)), ["negative"]),
        (lambda w, x, b: ad.exp(ad.sin(ad.cos(x))), ["cos", "sin"]),
        (lambda w, x, b: x * ad.sin(x) / b, []),  # factors of one leaf
        (lambda w, x, b: w**4 * x**2 + (w - 1) ** 2 * (x - 1) ** 4, []),  # the lecture's demonstration 2
        (lambda w, x, b: (w * x + b) * x, ["add"]),  # a sum that is a factor
        (lambda w, x, b: ad.sqrt(w**2 + x**2) * b, ["add"]),  # algebra needs no name at its end
        (lambda w, x, b: b * ad.exp(w * x), ["multiply", "exp"]),
        (lambda w, x, b: sum((w - float(k)) ** 2 for k in range(60)), []),  # a long sum
        (lambda w, x, b: sum((w * float(k) - x) ** 2 for k in range(3)) / 3, ["subtract"] * 3),
        (lambda w, x, b: sum([w, x, b] * 40, start=b) * 2 - 1, []),  # a linear chain
        (lambda w, x, b: -ad.log(s(w * x + b)), ["add", "sigmoid"]),
        (lambda w, x, b: ad.exp(2 * (w * x + b)) - 1, ["add"]),
        (lambda w, x, b: (w * x) ** 2 + (w * x) ** 3, ["multiply", "multiply"]),
    ],
)
def test_what_a_reader_would_put(expression, expected):
    assert symbols(expression(*values("w x b"))) == expected


def test_what_is_used_twice_is_put():
    (x,) = values("x")
    e = ad.exp(2 * x)
    assert put((e - 1) / (e + 1)) == {"u₁": e}


def test_a_softmax_has_its_exponentials_and_their_sum_put():
    z = values("z1 z2 z3")
    e = [ad.exp(one) for one in z]
    total = e[0] + e[1] + e[2]
    outputs = sum(one / total for one in e)
    assert list(put(outputs).values()) == [*e, total]


def test_a_long_product_is_put_in_pieces():
    product = Value(1.0, "x")
    for _ in range(40):
        product = product * Value(2.0)
    assert symbols(product) == ["multiply"] * 3


def test_a_layer_of_arrays_has_its_sum_and_its_activation_put():
    X, W1, b1, W2, Y = (Value(np.ones(shape)) for shape in ((5, 2), (2, 3), (3,), (3, 1), (5, 1)))
    hidden = X @ W1 + b1
    a = ad.tanh(hidden)
    assert list(put(ad.mean((Y - a @ W2) ** 2)).values())[:2] == [hidden, a]


def test_constants_without_a_name_are_numbers():
    c = Value(2.0, constant=True)
    names = Names(graph := Graph(c * c * Value(3.0, "x")))
    assert [names[node.id] for node in graph] == [None, None, "x", "f"]


# -- what they are called --------------------------------------------------------------------------


def test_automatic_names_skip_those_of_the_user():
    u, v, x = Value(1.0, "u₁"), Value(2.0, "v1"), Value(3.0)
    names = Names(graph := Graph((u * v + x).tanh() * Value(2.0, "f")))
    assert [names[node.id] for node in graph] == ["u₁", "v₁", None, "v₂", "u₂", "u₃", "f", "f₁"]


def test_several_of_one_name_are_numbered():
    names = Names(graph := Graph(Value(1.0, "e") * Value(2.0, "e")))
    assert [names[node.id] for node in graph] == ["e[1]", "e[2]", "f"]


def test_two_names_that_would_look_the_same_stay_as_they_were_typed():
    names = Names(graph := Graph(Value(1.0, "w1") * Value(2.0, "w₁") * Value(1.0, "w2")))
    assert [names[i] for i in (0, 1, 3)] == ["w1", "w₁", "w₂"]
    assert names[graph.output.id] == "f"


@given(st.lists(st.text("w1_₁θ", min_size=1, max_size=4), max_size=6))
def test_names_that_are_different_are_shown_differently(names):
    shown = shown_names(names)
    assert len(set(shown.values())) == len(set(names))


def test_a_part_that_is_not_put_has_a_name_where_one_must_be_spoken_of():
    w, x = values("w x")
    names = Names(Graph(w * x * x - 1.0))
    assert [names.spoken(i) for i in (2, 3)] == ["t₁", "t₂"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("w1", "w₁"), ("w_11", "w₁₁"), ("w11_2", "w₁₁⁽²⁾"), ("w_11_2", "w₁₁⁽²⁾"), ("w_ij", "wᵢⱼ"),
        ("θ1", "θ₁"), ("theta", "θ"), ("sigma2", "σ₂"), ("alpha_1", "α₁"), ("lambda_", "λ"),
        ("x_hat", "x̂"), ("x_prime", "x′"), ("R(theta)", "R(θ)"), ("theta[0]", "θ[0]"), ("y1_hat", "ŷ₁"),
        *[(name, name) for name in (
            "learning_rate", "loss", "W_bar", "x_min", "y_true", "out1", "dw", "w_", "_", "w__1", "layer.w1",
            "w₁₁⁽²⁾", "x_hat_hat", "", "1", "Alpha", "x_1_2_3",
        )],
    ],
)  # fmt: skip
def test_a_name_typed_in_ascii_is_mathematics(typed, shown):
    assert lettered(typed) == shown


@given(st.text(max_size=8))
def test_letters_are_lettered_once(name):
    assert lettered(lettered(name)) == lettered(name)


# -- names stay ------------------------------------------------------------------------------------


FURTHER = {
    "nothing": lambda x: x * 1.0,
    "negative": lambda x: -x,
    "residual": lambda x: (2 - ad.sum(x) * Value(3.0)) ** 2,
    "exp": ad.exp,
    "twice": lambda x: x * x,
}


def named(output):
    """The names of a graph's Values, but for the result."""
    graph = Graph(output)
    names = Names(graph)
    return {
        id(node.source): names[node.id]
        for node in graph
        if node.source is not output and node.kind != "number"
    }


@given(expressions(), st.lists(st.booleans(), min_size=9, max_size=9), st.sampled_from(sorted(FURTHER)))
def test_names_stay_when_a_node_uses_the_old_output(e, unnamed, how):
    pairs = zip(e.inputs, e.names, unnamed, strict=False)
    output = e(*(Value(x, None if hidden else name) for x, name, hidden in pairs))
    before, after = named(output), named(FURTHER[how](output))
    assert {key: after[key] for key in before} == before


# -- the same names everywhere ---------------------------------------------------------------------


@given(expressions(["add", "multiply", "sin", "tanh", "sigmoid", "square"], arrays=False))
def test_the_same_graph_has_the_same_names_everywhere(e):
    leaves = [Value(x, name) for x, name in zip(e.inputs, e.names, strict=True)]
    output = ad.tanh(e(*leaves)) + 1.0 if isinstance(e(*leaves), Value) else leaves[0] + 1.0
    graph = Graph(output)
    names = Names(graph)
    shown = {name for node in graph if (name := names[node.id])}
    parts = {name for id, name in names.put.items() if id != graph.output.id}
    assert set(ad.explain(output, leaves[0]).formula.names) >= shown
    assert all(f"{name} = " in str(ad.tree(output)) for name in parts)
    assert {row.name for row in ad.nudges(output, leaves).rows} == set(e.names)
    found = set(
        re.findall(r"\bu\d+\b", str(ad.compile(lambda *xs: ad.tanh(e(*xs)) + 1.0).source_of(*e.inputs)))
    )
    assert found <= {"".join(BELOW.get(char, char) for char in name) for name in parts}


@pytest.mark.parametrize(
    ("name", "latex"), [("x_hat_1", r"\hat{x}_{1}"), ("y_hat", r"\hat{y}"), ("w11_2", "w_{11}^{(2)}")]
)
def test_a_name_typed_in_ascii_is_mathematics_in_latex(name, latex):
    assert latex_of(lettered(name)) == latex


def test_what_the_identity_hands_on_is_put_in_its_place() -> None:
    model = nn.MLP(2, [3, 2], seed=0)
    x = Value(np.ones((4, 2)), "X", constant=True)
    loss = nn.cross_entropy(model(x), np.array([0, 1, 0, 1]))
    names = Names(graph := Graph(loss))
    affine = [node.id for node in graph if node.symbol == "x·Wᵀ + b"]
    assert [names[id] for id in affine] == ["u₁", "u₃"]
    assert [names[node.id] for node in graph if node.symbol == "identity"] == [None]


@given(expressions(["add", "subtract", "multiply", "sin", "tanh", "exp", "square"], arrays=False))
def test_what_is_used_by_way_of_the_identity_is_put_as_if_it_was_used_itself(e) -> None:
    for use in (
        lambda y: y + 1.0,
        lambda y: y * y,
        lambda y: (y + 2.0) * ad.sin(y),
        lambda y: ad.tanh(y) - y,
    ):
        direct = use(e(*map(Value, e.inputs)))
        handed = use(identity(e(*map(Value, e.inputs))))
        assert symbols(handed) == symbols(direct)


def test_temporary_names_pass_over_those_that_users_gave() -> None:
    w = Value(2.0, "w")
    graph = Graph(w * 1.0 + Value(3.0, "t₂") * 2.0 + Value(4.0, "t₁") * 3.0)
    names = Names(graph)
    nameless = [node.id for node in graph if node.operation and node.id not in names]
    assert [names.spoken(id) for id in reversed(nameless)] == ["t₆", "t₅", "t₄", "t₃"]


@given(n=st.integers(1, 30), taken=st.sets(st.integers(1, 40)))
def test_temporary_names_are_those_that_are_free_in_order(n: int, taken: set[int]) -> None:
    xs = [Value(1.0, f"t{subscript(k)}") for k in taken] or [Value(1.0, "x")]
    y = xs[0]
    for _ in range(n):
        y = y * 2.0
    graph = Graph(sum(xs[1:], y))
    names = Names(graph)
    nameless = [node.id for node in graph if node.operation and node.id not in names]
    free = [f"t{subscript(k)}" for k in range(1, 200) if k not in taken]
    assert [names.spoken(id) for id in nameless] == free[: len(nameless)]
