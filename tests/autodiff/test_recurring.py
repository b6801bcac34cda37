"""Derivations through loops: what is written of one step holds in every step, in numbers."""

import re
import tracemalloc
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff.derivations.chain_rule import Chain
from autodiff.derivations.equations import NumberTable
from autodiff.derivations.expression import (
    Call,
    Given,
    Number,
    StepSum,
    Sum,
    Symbol,
    evaluated,
    parts,
    walked,
)
from autodiff.derivations.forms import GETITEM
from autodiff.derivations.intermediates import Intermediates
from autodiff.derivations.simplification import rewritten
from autodiff.derivations.stepping import Stepping, UnlikeError
from autodiff.derivations.typesetting import Text
from autodiff.differentiation.carry_names import carry_names
from autodiff.graph import Graph
from autodiff.naming import Names
from autodiff.naming.recurrences import FEW_STEPS, recurrences
from autodiff.naming.steps import COUNTERS, Letter
from autodiff.text.lettering import with_bar

# -- a reader who puts numbers in for t ----------------------------------------------------------------


class Reader:
    """Reads a derivation, and puts the engine's numbers in for its letters."""

    def __init__(self, f, wrt):
        self.derivation = ad.explain(f, wrt)
        intermediates = Intermediates(f, wrt, rows=True, like=self.derivation._intermediates)
        self.names, self.graph = intermediates.names, intermediates.graph
        self.loops = [loop for loop in intermediates.all_names.loops if len(loop.steps) > FEW_STEPS]
        ids = [
            id
            for id in self.names
            if isinstance(self.graph.sources[id], ad.Value) and not self.graph.sources[id].constant
        ]
        found = ad.gradients(f, [self.graph.sources[id] for id in ids])
        self.gradient = dict(zip(ids, found, strict=True))
        self.output = self.names[self.graph.output.id]
        self.called = {
            loop.name(letter, k): step[place]
            for loop in self.loops
            for place, letter in loop.letters.items()
            for k, step in enumerate(loop.steps.steps)
        }

    def check(self):
        """Every equation, in every step that it is said to hold in; how many there were."""
        count, defined, used = 0, set(), set()
        for _, equations in self.derivation.sections:
            if isinstance(equations, NumberTable):
                self.check_table(equations)
                continue
            left = None
            for equation in equations:
                left = equation.left or left
                loop = self.loop_of(left) or self.loop_of(equation.right)
                steps = steps_in(equation.note)
                for t in steps or [None]:
                    self.check_at(left, equation, loop, t)
                    defined |= self.gradients_in(left, loop, t)
                    used |= self.gradients_in(equation.right, loop, t)
                    count += 1
        assert used <= defined
        return count

    def check_at(self, left, equation, loop, t):
        known = self.numbers(loop, t)
        expected = known.get(left.text, self.derivation.value)
        found = [] if is_cut(equation.right) else [self.value(equation.right, loop, t, equation.numbers)]
        found += [] if equation.result is None else [evaluated(equation.result, {})]
        for data in found:
            np.testing.assert_allclose(
                np.broadcast_to(data, np.shape(expected)), expected, 1e-9, 1e-12, err_msg=f"{left.text}, {t}"
            )
        for name, number in equation.numbers.items():
            np.testing.assert_allclose(number, known[name], 1e-9, 1e-12, err_msg=name)

    def check_table(self, table):
        """Numbers are what the symbols above them stand for in the step of their row."""
        counter, *symbols = table.header
        loop = self.loop_of(symbols[0])
        assert counter.text == loop.counter
        assert [row[0] for row in table.rows][:: len(table.rows) - 1] == [
            loop.steps.first,
            loop.steps.first + len(loop.steps) - 1,
        ]
        for t, *row in table.rows:
            known = self.numbers(loop, t)
            for symbol, number in zip(symbols, row, strict=True):
                if number is not None:  # no path leads through it in this step
                    np.testing.assert_allclose(number, known[symbol.text], 1e-9, 1e-12, err_msg=symbol.text)

    def gradients_in(self, term, loop, t):
        """The derivatives in a term as they are spelled, in step t."""
        if isinstance(term, StepSum):
            own, steps = self.loop_of(term.term), range(term.first, term.last + 1)
            return {found for step in steps for found in self.gradients_in(term.term, own, step)}
        if isinstance(term, Symbol) and term.lower is not None:
            letters = [*loop.letters.values(), *loop.rows] if t is not None else []
            shifts = {
                letter.at(f"{loop.counter}{d:+d}" if d else loop.counter): letter.at(str(t + d))
                for letter in letters
                for d in (-1, 0, 1)
            }
            lower = shifts.get(term.lower, term.lower)
            return {(term.sign, self.names[self.called[lower]] if lower in self.called else lower)}
        return {found for part in parts(term) for found in self.gradients_in(part, loop, t)}

    def loop_of(self, term):
        """The loop that a letter with t is of; of a sum over steps it is none."""
        if isinstance(term, StepSum):
            return None
        texts = {part.text for part in outside_sums(term) if isinstance(part, Symbol)}
        return next((loop for loop in self.loops if texts & {*self.letters(loop, None)}), None)

    def letters(self, loop, t):
        """All letters of a loop with t, and what they stand for in a step."""
        letters, ids = [*loop.letters.values(), *loop.rows], []
        for k in range(-1, len(loop.steps) + 1):
            inside = 0 <= k < len(loop.steps)
            start = {place: own[0] for place, own in loop.steps.carried.items()} if k == -1 else {}
            computed = [loop.steps.steps[k][p] if inside else start.get(p) for p in loop.letters]
            ids.append([*computed, *(row[k][0] if inside else None for row in loop.steps.rows)])
        numbers = {}
        for shift in (-1, 0, 1):
            place = 1 if t is None else t - loop.steps.first + shift + 1
            if 0 <= place < len(ids):
                for letter, id in zip(letters, ids[place], strict=True):
                    name = letter.at(f"{loop.counter}{shift:+d}" if shift else loop.counter)
                    numbers.update({} if id is None else self.known(name, id))
        return numbers

    def known(self, name, id):
        """A value and its gradient, by what they may be called."""
        numbers = {name: self.graph[id].data}
        if id in self.gradient:
            bar = {with_bar(name)} - {None}
            numbers |= dict.fromkeys(
                {f"∂{self.output}/∂{name}", f"d{self.output}/d{name}", *bar}, self.gradient[id]
            )
        return numbers

    def numbers(self, loop, t):
        """What all letters stand for, in step t of a loop those with t as well."""
        numbers = {}
        for id, name in self.names.items():
            numbers |= self.known(name, id)
        for own in self.loops:
            for place, letter in own.letters.items():
                start = own.steps.carried.get(place, [None])[0]
                numbers |= {} if start is None else self.known(own.name(letter, -1), start)
                for k, step in enumerate(own.steps.steps):
                    numbers |= self.known(own.name(letter, k), step[place])
            for row, letter in zip(own.steps.rows, own.rows, strict=True):
                for k, ids in enumerate(row):
                    numbers |= self.known(own.name(letter, k), ids[0])
        for name, id in self.called.items():
            numbers |= self.known(name, id)
        return numbers if t is None or loop is None else numbers | self.letters(loop, t)

    def value(self, term, loop, t, numbers=()):
        """What a term comes to, with these numbers for the names in it, or else with all."""

        def put(part):
            if isinstance(part, StepSum):
                own = self.loop_of(part.term)
                steps = range(part.first, part.last + 1)
                return Given(sum(self.value(part.term, own, step) for step in steps))
            if isinstance(part, Call):
                options = {name: index_at(option, t) for name, option in part.metadata.items()}
                return replace(
                    part, arguments=tuple(rewritten(x, put) for x in part.arguments), metadata=options
                )
            return None

        return evaluated(rewritten(term, put), numbers or self.numbers(loop, t))


