"""A saved program, imported with NumPy alone, gives what the program gave."""

import contextlib
import importlib.util
import sys

import numpy as np
import pytest

import autodiff as ad
from autodiff import hessian, where
from autodiff.differentiation.structure import leaves
from autodiff.programs import compile as compiled
from tests.autodiff.programs.test_agreement import RECORDED, through
from tests.autodiff.test_operations import example, quiet


def imported(program, path):
    """The function of a saved program, where the project cannot be imported."""
    program.save(path)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    hidden = {name: None for name in sys.modules if name.partition(".")[0] in ("autodiff", "nn", "optim")}
    with pytest.MonkeyPatch.context() as patch:
        for name in hidden:
            patch.setitem(sys.modules, name, None)
        spec.loader.exec_module(module)
    return getattr(module, program.source.name)


def same(found, wanted):
    """Equal in number, type and dtype."""
    for x, y in zip(found, leaves(wanted), strict=True):
        assert (type(x), getattr(x, "dtype", None)) == (type(y), getattr(y, "dtype", None))
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("case", RECORDED, ids=str)
def test_every_operation_can_be_saved(case, tmp_path):
    xs = example(case)
    for i, f in enumerate(through(case, len(xs))):
        program = compiled(f)
        wanted = program(*xs)
        same(imported(program, tmp_path / f"case_{i}.py")(*leaves(list(xs))), wanted)


def demonstration(x):
    return x[0] ** 4 * x[1] ** 2 + (x[0] - 1) ** 2 * (x[1] - 1) ** 4


CUT = {
    "lines on numbers": lambda x: [x[0] ** 2.5, x[1] / x[0]],
    "lines with memory": lambda x: [ad.exp(x) + 1.0, ad.sin(x)],
    "lines with others at nan": ad.grad(lambda x: ad.sum(where(x > 0.0, x, 0.0 * ad.log(x)))),
}


@pytest.mark.parametrize("f", CUT.values(), ids=CUT)
def test_a_saved_program_that_was_cut_off_has_no_name_or_is_complete(f, tmp_path):
    program, x = compiled(f), np.array([2.0, 3.0])
    program(x)
    name = program.source.name
    program.save(tmp_path / "saved.py")
    text = (tmp_path / "saved.py").read_text()
    runs_by = text.index("# -- how it is run"), text.index("@runnable")
    for end in [*range(runs_by[0]), *range(*runs_by, 23), *range(runs_by[1], len(text))]:
        names = {"__name__": "saved"}
        with contextlib.suppress(Exception):
            exec(compile(text[:end], "saved.py", "exec"), names)
        assert name not in names or text[end:].strip() == ""


OVERFLOWING = {
    "a Hessian": hessian(demonstration),
    "a quotient": lambda x: x[0] / x[1],
    "a remainder": lambda x: [x[0] % x[1], x[0] // x[1]],
    "powers": lambda x: [x[0] ** x[1], x[1] ** -1, x[0] ** 0.5, 2.0 ** x[0]],
    "functions": lambda x: ad.exp(x[0]) + ad.log(x[1]) + ad.sqrt(x[0]),
    "rows": lambda x: sum(where(np.all(x[i] > 0), x[i], 2.0 / x[i]) for i in range(2)),
}


@pytest.mark.parametrize("f", OVERFLOWING.values(), ids=OVERFLOWING)
def test_a_saved_program_overflows_as_the_program(f, tmp_path):
    program = compiled(f)
    program(np.array([1.0, 2.0]))
    saved = imported(program, tmp_path / "saved.py")
    for x in ([1.0, 0.0], [1e200, -1e200], [np.inf, -0.0], [np.nan, 1.0], [-8.0, 0.0], [1000.0, 1000.0]):
        same(saved(np.array(x)), quiet(program, np.array(x)))


@pytest.mark.parametrize("index", [None, ..., (None, None), np.array(True)], ids=str)
def test_an_index_of_a_number_can_be_saved(index, tmp_path):
    program = compiled(ad.value_and_grad(lambda x: ad.sum(x[index] * 2.0)))
    assert program(3.0) == (6.0, 2.0)
    same(imported(program, tmp_path / "saved.py")(4.0), program(4.0))
