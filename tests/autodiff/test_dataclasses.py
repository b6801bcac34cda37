"""Dataclasses as arguments and results: one structure among others."""

import re
import runpy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import optim
from autodiff.differentiation.structure import leaves, mapped
from autodiff.testing import numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    w: Any
    b: Any = 0.5
    activation: str = "tanh"
    power: int = field(default=2, metadata={"static": True})


@dataclass
class Net:
    first: Any
    scale: Any = 2.0
    rest: Any = None


def loss(net):
    layer = net.first
    return ad.sum(getattr(ad, layer.activation)(layer.w * 1.5 + layer.b) ** layer.power * net.scale)


def as_dict(net):
    return {"first": {"w": net.first.w, "b": net.first.b}, "scale": net.scale}


def loss_of_dict(p):
    return loss(Net(Layer(w=p["first"]["w"], b=p["first"]["b"]), p["scale"]))


NET = Net(Layer(w=np.array([0.3, -0.7]), b=0.25), 1.5)


def equal(a, b):
    for x, y in zip(leaves(a), leaves(b), strict=True):
        np.testing.assert_allclose(x, y)


@pytest.mark.parametrize("transform", [ad.grad, ad.hessian, ad.value_and_grad, ad.jacobian])
def test_a_dataclass_is_differentiated_as_the_dict_of_its_fields(transform):
    found, expected = transform(loss)(NET), transform(loss_of_dict)(as_dict(NET))
    equal(found, expected)
    compiled = ad.compile(transform(loss))
    for _ in range(3):  # traced, then called the short way
        equal(compiled(NET), expected)


def test_products_with_jacobian_and_hessian_take_dataclasses():
    v = replace(NET, scale=-1.0)
    equal(ad.jvp(loss, (NET,), (v,)), ad.jvp(loss_of_dict, (as_dict(NET),), (as_dict(v),)))
    equal(ad.hvp(loss, NET, v), ad.hvp(loss_of_dict, as_dict(NET), as_dict(v)))
    y, pullback = ad.vjp(lambda net: Net(net.scale**2, net.first.b), NET)
    assert (y.first, y.scale) == (2.25, 0.25)
    (g,) = pullback(Net(1.0, 10.0))
    assert (g.scale, g.first.b, type(g.first)) == (3.0, 10.0, Layer)


def test_results_are_of_the_same_class_with_the_settings_kept():
    g = ad.grad(loss)(NET)
    assert type(g) is Net
    assert type(g.first) is Layer
    assert (g.first.activation, g.first.power, g.rest) == ("tanh", 2, None)
    assert NET.first.b == 0.25


def test_settings_choose_the_version_of_a_program():
    f = ad.compile(loss)
    other = Net(replace(NET.first, activation="sigmoid"), 1.5)
    equal(f(other), loss(other))
    equal(f(NET), loss(NET))
    cubed = Net(replace(NET.first, power=3), 1.5)
    equal(f(cubed), loss(cubed))


def test_a_program_returns_new_dataclasses():
    f = ad.compile(lambda x: Net(x * x, 3.0))
    for x in (2.0, 3.0, 4.0, 5.0):
        assert f(x) == Net(x * x, 3.0)


def test_programs_with_dataclasses_are_differentiated():
    f = ad.compile(loss)
    equal(ad.grad(f)(NET), ad.grad(loss)(NET))
    assert "net_first_w" in str(f.source)


@pytest.mark.parametrize("transform", [lambda f: f, ad.grad, ad.value_and_grad])
def test_a_saved_program_takes_the_fields_one_by_one(transform, tmp_path):
    """It needs NumPy only, so it knows nothing of the class; settings are those that it was compiled with."""
    program = ad.compile(transform(loss))
    program(NET)
    path = program.save(tmp_path / "saved.py")
    assert "autodiff" not in re.findall(r"^(?:import|from) (\w+)", path.read_text(encoding="utf-8"), re.M)
    saved = runpy.run_path(str(path))["loss"]
    for w, b, scale in (([0.3, -0.7], 0.25, 1.5), ([2.0, 0.0], -1.0, 0.5)):
        net = Net(Layer(w=np.array(w), b=b), scale)
        equal(list(saved(np.array(w), b, scale)), leaves(transform(loss)(net)))


def test_minimize_and_check_gradients_take_them():
    found = optim.minimize(lambda p: (p.w - 1.0) ** 2 + (p.b + 2.0) ** 2, Layer(w=0.0))
    assert isinstance(found.x, Layer)
    assert (found.x.w, found.x.b) == pytest.approx((1.0, -2.0))
    report = ad.check_gradients(loss, NET, order=1)
    assert [row.argument for row in report.rows] == ["net.first.w", "net.first.b", "net.scale"]


def test_a_field_that_init_does_not_take_is_refused():
    @dataclass
    class Derived:
        a: float
        double: float = field(init=False)

        def __post_init__(self):
            self.double = 2.0 * self.a

    for call in (ad.grad(lambda p: p.a * p.double), ad.compile(lambda p: p.a * p.double)):
        with pytest.raises(TypeError, match=r"field 'double' of Derived has init=False.*property"):
            call(Derived(2.0))
    with pytest.raises(TypeError, match="field 'double' of Derived"):
        ad.check_gradients(lambda p: p.a * p.double, Derived(2.0))


def test_what_was_cached_is_not_taken_over_and_init_does_not_run_again():
    @dataclass(frozen=True)
    class Positive:
        x: float

        def __post_init__(self):
            if not self.x > 0.0:
                raise ValueError("x must be positive")

        @cached_property
        def square(self):
            return self.x * self.x

    p = Positive(3.0)
    assert p.square == 9.0
    assert ad.grad(lambda p: -p.square)(p).x == -6.0


def test_other_structures_are_refused_by_type():
    with pytest.raises(ValueError, match="expected a tangent of type Net, got the keys"):
        ad.jvp(loss, (NET,), (as_dict(NET),))
    with pytest.raises(TypeError, match="must return one number, got a Net"):
        ad.grad(lambda net: net)(NET)
    with pytest.raises(TypeError, match=r"argument net\.first is a object"):
        ad.compile(loss)(Net(object()))


trees = st.recursive(
    st.none() | numbers(),
    lambda parts: (
        st.builds(Net, parts, parts, parts)
        | st.builds(Layer, w=parts, b=parts, activation=st.text())
        | st.lists(parts, max_size=3)
        | st.dictionaries(st.text(max_size=2), parts, max_size=3)
    ),
    max_leaves=8,
)


@given(trees)
def test_any_nesting_is_kept(tree):
    assert mapped(lambda x: x, tree) == tree


@given(trees)
def test_the_sum_of_squares_of_any_structure_has_gradient_twice_itself(tree):
    squares = ad.grad(lambda t: sum((x * x for x in leaves(t)), 0.0))
    assert squares(tree) == mapped(lambda x: 2.0 * x, tree)