def outside_sums(term):
    inside = {id(x) for part in walked(term) if isinstance(part, StepSum) for x in walked(part.term)}
    return [part for part in walked(term) if id(part) not in inside]


def is_cut(term):
    return any(getattr(part, "omitted", 0) for part in walked(term))


def steps_in(text):
    found = re.search(r"\w = (\d+) … (\d+)", text)
    if found is None:
        return None
    first, last = map(int, found.groups())
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)


def index_at(option, t):
    """An index that counts steps, in one of them: t − 1, 50 − t."""
    if isinstance(option, tuple):
        return tuple(index_at(x, t) for x in option)
    if not isinstance(option, str) or t is None or not re.fullmatch(r"−?\w|\w [+−] \d+|\d+ − \w", option):
        return option
    words = [t if word in COUNTERS else word for word in option.split()]
    if len(words) == 1:
        return -t if option[0] == "−" else t
    return int(words[0]) + int(words[2]) * (1 if words[1] == "+" else -1)


# -- loops that people write ---------------------------------------------------------------------------


def leaf(data, name):
    return ad.Value(data, name)


def tanh_cell(w, u, b):
    def step(h, x):
        h = np.tanh(w * h + u * x + b)
        return h, h

    return step


def linear(w, u, b):
    return lambda total, x: (w * total + u * x, total * b)


def two_carries(w, u, b):
    def step(state, x):
        position, speed = state
        speed = speed * w - u * position + x
        return (position + b * speed, speed), position * speed

    return step


def with_gates(w, u, b):
    def step(state, x):
        keep = ad.sigmoid(w * x + u * state["h"])
        c = keep * state["c"] + (1.0 - keep) * np.tanh(b * x + state["h"])
        return {"h": keep * np.tanh(c), "c": c}, None

    return step


def curved(w, u, b):
    return lambda h, x: (h / (1.0 + h**2) * w + u * x**2 - 0.5 * b * h, np.maximum(h * x, w))


STEPS = {"tanh": tanh_cell, "linear": linear, "two": two_carries, "gates": with_gates, "curved": curved}


