"""A program reads its surroundings once, and notices where they have changed: what is read, and how."""

import dataclasses
import math
import types
from collections import defaultdict
from functools import partial

import numpy as np
import pytest

import autodiff as ad
import nn
from autodiff import Value, grad
from autodiff.programs import compile as compiled

CONFIG = {"lr": 2.0, "net": [{"scale": 3.0}]}
SCALE = 2.0


def settings(**options):
    return types.SimpleNamespace(**options)


@dataclasses.dataclass
class Options:
    beta: float = 2.0


class Slots:
    __slots__ = ("beta",)

    def __init__(self):
        self.beta = 2.0


class Model:
    gain = 2.0

    def __init__(self):
        self.beta, self.inner, self.parts = 2.0, Options(), [Options(), Options(3.0)]
        self.table, self.layers = {"a": np.ones(2)}, [Layer(2.0), Layer(3.0)]

    @property
    def rate(self):
        return self.beta * 2.0

    @property
    def options(self):
        return self.inner

    @staticmethod
    def doubled(x):
        return x * CONFIG["lr"]

    @classmethod
    def gained(cls, x):
        return x * cls.gain

    def scaled(self, x):
        return x * self.beta

    def through(self, x):
        inner = self.inner
        return x * inner.beta

    def in_a_loop(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def in_a_comprehension(self, x):
        return sum([part.beta * x for part in self.parts])

    def in_a_closure(self, x):
        return (lambda y: y * self.inner.beta)(x)

    def __call__(self, x):
        return self.scaled(x)


class Layer:
    def __init__(self, scale):
        self.scale = scale

    def __call__(self, x):
        return x * self.scale


class Network(nn.Module):
    def __init__(self):
        self.own, self.line = Value(2.0), nn.Linear(1, 1, seed=0)
        self.scale, self.shift = 2.0, np.ones(1)

    def forward(self, x):
        return ad.sum(self.line(x * self.own * np.ones(1)) * self.scale + self.shift)


class Deeper(Network):
    def forward(self, x):
        return super().forward(x) * 2.0


def helper(options, x):
    return x * options.beta


def default(x, k=2.0, *, options=None):
    return x * k * options["a"]


def cases():
    """A function of x, and what changes something that it reads."""
    model, cfg = Model(), settings(lr=2.0, net=settings(lr=3.0), sizes=(1.0, 2.0))
    table, nested, small = {"a": 1.0}, {"p": [{"q": 2.0}]}, np.ones(3)
    yield "attribute", lambda x: x * cfg.lr, lambda: setattr(cfg, "lr", 5.0)
    yield "two attributes", lambda x: x * cfg.net.lr, lambda: setattr(cfg.net, "lr", 5.0)
    yield "an object replaced", lambda x: x * cfg.net.lr, lambda: setattr(cfg, "net", settings(lr=7.0))
    yield "a key", lambda x: x * table["a"], lambda: table.update(a=4.0)
    yield "get", lambda x: x * table.get("a", 1.0), lambda: table.update(a=5.0)
    yield "a key that comes", lambda x: x * table.get("b", 1.0), lambda: table.update(b=5.0)
    yield "membership", lambda x: x * 2.0 if "c" in table else x, lambda: table.update(c=5.0)
    yield "values", lambda x: x * sum(table.values()), lambda: table.update(a=9.0)
    yield "nested", lambda x: x * nested["p"][0]["q"], lambda: nested["p"][0].update(q=5.0)
    yield "an entry replaced", lambda x: x * nested["p"][0]["q"], lambda: nested.update(p=[{"q": 8.0}])
    yield "length", lambda x: x * len(nested["p"]), lambda: nested["p"].append(1)
    yield "contents of an array", lambda x: ad.sum(x * small), lambda: small.fill(2.0)
    yield "an entry of an array", lambda x: x * small[0], lambda: small.__setitem__(0, 9.0)
    yield "an array in a dict", lambda x: ad.sum(x * model.table["a"]), lambda: model.table["a"].fill(4.0)
    yield "a property", lambda x: x * model.rate, lambda: setattr(model, "beta", 3.0)
    yield "behind a property", lambda x: x * model.options.beta, lambda: setattr(model.inner, "beta", 3.5)
    yield "a method", lambda x: model.scaled(x), lambda: setattr(model, "beta", 4.0)
    yield "a bound method", model.scaled, lambda: setattr(model, "beta", 5.0)
    yield "an object that is called", model, lambda: setattr(model, "beta", 6.0)
    yield "a local name", model.through, lambda: setattr(model.inner, "beta", 6.0)
    yield "a loop", model.in_a_loop, lambda: setattr(model.layers[1], "scale", 6.0)
    yield "a loop over more", model.in_a_loop, lambda: model.layers.append(Layer(2.0))
    yield "a comprehension", model.in_a_comprehension, lambda: setattr(model.parts[1], "beta", 6.0)
    yield "a closure", model.in_a_closure, lambda: setattr(model.inner, "beta", 7.0)
    yield "an attribute of a class", lambda x: x * Model.gain, lambda: setattr(Model, "gain", 3.0)
    yield "a class through an object", lambda x: x * model.gain, lambda: setattr(Model, "gain", 5.0)
    yield "a class method", lambda x: Model.gained(x), lambda: setattr(Model, "gain", 6.0)
    yield "a static method", lambda x: model.doubled(x), lambda: CONFIG.update(lr=5.0)
    yield "a method replaced", lambda x: model.scaled(x), lambda: setattr(model, "scaled", lambda x: x)
    options, slots = Options(), Slots()
    yield "a field of a dataclass", lambda x: x * options.beta, lambda: setattr(options, "beta", 5.0)
    yield "a slot", lambda x: x * slots.beta, lambda: setattr(slots, "beta", 5.0)
    yield "an object handed on", lambda x: helper(options, x), lambda: setattr(options, "beta", 6.0)
    yield "getattr", lambda x: x * getattr(options, "be" + "ta"), lambda: setattr(options, "beta", 7.0)
    yield "a global", lambda x: x * SCALE, lambda: globals().update(SCALE=5.0)
    yield "a global dict", lambda x: x * CONFIG["net"][0]["scale"], lambda: CONFIG["net"][0].update(scale=5.0)
    part, listed = partial(helper, options), [1.0, 2.0]
    yield "an argument of a partial", part, lambda: setattr(options, "beta", 8.0)
    words = partial(lambda x, k: x * k, k=2.0)
    yield "a keyword of a partial", words, lambda: words.keywords.update(k=3.0)
    yield "a default", default, lambda: setattr(default, "__defaults__", (5.0,))
    yield "a default's entry", lambda x: default(x), lambda: default.__kwdefaults__["options"].update(a=9.0)
    yield "a list", lambda x: x * sum(listed), lambda: listed.__setitem__(0, 7.0)
    yield "a tuple", lambda x: x * cfg.sizes[1], lambda: setattr(cfg, "sizes", (1.0, 9.0))
    step = types.FunctionType(helper.__code__, globals())
    step.beta = 2.0
    yield "an attribute of a function", lambda x: x * step.beta, lambda: setattr(step, "beta", 3.0)
    network, deeper = Network(), Deeper()
    yield "of a module", lambda x: network(x), lambda: setattr(network, "scale", 5.0)
    yield "an array of a module", lambda x: network(x), lambda: network.shift.fill(5.0)
    yield "a parameter replaced", lambda x: network(x), lambda: setattr(network, "own", Value(3.0))
    chain = nn.Sequential(nn.Linear(1, 1, seed=0), network)
    yield "of a module among others", lambda x: chain(x * np.ones(1)), lambda: setattr(network, "scale", 7.0)
    yield "of what super reads", lambda x: deeper(x), lambda: setattr(deeper, "scale", 6.0)
    yield "through grad", grad(lambda x: x * x * cfg.lr), lambda: setattr(cfg, "lr", 9.0)
    yield "1 and True", lambda x: x * 2.0 if cfg.lr is True else x, lambda: setattr(cfg, "lr", True)
    yield "a name deleted", lambda x: x * getattr(cfg, "lr", 11.0), lambda: delattr(cfg, "lr")
    yield "a name that comes", lambda x: x * getattr(cfg, "new", 11.0), lambda: setattr(cfg, "new", 2.0)
    zero = settings(x=0.0)
    yield "the sign of 0", lambda x: math.copysign(1.0, zero.x) * x, lambda: setattr(zero, "x", -0.0)


def plain(y):
    return y.data if isinstance(y, Value) else y


@pytest.mark.parametrize("name", [name for name, *_ in cases()])
def test_what_changed_is_noticed(name, monkeypatch):
    for place, key, value in [(Model, "gain", 2.0), (default, "__defaults__", (2.0,))]:
        monkeypatch.setattr(place, key, value)
    monkeypatch.setitem(globals(), "SCALE", 2.0)
    monkeypatch.setitem(globals(), "CONFIG", {"lr": 2.0, "net": [{"scale": 3.0}]})
    monkeypatch.setattr(default, "__kwdefaults__", {"options": {"a": 3.0}})
    f, change = next((f, change) for found, f, change in cases() if found == name)
    program = compiled(f)
    x = 1.5
    for _ in range(2):
        assert plain(program(x)) == plain(f(x))
    (version,) = program.versions
    before = plain(f(x))
    change()
    for _ in range(2):
        assert plain(program(x)) == plain(f(x))
    assert plain(f(x)) != before or name == "1 and True"
    again = program.versions
    assert again != (version,)
    program(x)
    assert program.versions == again  # no version is recorded twice


def test_what_raises_by_now_raises_as_eager_code_does():
    cfg = settings(lr=2.0)
    program = compiled(lambda x: x * cfg.lr)
    assert program(1.5) == 3.0
    del cfg.lr
    with pytest.raises(AttributeError, match="lr"):
        program(1.5)
    cfg.lr = 4.0
    assert program(1.5) == 6.0


def test_a_property_that_raises_by_now_raises_as_eager_code_does():
    class Rate:
        broken = False

        @property
        def value(self):
            if self.broken:
                raise RuntimeError("no rate")
            return 2.0

    rate = Rate()
    program = compiled(lambda x: x * rate.value)
    assert program(1.5) == 3.0
    rate.broken = True
    with pytest.raises(RuntimeError, match="no rate"):
        program(1.5)


def test_what_is_not_read_may_change():
    class Trainer:
        def __init__(self):
            self.beta, self.count, self.history = 2.0, 0, []

        def loss(self, x):
            return x * self.beta

    trainer = Trainer()
    program = compiled(trainer.loss)
    program(1.0)
    (version,) = program.versions
    for _ in range(3):
        trainer.count += 1
        trainer.history.append(program(1.0))
        trainer.beta = 2.0 * 1.0
    assert program.versions == (version,)


def test_a_missing_key_of_a_defaultdict_is_not_made():
    table = defaultdict(float)
    program = compiled(lambda x: x * table["a"] if "a" in table else x)
    assert program(2.0) == 2.0
    assert not table
    table["a"] = 3.0
    assert program(2.0) == 6.0


def test_nan_is_the_same_nan():
    cfg = settings(lr=float("nan"))
    program = compiled(lambda x: x * cfg.lr)
    program(1.0)
    (version,) = program.versions
    cfg.lr = float("nan")
    program(1.0)
    assert program.versions == (version,)


def test_self_as_a_static_argument_is_looked_at():
    class Model:
        beta = 2.0

        def loss(self, x):
            return x * self.beta

        loss = compiled(loss, static=["self"])

    model = Model()
    assert model.loss(1.0) == 2.0
    model.beta = 3.0
    assert model.loss(1.0) == Model.loss(model, 1.0) == 3.0


def test_the_head_of_a_source_names_what_is_not_noticed():
    big, long, cfg = np.ones(1000), list(range(100)), settings(table=np.ones((20, 20)), lr=2.0)
    program = compiled(lambda x: ad.sum(big * x) + sum(long) + ad.sum(cfg.table) * cfg.lr)
    program(1.0)
    assert program.source.startswith(
        "# Recorded once, and not noticed where changed in place: big, cfg.table, long.\n"
    )
    big = np.zeros(1000)
    assert program(1.0) == sum(long) + 800.0
    assert compiled(lambda x: x * cfg.lr).source_of(1.0).startswith("import numpy")


@pytest.mark.parametrize("key", ['"""; raise SystemExit', "\n", "\u2028", "a b", "class", object()])
def test_any_key_can_be_looked_at(key):
    table, thing = {key: np.ones(200)}, settings()
    setattr(thing, str(key), 2.0)
    program = compiled(lambda x: ad.sum(x * next(iter(table.values()))) * sum(vars(thing).values()))
    assert program(1.0) == 400.0
    assert len(program.source.splitlines()) == len(program.source.split("\n")) - 1
    setattr(thing, str(key), 3.0)
    assert program(1.0) == 600.0
