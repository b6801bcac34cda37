"""The live page: its program computes what the engine does, and what cannot be played is said at the call."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import autodiff as ad
import nn.lecture
from autodiff import Value, animate, gradients, log, play, relu, tanh
from autodiff.animation.propagation import Propagation, intermediates_of
from autodiff.live.computation import Computation
from autodiff.programs.loading import loaded
from autodiff.programs.source import written
from tests.autodiff.test_animation import hostile, laid_out
from tests.autodiff.test_random_derivations import POINTS, at, drawn


def computed(output: Value) -> Computation:
    return Computation(Propagation(intermediates_of(output, [], None), []))


def run(listing, numbers):
    return loaded(written(listing, "f", ""))(*numbers)


def chain(length: int) -> Value:
    x = Value(0.5, "x")
    for k in range(length):
        x = x * 0.9
        x.name = f"a{k}"
    return x


# -- what is computed ------------------------------------------------------------------------------


@given(drawn, POINTS, POINTS)
@settings(max_examples=40)
def test_the_program_of_a_graph_gives_the_engines_numbers_elsewhere(e, here, there) -> None:
    computation = computed(at(e, here)[0])
    output, _ = at(e, there)
    passes = Propagation(intermediates_of(output, [], None), [])
    assert passes.names == computation.passes.names
    given_leaves = [passes.source(id).item() for id in computation.leaves]
    found = run(computation.main.listing, given_leaves)
    for id, place in computation.values.items():
        assert found[place] == pytest.approx(passes.data[id], rel=1e-12, abs=1e-13)
    for id, place in computation.gradients.items():
        assert found[place] == pytest.approx(passes.gradients[id], rel=1e-12, abs=1e-13)
    for pull in passes.backward:
        assert found[computation.locals[pull.link[:2]]] == pytest.approx(pull.local, rel=1e-12, abs=1e-13)
        assert found[computation.terms[pull.link[:2]]] == pytest.approx(pull.term, rel=1e-12, abs=1e-13)


@given(drawn, POINTS)
@settings(max_examples=20)
def test_the_curvature_along_a_direction_is_the_hessians(e, here) -> None:
    output, _ = at(e, here)
    computation = computed(output)
    sources = [computation.passes.source(id) for id in computation.wrt]
    slopes = gradients(output, sources, create_graph=True)
    numbers = [computation.passes.source(id).item() for id in computation.leaves]
    for k in range(len(sources)):
        unit = [float(i == k) for i in range(len(sources))]
        found = run(computation.curvature, [*numbers, *unit])[: len(sources)]
        slope = slopes[k]
        row = (
            gradients(slope, sources)
            if isinstance(slope, Value) and not slope.constant
            else [0.0] * len(unit)
        )
        assert found == pytest.approx(row, rel=1e-9, abs=1e-9)


def test_a_zero_that_is_structural_is_one_in_the_page_too() -> None:
    x = Value(0.25, "x")
    f = ad.sqrt(ad.maximum(x, 0.0)) * 0.0 + relu(x)
    computation = computed(f)
    assert computation.main.checks_nan
    y = Value(-0.25, "x")
    elsewhere = ad.sqrt(ad.maximum(y, 0.0)) * 0.0 + relu(y)
    place = computation.gradients[computation.wrt[0]]
    assert run(computation.absorbing, [-0.25])[place] == gradients(elsewhere, y)


# -- the call --------------------------------------------------------------------------------------


@laid_out
def test_playing_changes_nothing_and_gives_the_same_bytes_each_time() -> None:
    network = nn.lecture.network()
    R = nn.lecture.loss(network, 1)
    first = play(R)
    assert first.html == play(R).html
    assert animate(R, live=True).html == first.html
    assert all(parameter.grad is None for parameter in network.parameters())
    assert re.fullmatch(r"<R, live: 12 numbers to move, \.save\('name\.html'\), \.html>", repr(first))
    assert first._repr_html_().startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')


@laid_out
def test_a_page_is_saved_whole_or_not_at_all(tmp_path) -> None:
    x = Value(2.0, "x")
    page = play(x * x)
    assert page.save(tmp_path / "x.html").read_text(encoding="utf-8") == page.html
    with pytest.raises(ValueError, match=r"\.html"):
        page.save(tmp_path / "x.pdf")
    with pytest.raises(OSError, match="missing"):
        page.save(tmp_path / "missing" / "x.html")
    assert [path.name for path in tmp_path.iterdir()] == ["x.html"]


@laid_out
def test_nothing_of_names_becomes_code_or_markup() -> None:
    html = play(hostile()).html
    script, data = html.split("<script")[2], html.split("<script")[1]
    assert html.count("<script") == 2
    assert "onload" not in script
    assert "<" not in data.partition(">")[2].partition("</script>")[0]
    assert "unsafe" not in html
    assert "eval(" not in html


def refused(error, message, *args, **kwargs) -> None:
    with pytest.raises(error, match=message):
        play(*args, **kwargs)


def test_what_cannot_be_played_is_said_with_the_remedy() -> None:
    x, c = Value(2.0, "x"), Value(1.0, "c", constant=True)
    refused(TypeError, "play: expected a Value, got float", 3.0)
    refused(TypeError, r"play: a function needs a start: play\(f, 2.0\)", lambda x: x)
    refused(ValueError, "'c'.* depends on no variable", c)
    refused(ValueError, "play: .* does not depend on", x * x, Value(1.0, "w"))
    refused(ValueError, "output must be a number.*sum it, or index it", Value([1.0, 2.0], "v") * 2.0)
    refused(
        ValueError,
        r"'W' is an array of shape \(2, 2\).*write the graph with numbers",
        ad.sum(Value(np.ones((2, 2)), "W") ** 2),
    )
    refused(ValueError, "301 cards, more than the 300 that a page can follow.*name only", chain(300))
    refused(ValueError, "play: number_format must be one of '.1g' to '.15g'", x * x, number_format=".2f")
    refused(ValueError, "play: number_format", x * x, number_format="many")
    refused(ValueError, "direction", x * x, direction="up")
    refused(TypeError, "play: each_operation", x * x, each_operation="yes")


def test_a_leaf_that_was_changed_since_is_refused_by_name() -> None:
    x = Value(2.0, "x")
    f = x * x
    x.data = 3.0
    refused(ValueError, "'x'", f)


def test_more_operations_than_a_page_computes_are_refused() -> None:
    y = Value(0.5, "x")
    for k in range(140):
        y = sum((0.1 * i * y for i in range(2, 40)), start=y * y)
        y.name = f"y{k}"
    refused(ValueError, "10,780 operations, and a page computes at most 10,000", y)


@ad.elementwise(dx=1.0)
def looked_at(x: Any, /) -> Any:
    """An operation whose body cannot be written in other words."""
    return float(x)


def test_an_operation_without_a_spelling_is_refused_by_name() -> None:
    refused(TypeError, "play: looked_at", looked_at(Value(0.5, "x")))


@laid_out
def test_nan_at_the_start_is_no_reason_to_refuse() -> None:
    assert "log" in play(log(Value(-1.0, "x"))).html


@laid_out
def test_a_choice_that_python_made_is_said_to_stay() -> None:
    x = Value(0.5, "x")
    assert "The condition of where was computed by Python" in play(ad.where(x > 0.0, x * x, -x)).html
    assert 'id="fixed"' not in play(relu(x)).html


# -- functions -------------------------------------------------------------------------------------


def test_what_is_no_function_of_one_or_two_variables_is_refused() -> None:
    refused(ValueError, "start of 3 numbers; compute f on Values", lambda p: p[0], [1.0, 2.0, 3.0])
    refused(ValueError, "f must give one number", lambda x: ad.stack([x, x]), 1.0)
    refused(TypeError, "if x > 0|bool", lambda x: x if x > 0.0 else -x, 1.0)
    refused(TypeError, "start", lambda x: x, "high")
    refused(ValueError, "xlim must rise", lambda x: x, 1.0, xlim=(1.0, 1.0))
    refused(TypeError, "xlim must be two numbers", lambda x: x, 1.0, xlim=3.0)
    refused(ValueError, "has no ylim", lambda x: x, 1.0, ylim=(0.0, 1.0))
    refused(TypeError, "xlim and ylim are of functions", Value(1.0, "x") * 2.0, xlim=(0.0, 1.0))
    refused(TypeError, "play: looked_at", looked_at, 1.0)


def test_a_page_of_a_function_is_the_same_each_time(tmp_path) -> None:
    page = play(nn.lecture.demonstration_2, (1.5, 1.5))
    assert page.html == play(nn.lecture.demonstration_2, (1.5, 1.5)).html
    assert repr(page) == "<demonstration_2, live: click a start, .save('name.html'), .html>"
    assert page.save(tmp_path / "f.html").read_text(encoding="utf-8") == page.html


@laid_out
def test_a_long_expression_is_folded_into_rows() -> None:
    x = Value(0.3, "x")
    y = x
    for _ in range(9):
        y = tanh(1.2 * y)
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)" width', play(y).html)
    assert found
    assert 0.7 < float(found[1]) / float(found[2]) < 3.0


@laid_out
def test_names_that_only_sentences_need_are_paler_than_those_of_a_reader() -> None:
    a, b = Value(1.5), Value(-0.3)
    page = play(tanh(a * b + 2.0) * b).html
    kinds = {name: kind for kind, name in re.findall(r'class="(name(?: numbered)?)"[^>]*>([^<]+)<', page)}
    assert {kind for name, kind in kinds.items() if name.startswith("t")} == {"name numbered"}
    assert {kind for name, kind in kinds.items() if not name.startswith("t")} == {"name"}