@st.composite
def loops(draw):
    """A loss of a scan, and what it may be derived by."""
    kind, n = draw(st.sampled_from(sorted(STEPS))), draw(st.integers(FEW_STEPS + 3, 24))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    leaves = {name: leaf(rng.uniform(0.2, 0.9), name) for name in "wub"}
    starts = [0.0, leaf(0.3, "h0"), leaves["w"], 0.5 * leaves["w"], ad.Value(0.2, constant=True)]
    start = starts[draw(st.integers(0, len(starts) - 1))]
    if isinstance(start, ad.Value) and start.name:
        leaves[start.name] = start
    carry = {"two": (start, 0.5), "gates": {"h": start, "c": 0.1}}.get(kind, start)
    shape = draw(st.sampled_from([(), (3,)])) if start == 0.0 and kind != "gates" else ()
    if shape:
        carry = ad.differentiation.structure.mapped(lambda x: np.full(shape, x), carry)
    rows = rng.normal(size=(n, *shape))
    if draw(st.booleans()):
        rows = leaves["X"] = leaf(rows, "X")
    last, ys = ad.scan(
        STEPS[kind](*(leaves[name] for name in "wub")), carry, rows, reverse=draw(st.booleans())
    )
    ends = ad.differentiation.structure.leaves(last)
    of_last = sum((np.sum(x**2) for x in ends), 0.0)
    uses = draw(st.sampled_from(["last", "all", "both"])) if ys is not None else "last"
    f = of_last if uses == "last" else np.sum(ys * ys) if uses == "all" else of_last * np.sum(ys)
    return f, leaves[draw(st.sampled_from(sorted(leaves)))]


@settings(max_examples=150)
@given(loops())
def test_what_is_written_of_one_step_holds_in_every_step(loop):
    f, wrt = loop
    reader = Reader(f, wrt)
    assume(reader.derivation.n_paths)
    assert "Steps:" in reader.derivation.text
    assert reader.check() > 8


# -- what it looks like --------------------------------------------------------------------------------


def decay(n, w, u, start=0.1):
    """An RNN of one node, and how far from 1 it ends."""
    last, _ = ad.scan(lambda h, x: (np.tanh(w * h + u * x), None), start, np.linspace(-1.0, 1.0, n))
    return (last - 1.0) ** 2


def test_an_rnn_of_one_node_as_it_is_in_a_textbook():
    w, u = leaf(0.5, "w"), leaf(0.3, "u")
    assert ad.explain(decay(50, w, u), w).text == TEXTBOOK


TEXTBOOK = """\
Steps:
h₀ = 0.1
zₜ = w·hₜ₋₁ + u·xₜ    t = 1 … 50
hₜ = tanh(zₜ)         t = 1 … 50

Put f = (h₅₀ − 1)² = 0.258627

50 paths lead from w to f. Step by step, from the last one back:
∂f/∂h₅₀ = 2(h₅₀ − 1) = −1.01711
∂f/∂hₜ  = ∂f/∂zₜ₊₁ · w          t = 49 … 1
∂f/∂zₜ  = ∂f/∂hₜ · (1 − hₜ²)    t = 50 … 1

∂f/∂w = Σₜ ∂f/∂zₜ · hₜ₋₁
      = (−1.273·10⁻¹⁷) · 0.1 + (−2.709·10⁻¹⁷) · (−0.2449) \
+ … (46 more terms) … + (−0.2984) · 0.4599 + (−0.7715) · 0.4759
      = −0.5899

 t       xₜ       zₜ       hₜ        ∂f/∂zₜ        ∂f/∂hₜ
 1       −1    −0.25  −0.2449  −1.273·10⁻¹⁷  −1.355·10⁻¹⁷
 2  −0.9592  −0.4102  −0.3887  −2.709·10⁻¹⁷  −3.191·10⁻¹⁷
 3  −0.9184  −0.4698  −0.4381  −6.382·10⁻¹⁷  −7.898·10⁻¹⁷
 …        …        …        …             …             …
48   0.9184   0.4972   0.4599       −0.1176       −0.1492
49   0.9592   0.5177   0.4759       −0.2984       −0.3857
50        1    0.538   0.4914       −0.7715        −1.017"""


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_steps_are_written_out(n):
    w, u = leaf(0.5, "w"), leaf(0.3, "u")
    text = ad.explain(decay(n, w, u), w).text
    assert "Steps" not in text
    assert n == 1 or f"h{'₀₁₂₃'[n]} = tanh(z{'₀₁₂₃'[n]})" in text


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
@pytest.mark.parametrize("n", [4, 20])
def test_recurrent_networks(kind, n):
    layer, end = kind(2, 3, seed=0), nn.Linear(3, 1, seed=0)
    outputs, _ = layer(np.random.default_rng(0).normal(size=(n, 2, 2)))
    f = (end(outputs) ** 2).sum() + outputs[0].sum()
    for _, parameter in layer.named_parameters():
        reader = Reader(f, parameter)
        assert reader.check() > 8
        assert f"t = 1 … {n}\n" in reader.derivation.text


def test_one_loop_after_another():
    w, u = leaf(0.5, "w"), leaf(0.8, "u")
    last, _ = ad.scan(lambda h, x: (np.tanh(w * h + x), None), 0.0, np.linspace(0.0, 1.0, 5))
    _, read = ad.scan(lambda s, _: (np.tanh(u * s + last), s), 1.0, length=9)
    for wrt in (w, u):
        reader = Reader(np.sum(read**2), wrt)
        assert reader.check() > 20
    assert "h̄₅ = Σₜ āₜ" in ad.explain(np.sum(read**2), w).text


