"""Where the source of a function is missing, edited or moved, a program gives what eager code gives."""

from __future__ import annotations

import ast
import compileall
import functools
import importlib
import linecache
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value, elementwise, primitive
from autodiff.programs.saving import saved
from autodiff.programs.spelling.reading import definition

OPERATIONS = """
import numpy as np
from autodiff import elementwise, primitive

def scaled(x, factor=FACTOR):
    return x * factor

@primitive(dx=None)
def twice(x, /):
    x = np.asarray(x)  # which takes the function out of reach
    for _ in range(2):
        x = scaled(x)
    return x

@elementwise(dx=lambda y, x: 0.5 / y, scalar=lambda x: x ** 0.5)
def root(x, /):
    return np.sqrt(x)
"""


def module_from(folder: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of the user's, imported."""
    (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    return importlib.import_module(name)


def check_as_eager(module: ModuleType) -> None:
    for x in (2.0, -1.0, np.array([4.0, -4.0])):
        with np.errstate(invalid="ignore"):
            expected = [module.twice(Value(x)).data, module.root(Value(x)).data]
        found = [ad.compile(module.twice)(x), ad.compile(module.root)(x)]
        assert [type(y) for y in found] == [type(y) for y in expected]
        np.testing.assert_array_equal(found, expected)


def test_an_edited_file_changes_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, edited in {
        "default": OPERATIONS.replace("FACTOR", "30.0"),
        "body": OPERATIONS.replace("FACTOR", "3.0").replace("x * factor", "x + factor").replace("0.5", "0.7"),
        "loop": OPERATIONS.replace("FACTOR", "3.0").replace("range(2)", "range(3)"),
        "lines": "\n\n\n" + OPERATIONS.replace("FACTOR", "3.0"),
        "broken": "def",
    }.items():
        module = module_from(tmp_path, f"edited_{name}", OPERATIONS.replace("FACTOR", "3.0"), monkeypatch)
        assert module.__file__
        Path(module.__file__).write_text(edited)
        check_as_eager(module)


def test_what_was_read_before_an_edit_is_still_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = module_from(tmp_path, "read_before", OPERATIONS.replace("FACTOR", "3.0"), monkeypatch)
    assert module.__file__
    linecache.getlines(module.__file__)
    Path(module.__file__).write_text("def")
    assert definition(module.scaled) is not None


def test_a_module_that_was_edited_and_imported_again_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = module_from(tmp_path, "again", OPERATIONS.replace("FACTOR", "3.0"), monkeypatch)
    assert ad.compile(module.twice)(1.0) == 9.0
    assert module.__file__
    Path(module.__file__).write_text(OPERATIONS.replace("FACTOR", "3.0").replace("x * factor", "x + factor"))
    os.utime(module.__file__, (1e9, 1e9))
    importlib.reload(module)
    program = ad.compile(module.twice)
    assert program(1.0) == 7.0
    assert "twice" in saved(program.source)


def test_a_module_without_its_file_runs_as_eager_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = module_from(tmp_path, "without", OPERATIONS.replace("FACTOR", "3.0"), monkeypatch)
    assert module.__file__
    Path(module.__file__).unlink()
    check_as_eager(module)
    program = ad.compile(module.twice)
    program(1.0)
    with pytest.raises(ValueError, match="there is no text for twice"):
        saved(program.source)


def test_a_module_in_an_archive_is_read_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("zipped.py", OPERATIONS.replace("FACTOR", "3.0"))
    monkeypatch.syspath_prepend(str(tmp_path / "archive.zip"))
    module = importlib.import_module("zipped")
    check_as_eager(module)
    program = ad.compile(module.twice)
    program(1.0)
    assert "def scaled" in saved(program.source)


def test_text_that_was_run_under_the_name_of_another_file_is_not_read_from_it(tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text(OPERATIONS.replace("FACTOR", "30.0"))
    names: dict[str, Any] = {}
    exec(compile(OPERATIONS.replace("FACTOR", "3.0"), str(other), "exec"), names)
    module = ModuleType("run")
    vars(module).update(names)
    check_as_eager(module)


def test_lambdas_on_one_line_are_told_apart() -> None:
    k = 2.0
    first, second, inner = lambda x: x * k, lambda x: x + k, lambda: lambda x: x - k
    for f, text in [(first, "x * k"), (second, "x + k"), (inner(), "x - k")]:
        found = definition(f)
        assert found is not None
        assert ast.unparse(found.node) == f"lambda x: {text}"


def test_a_decorator_under_errstate_is_not_left_out() -> None:
    def doubled(f: Any) -> Any:
        @functools.wraps(f)
        def call(x: Any) -> Any:
            return 2.0 * f(x)

        return call

    @np.errstate(all="ignore")
    @doubled
    def inner(x: Any) -> Any:
        return x + 1.0

    @primitive(dx=None)
    def outer(x: Any, /) -> Any:
        return inner(x)

    assert ad.compile(outer)(np.ones(2)).tolist() == [4.0, 4.0]


def calling(f: Any) -> Any:
    def body(x: Any, /) -> Any:
        return f(x)

    return body


def test_what_only_its_place_knows_is_not_copied() -> None:
    count, k = 0, 10.0

    def counting(x: Any) -> Any:
        nonlocal count
        while True:
            count += 1
            return x * 2.0

    def shadowed(x: Any) -> Any:
        for _ in range(1):
            x = x * len([2 * k for k in (1, 2)])
        return x * k

    def walrus(x: Any) -> Any:
        if (n := x.ndim + 1) > 0:
            return x * n
        return x

    def imported(x: Any) -> Any:
        from math import floor as len  # noqa: A004

        for _ in range(1):
            x = x * len(2.5)
        return x

    class Mangled:
        @staticmethod
        def f(x: Any) -> Any:
            return x * _private__name(x)

    def _private__name(x: Any) -> Any:
        return 3.0

    for f in (counting, shadowed, walrus, imported, Mangled.f):
        operation = primitive(dx=None)(calling(f))
        x = np.array([1.0, 2.0])
        assert ad.compile(lambda x, g=operation: g(x) + 0.0)(x).tolist() == f(x).tolist()


def test_an_assertion_about_data_is_kept() -> None:
    @primitive(dx=None)
    def positive(x: Any, /) -> Any:
        if not (x > 0.0).all():
            raise AssertionError("positive numbers only")
        return x * 1.0

    program = ad.compile(positive)
    assert program(np.ones(2)).tolist() == [1.0, 1.0]
    with pytest.raises(AssertionError, match="positive numbers only"):
        program(-np.ones(2))


@pytest.mark.parametrize("callable_", [functools.partial(np.multiply, 2.0), np.poly1d([2.0, 0.0])])
def test_an_operation_may_call_what_has_no_name(callable_: Any) -> None:
    @primitive(dx=None)
    def outer(x: Any, /) -> Any:
        for _ in range(1):
            x = callable_(x)
        return x

    @elementwise(dx=lambda y, x: 2.0, scalar=lambda x: float(callable_(x)))
    def each(x: Any, /) -> Any:
        return callable_(x)

    f = lambda x, y: (outer(x) * each(y)).sum()  # noqa: E731
    program = ad.compile(f)
    assert program(np.ones(2), 3.0) == 24.0
    with pytest.raises(ValueError, match="there is no text for"):
        saved(program.source)


def test_a_function_of_numbers_that_leaves_them_is_decided_by_numpy() -> None:
    names: dict[str, Any] = {"np": np, "elementwise": elementwise}
    exec(OPERATIONS.replace("FACTOR", "3.0"), names)
    assert np.isnan(names["root"](Value(-1.0)).data)
    result = ad.compile(names["root"])(-1.0)
    assert type(result) is float
    assert np.isnan(result)


def test_a_package_without_source_gives_what_it_gives_with_it(tmp_path: Path) -> None:
    package = Path(ad.__file__).parent
    shutil.copytree(package, tmp_path / "autodiff", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(tmp_path / "autodiff", quiet=2, legacy=True)
    for path in (tmp_path / "autodiff").rglob("*.py"):
        path.unlink()
    code = """
import autodiff as ad
assert ad.__file__.endswith("pyc")
f = lambda x: x**0.5 + ad.log(x) / x
g = ad.value_and_grad(f)
for x in (-1.0, 0.0, 4.0):
    assert repr(ad.compile(f)(x)) == repr(f(ad.Value(x)).data), x
    assert repr(ad.compile(g)(x)) == repr(g(x)), x
program = ad.compile(lambda x, y: x * y)
program(1.0, 2.0)
try:
    program.save("saved.py")
except ValueError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert "whose source is not available" in done.stdout, done.stderr
