"""Nothing that comes from data, names, keys, comments or files is taken for code by a program."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import io
import itertools
import keyword
import linecache
import tokenize
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import autodiff as ad
from autodiff import Value, elementwise, primitive, value_and_grad
from autodiff.programs.saving import saved
from autodiff.programs.source import Source
from tests.foreign import FOREIGN, LINE_ENDS

number = itertools.count()


def structure(source: str) -> str:
    """The syntax tree of a text, in which all names are the same, and all strings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for field in ("id", "arg", "name"):
            if isinstance(getattr(node, field, None), str):
                setattr(node, field, "name")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = "text"
    return ast.dump(tree)


def loaded_from(text: str, tmp_path: Path) -> ModuleType:
    """The module that a text is, written to a file and imported."""
    path = tmp_path / f"saved_{next(number)}.py"
    path.write_bytes(text.encode())
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def source_of(key: str, name: str, line: str) -> Source:
    """A program with a foreign key, a foreign name, a foreign function's name, and a foreign comment."""
    weight, large = Value(2.0, name), Value(np.arange(100.0), name, constant=True)
    body = "def f(p):\n    y = (p[key] * weight).sum()\n    return y + (table * weight + large).sum()\n"
    text = body.replace("sum()\n", f"sum()  # {line}\n", 1)
    file = f"<foreign {next(number)}>"
    linecache.cache[file] = len(text), None, text.split("\n"), file
    names: dict[str, Any] = {"key": key, "weight": weight, "large": large, "table": np.arange(100.0)}
    exec(compile(body, file, "exec"), names)
    f = names["f"]
    f.__name__ = f.__qualname__ = name
    program = ad.compile(value_and_grad(f))
    value, slope = program({key: np.ones(3)})
    assert value == 6.0 + 3.0 * 4950.0
    assert slope[key].tolist() == [2.0, 2.0, 2.0]
    return program.source


HARMLESS = source_of("key", "name", "a comment")


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FOREIGN, FOREIGN, FOREIGN)
def test_a_program_is_that_of_the_same_function_with_harmless_names(
    tmp_path: Path, key: str, name: str, line: str
) -> None:
    source = source_of(key, name, line)
    assert structure(source) == structure(HARMLESS)
    text = saved(source)
    assert structure(text) == structure(saved(HARMLESS))
    for written in (source, text):
        list(tokenize.generate_tokens(io.StringIO(written).readline))
        assert written.splitlines() == written.removesuffix("\n").split("\n")
    run = getattr(loaded_from(text, tmp_path), source.name)
    value, slope = run(np.ones(3), 2.0, np.arange(100.0))
    assert (value, slope.tolist()) == (14856.0, [2.0, 2.0, 2.0])


def test_a_key_is_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    key = '"""; print("RUNS"); """'
    ad.compile(value_and_grad(lambda p: (p[key] * p[key]).sum()))({key: np.ones(3)})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("end", LINE_ENDS)
def test_the_name_of_what_a_program_is_given_ends_no_line(end: str) -> None:
    def heavy(x: Any) -> Any:
        return [x * 2.0 for _ in range(1)][len(loops) - 1]

    loops = [0]
    heavy.__name__ = heavy.__qualname__ = f"heavy{end}raise SystemExit"

    @primitive(dx=None)
    def outer(x: Any, /) -> Any:
        while True:
            return heavy(x)

    program = ad.compile(lambda x: outer(x) + 0.0)
    assert program(np.ones(2)).tolist() == [2.0, 2.0]
    assert "\nraise" not in "\n".join(program.source.splitlines())


def test_any_name_of_an_argument_is_taken() -> None:
    def f(**given: Any) -> Any:
        return sum(given.values()) * 2.0

    names = ["self", "args", "a\nb", '"""', "class", "\ud800", "np", "memory", "float"]
    assert ad.compile(f)(**dict.fromkeys(names, 1.0)) == 18.0


@pytest.mark.parametrize("told", ["{0}", "{", "}", '"; print(1); "', "\n", "\ud800"])
@pytest.mark.parametrize("x", [2.0, np.ones(3)])
def test_an_option_is_no_template(told: str, x: Any, tmp_path: Path) -> None:
    @elementwise(dx=lambda y, x, told: 2.0, scalar=lambda x, told="": x * len(told))
    def measured(x: Any, /, told: Any = "") -> Any:
        while True:
            return x * len(told)

    program = ad.compile(lambda x: measured(x, told=told))
    assert np.array_equal(program(x), x * len(told))
    run = getattr(loaded_from(saved(program.source), tmp_path), program.source.name)
    assert np.array_equal(run(x)[0], x * len(told))