@pytest.mark.parametrize(
    ("named", "written"),
    [
        (lambda t: None, "hₜ = tanh(zₜ)"),
        (lambda t: f"h{t}", "hₜ = tanh(zₜ)"),
        (lambda t: "h", "h[t] = tanh(zₜ)"),
    ],
)
def test_a_python_loop_in_scopes(named, written):
    w, h = leaf(0.5, "w"), leaf(0.1, "start")
    for t in range(1, 8):
        with ad.scope("step"):
            h = np.tanh(w * h + 0.1 * t)
            h.name = named(t)
    reader = Reader((h - 1.0) ** 2, w)
    assert written in reader.derivation.text
    assert reader.check() > 20


def test_steps_that_are_not_alike_are_written_out():
    w, h = leaf(0.5, "w"), leaf(0.1, "h0")
    for t in range(8):
        with ad.scope("step"):
            h = np.tanh(w * h) if t % 3 else np.sin(w * h)
    text = ad.explain(h**2, w).text
    assert "Steps" not in text
    assert "sin(" in text


def test_each_part_of_a_carry_is_called_as_the_step_calls_it():
    def swing(state, _):
        angle, speed = state
        speed = speed - 0.1 * np.sin(angle)
        return (angle + 0.1 * speed, speed), None

    start = leaf(1.0, "start")
    (angle, _), _ = ad.scan(swing, (start, 0.0), length=20)
    reader = Reader(angle**2, start)
    assert "speedₜ = speedₜ₋₁ − 0.1zₜ" in reader.derivation.text
    assert "angleₜ = angleₜ₋₁ + 0.1speedₜ" in reader.derivation.text
    assert reader.check() > 60


def test_a_table_of_many_letters_has_columns_for_what_is_handed_on():
    k = leaf(1.3, "k")

    def rk4(x, _, h=0.1):
        k1 = -k * x
        k2 = -k * (x + 0.5 * h * k1)
        k3 = -k * (x + 0.5 * h * k2)
        k4 = -k * (x + h * k3)
        return x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4), None

    last, _ = ad.scan(rk4, leaf(3.0, "x0"), length=21)
    reader = Reader(last, k)
    assert "xₜ = xₜ₋₁ + 0.01667bₜ" in reader.derivation.text
    assert re.search(r"\n *t +xₜ +df/dxₜ\n", reader.derivation.text)
    assert reader.check() > 200


def test_what_was_computed_in_a_step_may_be_derived_by():
    w, seen = leaf(0.5, "w"), []

    def step(h, x):
        seen.append(np.tanh(w * h + x))
        return seen[-1], None

    last, _ = ad.scan(step, 0.1, np.linspace(-1.0, 1.0, 9))
    reader = Reader((last - 1.0) ** 2, seen[3])
    assert reader.derivation.text.splitlines()[-3] == "∂f/∂h₄ = ∂f/∂z₅ · w"
    assert reader.check() > 20


def test_the_output_may_be_handed_on_by_the_last_step():
    rate = leaf(0.03, "rate")
    money, _ = ad.scan(lambda money, _: (money * (1.0 + rate) + 100.0, None), 0.0, length=30)
    reader = Reader(money, rate)
    assert "moneyₜ = zₜ + 100" in reader.derivation.text
    assert "f      = money₃₀" in reader.derivation.text
    assert reader.check() > 90


def test_other_languages():
    w, u = leaf(0.5, "w"), leaf(0.3, "u")
    derivation = ad.explain(decay(50, w, u), w)
    assert (
        r"\frac{\partial f}{\partial w} &= \sum_{t=1}^{50} \frac{\partial f}{\partial z_{t}} \, h_{t-1} \\"
        in derivation.latex
    )
    assert r"h_{t} &= \mathrm{tanh}\left(z_{t}\right) \qquad t\ =\ 1\ \ldots \ 50 \\" in derivation.latex
    assert r"\qquad t\ =\ 49\ \ldots \ 1 \\" in derivation.latex
    assert r"\begin{array}{rrrrrr} t & x_{t} & z_{t} & h_{t} & " in derivation.latex
    assert derivation.markdown.count("$$") == 2 * 5


def test_a_formula_alone_has_no_steps():
    w, u = leaf(0.5, "w"), leaf(0.3, "u")
    assert "Steps" not in ad.explain(decay(6, w, u), w, put=False).text


# -- names that are like those of steps ----------------------------------------------------------------


def of_name(name, n=6):
    """An RNN of one node, the weight of which has a name."""
    w = leaf(0.5, name)
    last, _ = ad.scan(lambda h, x: (np.tanh(w * h + x), None), 0.1, np.linspace(-1.0, 1.0, n))
    return (last - 1.0) ** 2, w


@pytest.mark.parametrize("name", ["h_t", "z_t", "x_t", "t", "k_t", "h0", "h3", "z1", "x1", "h[t]", "f", "u1"])
def test_names_that_look_like_those_of_steps(name):
    reader = Reader(*of_name(name))
    assert "Steps" in reader.derivation.text
    assert reader.check() > 20


def test_what_is_called_h_with_a_t_below_is_no_step():
    assert "zₖ = hₜ·hₖ₋₁ + xₖ" in ad.explain(*of_name("h_t")).text


def test_a_letter_that_counts_steps_is_no_name():
    a, b, c, d = (leaf(0.5, name) for name in "tkns")
    last, _ = ad.scan(lambda h, x: (np.tanh(a * h + b * x + c * d), None), 0.1, np.linspace(-1.0, 1.0, 6))
    assert "zᵢ = t·hᵢ₋₁ + k·xᵢ + n·s" in ad.explain(last, a).text


@pytest.mark.parametrize("array", ["T", "X"])
def test_what_counts_steps_is_none_of_their_letters(array):
    w, rows = leaf(0.5, "w"), leaf(np.linspace(0.0, 1.0, 6), array)
    last, _ = ad.scan(lambda h, x: (np.tanh(w * h + x * x), None), 0.1, rows)
    text = ad.explain(last, w).text
    assert ("tₖ = T[k − 1]" if array == "T" else "xₜ = X[t − 1]") in text


def test_what_is_coined_does_not_go_on_where_a_loop_ends():
    w = leaf(0.5, "w")
    last, _ = ad.scan(
        lambda c, x: ({"u": np.tanh(w * c["u"] + c["f"]), "f": np.sin(w * c["f"] + c["u"] * x)}, None),
        {"u": 0.5 * w, "f": 0.2 * w},
        np.linspace(-1.0, 1.0, 6),
    )
    reader = Reader(np.tanh(last["u"] * w + last["f"]) ** 2, w)
    assert reader.check() > 40
    assert "Put u₀ = 0.5w" in reader.derivation.text
    assert "F  = " in reader.derivation.text
    assert not {"u₇", "f₇"} & {*reader.names.values()}


def test_what_the_first_step_begins_with_has_a_name_of_its_own():
    w, c = leaf(0.5, "w"), leaf(0.3, "h0")
    h = 0.1
    for t in range(1, 7):
        with ad.scope("step"):
            h = np.tanh(w * h + c)
            h.name = f"h{t}"
    reader = Reader((h - 1.0) ** 2, w)
    assert "h₀ = 0.1" not in reader.derivation.text


def test_names_of_steps_and_of_parts_are_different_ones():
    w, h, seen = leaf(0.5, "w"), leaf(0.3, "c") * 1.5, []
    for t in range(1, 10):
        with ad.scope("step"):
            h = np.tanh(w * h)
            h.name = f"u1{t}"
    for k in range(10):
        seen.append(np.tanh(np.tanh(h * w + k) * w))
    reader = Reader(sum(seen, 0.0), w)
    assert reader.check() > 30


# -- rows and starts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 3])
def test_numbers_stay_numbers_where_steps_are_written_out(n):
    w, u = leaf(0.5, "w"), leaf(0.3, "u")
    text = ad.explain(decay(n, w, u), w).text
    assert "z₁ = 0.1w − u" in text
    assert "x" not in text


def test_numbers_stay_numbers_where_not_all_steps_have_one_formula():
    w, h = leaf(0.5, "w"), leaf(0.1, "h0")
    kept = []
    for t in range(8):
        with ad.scope("step"):
            h = np.tanh(w * h + 0.1 * t)
            kept.append(h)
    f = kept[1] * kept[3] + kept[5] * kept[6] + kept[7]
    text = ad.explain(f, w).text
    assert "Steps" not in text
    assert "x" not in text
    assert "z₃ = w·h₂ + 0.2" in text


@pytest.mark.parametrize("first", [0, 1])
def test_constants_keep_their_names(first):
    w, h = leaf(0.5, "w"), leaf(0.1, "h0")
    for t in range(6):
        with ad.scope("step"):
            h = np.tanh(w * h + ad.Value(0.1 * t, f"x{t + first}", constant=True))
    text = ad.explain((h - 1.0) ** 2, w).text
    assert ("zₜ = w·hₜ₋₁ + xₜ" if first else "u₁  = w·h₀ + x₀") in text


def test_a_step_may_begin_with_what_nobody_would_put():
    w = leaf(0.5, "w")
    last, _ = ad.scan(lambda h, x: (h**x + w, None), 1.5 * w, np.linspace(0.5, 1.5, 6))
    reader = Reader(last, w)
    assert "Put h₀ = 1.5w" in reader.derivation.text
    assert reader.check() > 10


def test_rows_from_the_last_one_back():
    w, rows, h = leaf(0.5, "w"), leaf(np.linspace(0.0, 1.0, 6), "X"), 0.1
    for t in range(6):
        with ad.scope("step"):
            h = np.tanh(w * h + rows[-1 - t])
    reader = Reader((h - 1.0) ** 2, w)
    assert "zₜ = w·hₜ₋₁ + X[−t] " in reader.derivation.text
    assert reader.check() > 20


@pytest.mark.parametrize("n", [2, 4, 20])
@pytest.mark.parametrize("each_operation", [None, True])
def test_a_loop_over_numbers_can_be_animated(n, each_operation):
    w, u = leaf(0.5, "w"), leaf(0.3, "u")
    assert "h₁" in ad.animate(decay(n, w, u), each_operation=each_operation).html


@pytest.mark.parametrize("runs", [2, 3, 4])
def test_a_loop_that_is_run_again(runs):
    w, h = leaf(0.5, "w"), 0.1
    for _ in range(runs):
        h, _ = ad.scan(lambda h, x: (np.tanh(w * h + x), None), h, np.linspace(0.0, 1.0, 8))
    reader = Reader(h**2, w)
    assert reader.derivation.text.count("Steps:") == (runs if runs < 4 else 1)
    assert reader.check() > 30