def test_a_function_of_arrays_that_is_not_numpys_is_not_looked_for_in_numpy() -> None:
    own = np.frompyfunc(lambda a, b: a + b, 2, 1)

    @primitive(dx=None)
    def total(x: Any, /) -> Any:
        return np.asarray(own.reduce(x), np.float64)[()]

    assert ad.compile(lambda x: total(x) * 1.0)(np.arange(4.0)) == 6.0


# -- whose names they are ------------------------------------------------------------------------

OWN = (
    "take", "give", "again", "new_run", "run", "at_nan", "call", "np", "math", "memory", "inf", "nan",
    "pow", "exp", "lines", "runner", "runnable", "pooled", "Number", "on_numbers", "inputs", "base64",
    "functools", "inspect", "t1", "c1", "x0", "_1", "buffer1", "results", "names", "_", "__init__",
    "__builtins__", "__name__", "self",
)  # fmt: skip
NAMES = sorted({*OWN, *dir(builtins), *keyword.kwlist, *keyword.softkwlist})
X, Y = np.array([1.0, 2.0, 3.0]), 2.0


def powers(x: Any, y: Any) -> Any:
    return ad.exp(x).sum() * y**0.5 / (y + 1.0) + ad.sum(x) / y


def named(name: str, f: Callable[..., Any]) -> Callable[..., Any]:
    f.__name__ = name
    return f


def of_function(name: str) -> Callable[..., Any]:
    return named(name, lambda x, y: powers(x, y))


def of_value(name: str) -> Callable[..., Any]:
    v = Value(2.0, name)
    return lambda x, y: (powers(x, y) * v + ad.tanh(v)) ** 0.5


def of_operation(name: str) -> Callable[..., Any]:
    doubled = elementwise(dx=lambda y, x: 2.0)(named(name, lambda x, /: np.tanh(x) * 2.0))
    return lambda x, y: ad.sum(doubled(x)) * doubled(y) ** 0.5


def of_helper(name: str) -> Callable[..., Any]:
    def helper(x: Any) -> Any:
        for _ in range(2):
            x = x * 1.5
        return x

    helper.__name__ = name

    @primitive(dx=None)
    def outer(x: Any, /) -> Any:
        for _ in range(1):
            x = helper(x)
        return x

    return lambda x, y: ad.sum(outer(x)) * y**0.5


@pytest.mark.parametrize("made", [of_function, of_value, of_operation, of_helper])
def test_the_words_of_a_program_are_none_of_the_users(
    made: Callable[[str], Callable[..., Any]], tmp_path: Path
) -> None:
    wrong = []
    for name in NAMES:
        f = made(name)
        program = ad.compile(f)
        expected = [f(Value(X), Value(y)).item() for y in (Y, 0.0)]
        found = [np.asarray(getattr(z := program(X, y), "data", z)).item() for y in (Y, 0.0)]
        run = getattr(loaded_from(saved(program.source), tmp_path), program.source.name)
        captured = [2.0] * (made is of_value)
        found += [float(run(X, y, *captured)[0]) for y in (Y, 0.0)]
        if not np.array_equal(found, expected * 2, equal_nan=True):
            wrong.append((name, found, expected))
    assert wrong == []


@pytest.mark.parametrize("end", LINE_ENDS)
def test_the_head_of_a_source_is_comments_whatever_classes_are_called(end: str) -> None:
    large = {type(f"a{end}b", (), {})(): np.ones(1000)}
    (key,) = large
    program = ad.compile(lambda x: x * large[key])
    program(np.ones(1000))
    above, _, _ = str(program.source).partition("import numpy")
    assert "not noticed" in above
    assert all(line.startswith("#") for line in above.splitlines() if line.strip())


class Unspeakable:
    """What has no repr."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


def test_the_repr_of_a_key_may_fail() -> None:
    key = Unspeakable()
    f = value_and_grad(lambda p: p[key] * p[key])
    assert ad.compile(f)({key: 3.0}) == f({key: 3.0})