def test_one_loop_inside_of_what_is_not_like_the_others():
    w, h = leaf(0.5, "w"), leaf(0.1, "h0")
    for n in (5, 5, 5, 5, 9):
        h, _ = ad.scan(lambda h, x: (np.tanh(w * h + x), None), h, np.linspace(0.0, 1.0, n))
    reader = Reader(h**2, w)
    assert " t = 1 … 4\n" in reader.derivation.text
    assert " t = 1 … 9\n" in reader.derivation.text
    assert reader.check() > 30


def test_many_loops_and_many_parts_have_letters():
    w, h = leaf(0.5, "w"), leaf(0.1, "h0")

    def step(h, x):
        for _ in range(60):
            h = np.tanh(w * h + x)
        return h, None

    for k in range(200):
        with ad.scope(f"part {k}"):
            h, _ = ad.scan(lambda h, x: (np.tanh(w * h + x), None), h, np.linspace(0.0, 1.0, 4))
    last, _ = ad.scan(step, h, np.linspace(0.0, 1.0, 8))
    names = Intermediates(last, w).all_names
    found = [name for loop in names.loops for letter in loop.letters.values() for name in loop.names(letter)]
    assert len(names.loops) == 201
    assert len(found) == len({*found}) == 200 * 4 * 2 + 8 * 120


# -- what the letters are ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["z_t", "hₜ", "xₜ", "hₜ₋₁", "zₜ₊₁"])
def test_no_letter_with_t_is_a_name_that_the_user_gave(name):
    w, other = leaf(0.5, "w"), leaf(0.7, name)
    last, _ = ad.scan(lambda h, x: (np.tanh(w * h + other * x), None), 0.1, np.linspace(-1.0, 1.0, 8))
    reader = Reader((last - 1.0) ** 2, w)
    (loop,) = reader.loops
    assert reader.letters(loop, None).keys().isdisjoint(reader.names.values())
    assert reader.check() > 20


def test_the_number_of_a_step_is_no_letter_that_is_taken():
    w = leaf(0.5, "w")
    (_, x), _ = ad.scan(lambda state, _: (forward(w, *state), None), (0.0, 1.0), length=9)
    assert " t = 1 … 9\n" in ad.explain(x**2, w).text

    def step(state, _):
        t, x = state
        return forward(w, t, x), None

    (_, x), _ = ad.scan(step, (leaf(0.0, "t0"), 1.0), length=9)
    text = ad.explain(x**2, w).text
    assert " k = 1 … 8\n" in text
    assert "tₖ = tₖ₋₁ + 0.1" in text


def forward(w, t, x):
    """One of Euler's steps of dx/dt = −w·sin(t)·x."""
    return t + 0.1, x - 0.1 * w * np.sin(t) * x


def test_where_all_letters_for_the_number_of_a_step_are_taken_the_steps_are_written_out():
    w, *others = (leaf(0.5, name) for name in f"w{COUNTERS}")
    start = others[0] * sum(others)
    last, _ = ad.scan(lambda h, x: (np.tanh(w * h + x), None), start, np.linspace(-1.0, 1.0, 8))
    assert "Steps" not in ad.explain(last**2, w).text


class Cell:
    """A step that is a method."""

    def __init__(self, w):
        self.w = w

    def step(self, speed, x):
        return np.tanh(self.w * speed + x), None

    def __call__(self, speed, x):
        return self.step(speed, x)


@pytest.mark.parametrize(
    "step",
    [
        lambda w: lambda speed, _, h=0.1: (np.tanh(w * speed + h), None),
        lambda w: lambda speed, x, *, h=0.1: (np.tanh(w * speed + h * x), None),
        lambda w: Cell(w).step,
        Cell,
        lambda w: partial(lambda w, speed, x: (np.tanh(w * speed + x), None), w),
    ],
)
def test_a_carry_is_called_as_the_first_parameter_whatever_kind_of_step_it_is(step):
    w = leaf(0.5, "w")
    last, _ = ad.scan(step(w), 0.1, np.linspace(-1.0, 1.0, 6))
    assert "speedₜ = tanh(zₜ)" in ad.explain(last**2, w).text


def test_names_of_many_loops_take_as_long_as_there_are_loops(monkeypatch):
    calls = []
    at = Letter.at
    monkeypatch.setattr(Letter, "at", lambda *args: calls.append(None) or at(*args))

    def written(count):
        calls.clear()
        h = leaf(0.1, "start")
        for k in range(count):
            with ad.scope("block"):
                for x in (0.3, 0.7):
                    with ad.scope("step"):
                        h = np.tanh(0.5 * h + x)
                h = np.sin(h) if k % 2 else np.cos(h)
        assert len(Names(Graph(h)).loops) == count
        return len(calls)

    assert written(80) <= 2.2 * written(40)


def test_arrays_that_a_loop_uses_in_each_step_are_not_copied():
    w, data = leaf(np.zeros(500), "w"), np.ones((500, 500))
    for _ in range(20):
        with ad.scope("step"):
            w = np.tanh(w - 0.001 * (data @ w))
    graph = Graph(w.sum())
    tracemalloc.start()
    assert Names(graph).loops
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * data.nbytes


# -- what is no formula of all steps -------------------------------------------------------------------


def written(steps):
    """What a loop of nine steps says of them if these are the terms of its steps."""
    w, u = leaf(0.5, "w"), leaf(0.3, "u")
    intermediates = Intermediates(decay(9, w, u), w)
    loop = Stepping(Chain(intermediates, [intermediates.graph.id_of(w)]), *intermediates.all_names.loops)
    (place, *_) = loop.steps.carried
    return loop.general(place, lambda id: steps[loop.of[id][0]], range(len(steps)))


def entry(index, shape=(), name="getitem"):
    """An entry of an array, X[2]."""
    return Call(GETITEM, (Symbol("X", (9,)),), shape, {"index": index}, name)


def test_an_index_that_counts_the_steps_is_in_terms_of_their_number():
    assert Text().write(written([entry(k) for k in range(9)])) == "X[t − 1]"
    assert Text().write(written([entry(k + 1) for k in range(9)])) == "X[t]"
    assert Text().write(written([entry(8 - k) for k in range(9)])) == "X[9 − t]"
    assert Text().write(written([entry((k, 2)) for k in range(9)])) == "X[t − 1, 2]"


@pytest.mark.parametrize(
    "steps",
    [
        [entry(2 * k) for k in range(4)],
        [entry(k) for k in (0, 1, -2)],
        [entry(0), entry(1), entry(2, name="take")],
        [entry(0), entry(0), entry(0, shape=(2,))],
        [Number(1.0), Number(1.0), Number(2.0)],
        [Given(np.array([1.0, k])) for k in (0.0, 0.0, 1.0)],
        [Sum(tuple(map(Symbol, names))) for names in ("wu", "wu", "wuv")],
        [Symbol("w"), Symbol("w"), Symbol("u")],
        [Symbol("w"), Number(0.5), Symbol("w")],
    ],
)
def test_what_differs_between_steps_is_not_written_of_all(steps):
    with pytest.raises(UnlikeError):
        written(steps)


def test_a_name_of_the_start_that_the_steps_use_as_well_is_that_name():
    w, u = leaf(0.5, "w"), leaf(0.3, "u")
    text = ad.explain(decay(9, w, u, start=w), u).text
    assert "h₀ = w" in text
    assert re.search(r"∂f/∂hₜ *= ∂f/∂zₜ₊₁ · w +t = 8 … 1\n", text)


def with_states(n, w):
    """The last state of an RNN of one node, and those that its steps begin with."""
    states = []

    def step(h, x):
        states.append(h)
        return np.tanh(w * h + x), None

    last, _ = ad.scan(step, 0.1, np.linspace(-1.0, 1.0, n))
    return last, states


@pytest.mark.parametrize("k", [0, 4, 8])
@pytest.mark.parametrize("name", ["peak", "h_3", "h"])
def test_one_state_may_have_a_name_of_its_own(k, name):
    w = leaf(0.5, "w")
    last, states = with_states(9, w)
    named = [*states[1:], last][k]
    named.name = name
    reader = Reader((last - 1.0) ** 2, w)
    assert re.search(
        rf"{reader.names[reader.graph.id_of(named)]} += [ha]{'₁₂₃₄₅₆₇₈₉'[k]}\n", reader.derivation.text
    )
    assert reader.check() > 20


@pytest.mark.parametrize(
    ("start", "written"),
    [
        (lambda w: 2.0 * w, "Put h₀ = 2w = 1\n\nSteps:\nhₜ = hₜ₋₁·xₜ + w    t = 1 … 9"),
        (lambda w: 0.3, "Put h₁ = 0.3 + w = 0.8\n\nSteps:\nhₜ = hₜ₋₁·xₜ + w    t = 2 … 9"),
        (lambda w: ad.Value(0.3, constant=True), "Steps:\nh₀ = 0.3\nhₜ"),
        (lambda w: np.tanh(3.0 * w * w), "h₀ = tanh(u₁)"),
    ],
)
def test_what_a_loop_begins_with_is_named_as_what_it_hands_on(start, written):
    w = leaf(0.5, "w")
    last, _ = ad.scan(lambda h, x: (h * x + w, None), start(w), np.linspace(1.0, 2.0, 9))
    reader = Reader((last - 1.0) ** 2, w)
    assert written in reader.derivation.text
    assert reader.check() > 10


def test_a_state_that_is_used_after_the_loop_has_a_formula_of_its_own():
    w = leaf(0.5, "w")
    last, states = with_states(12, w)
    reader = Reader((last - states[1]) ** 2, w)
    assert re.search(r"\n∂f/∂h₁ += .*∂f/∂u₁", reader.derivation.text)
    assert reader.check() > 20


def test_more_than_a_few_formulas_at_one_place_are_no_loop():
    w = leaf(0.5, "w")
    last, states = with_states(12, w)
    assert "Steps" not in ad.explain((last - states[4] - states[8]) ** 2, w).text


def test_a_loop_in_a_long_derivation_is_a_part_of_an_excerpt():
    w = leaf(0.5, "w")
    h, _ = with_states(6, w)
    for _ in range(60):
        h = np.tanh(w * h + 0.1)
    assert "Steps" not in ad.explain(h, w).text


def test_a_square_of_the_state_before_has_no_brackets():
    w = leaf(0.5, "w")
    last, _ = ad.scan(lambda h, x: (w * h**2 + x, None), leaf(0.1, "h0"), np.linspace(-1.0, 1.0, 8))
    assert "hₜ = w·hₜ₋₁² + xₜ" in ad.explain(last, w).text


def test_a_sum_over_some_of_the_steps_says_over_which():
    w, u = leaf(0.5, "w"), leaf(0.3, "u")
    reader = Reader(decay(9, w, u, start=w), w)
    assert re.search(r"∂f/∂w = .*Σₜ₌₂⁹ ∂f/∂zₜ · hₜ₋₁", reader.derivation.text)
    assert reader.check() > 20


# -- what is no loop -----------------------------------------------------------------------------------


def in_scopes(step, h, n=6):
    """A for loop of which each step is in a scope."""
    for t in range(n):
        with ad.scope("step"):
            h = step(h, t)
    return h


def started_with_two(w):
    def step(pair, _):
        return (np.tanh(w * pair[0] + pair[1]),) * 2

    return in_scopes(step, (leaf(0.3, "a"), leaf(0.4, "b")))[0]


def two_steps_before(w):
    return in_scopes(lambda pair, _: (pair[1], np.tanh(w * pair[0] + pair[1])), (w, leaf(0.4, "b")))[1]


def of_others(w):
    return sum(in_scopes(lambda found, t: [*found, np.tanh(w * t)], []))


X = [leaf(np.linspace(k, k + 1.0, 6), f"X{k}") for k in range(6)]


@pytest.mark.parametrize(
    "loop",
    [
        lambda w: in_scopes(lambda h, t: np.tanh(w * h + X[0][(3 * t) % 5]), w),
        lambda w: in_scopes(lambda h, t: np.tanh(w * h + X[0][2 * t % 6]), w, 3),
        lambda w: in_scopes(lambda h, t: np.tanh(w * h + X[t][t]), w),
        lambda w: in_scopes(lambda h, t: np.tanh(w * h + X[t]), w),
        lambda w: in_scopes(lambda h, t: np.roll(w * h, t), X[0]),
        lambda w: in_scopes(lambda h, t: np.tanh(h) if t % 3 else np.sin(h), w),
        lambda w: in_scopes(lambda h, t: np.concatenate([h, X[1]]), X[0]),
        lambda w: in_scopes(lambda h, t: w * np.expand_dims(h, 0), X[0]),
        lambda w: in_scopes(lambda h, t: np.concatenate([h[:2], *np.split(np.ones(4), 1 + t % 2)]), X[0]),
        lambda w: in_scopes(lambda h, t: w * h if t % 2 else h * w, leaf(0.1, "start")),
        two_steps_before,
        of_others,
    ],
)
def test_steps_that_differ_are_no_loop(loop):
    assert recurrences(Graph(loop(leaf(0.5, "w")))) == []


def test_a_step_that_begins_with_two_values_where_the_others_go_on_with_one_is_none_of_the_loop():
    (loop,) = recurrences(Graph(started_with_two(leaf(0.5, "w"))))
    assert (loop.first, len(loop)) == (2, 5)


def test_entries_that_were_taken_before_a_loop_are_rows_if_they_are_of_one_array_in_order():
    def loop(entries):
        (found,) = recurrences(Graph(in_scopes(lambda h, t: np.tanh(h + entries[t]), leaf(0.5, "w")))) or [
            None
        ]
        return found

    assert len(loop([X[0][t] for t in range(6)]).rows) == 1
    assert len(loop([X[0][5 - t] for t in range(6)]).rows) == 1
    assert loop([X[t][t] for t in range(6)]) is None
    assert loop([X[0][t] for t in (0, 1, 2, 3, 5, 4)]) is None


def test_what_is_collected_is_of_all_steps():
    states = []

    def step(h, t):
        states.append(np.tanh(h + t))
        return states[-1]

    last = in_scopes(step, leaf(0.5, "w"))
    (loop,) = recurrences(Graph(last + ad.stack(states[:-1]).sum()))
    assert not loop.collected
    graph = Graph(last + ad.stack(states).sum())
    (loop,) = recurrences(graph)
    assert [graph[id].operation.name for id in loop.collected] == ["stack"]
    assert [*loop.collected.values()] == [{1}]


def test_a_name_of_the_start_that_something_else_has_is_not_given_again():
    w, other = leaf(0.5, "w"), leaf(0.7, "h0")
    reader = Reader(decay(9, w, other), w)
    assert "a₀ = 0.1\nzₜ = w·aₜ₋₁ + h₀·xₜ " in reader.derivation.text
    assert reader.check() > 20


def test_names_of_a_carry_are_those_of_the_parameter_and_of_what_it_is_unpacked_into():
    def of_the_row(state, x):
        first, second = x
        return (state[0] * first, state[1] * second), None

    def before_others(state, x):
        angle, speed = state
        first, second = x
        return (angle * first, speed * second), None

    assert carry_names(of_the_row, (1.0, 2.0)) == [None, None]
    assert carry_names(before_others, (1.0, 2.0)) == ["angle", "speed"]
    assert carry_names(lambda *both: both, 1.0) == [None]
    assert carry_names(max, 1.0) == [None]
