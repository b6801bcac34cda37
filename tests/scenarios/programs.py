"""Programs: compiled, called again, at the edges of the numbers, saved, and shared by threads."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

import autodiff as ad
from autodiff import Value, gradients
from autodiff.differentiation.structure import leaves
from autodiff.programs.program import Program

from .agreement import agree, arrays, largest
from .case import Case
from .conditioning import LIMIT, blurred, infinities_cancel, slack, towers
from .modes import LeftOut, mode

EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 5e-324, np.inf, -np.inf, np.nan)
HUGE = (*EDGES, 1000.0, -1000.0, 1e300, -1e300)
"""With numbers of which products overflow: their sum is ∞ or nan, as it is summed."""

THREADS, CALLS = 4, 8

_programs: weakref.WeakKeyDictionary[Case, Program] = weakref.WeakKeyDictionary()


def program(case: Case) -> Program:
    """Value and gradient of the loss as a program: one for all modes, since the first call compiles."""
    if case not in _programs:
        _programs[case] = ad.compile(ad.value_and_grad(case.loss, case.argnums))
    return _programs[case]


def eager(case: Case, inputs: Sequence[Any]) -> list[Any]:
    """Value and gradient at another point."""
    with np.errstate(all="ignore"):
        y, xs = case.recorded(inputs)
        return [x.data if isinstance(x, Value) else x for x in leaves(towers(y, xs, (), 1))]


def granted(case: Case, inputs: Sequence[Any]) -> list[float]:
    """What rounding may make of them there. Left out if it may be all, or make numbers of what is none."""
    with np.errstate(all="ignore"):
        y, xs = case.recorded(inputs)
        exact = [*leaves(towers(y, xs, (), 1))]
        off = [*leaves(towers(blurred(y, case.rng("blurred")), xs, (), 1))]
    slacks = [s if np.isfinite(s) else 0.0 for s in slack(exact, off)]
    same = all(
        np.array_equal(np.isfinite(a), np.isfinite(b))
        for a, b in zip(*map(arrays, (exact, off)), strict=True)
    )
    if not same or max(slacks) > LIMIT * max(1.0, largest(arrays(exact))):
        raise LeftOut("ill-conditioned")
    return slacks


def agree_at(case: Case, inputs: Sequence[Any], seen: Callable[[list[Any]], list[Any]] = list) -> None:
    """The program gives what eager code gives, as `seen`; what rounding may do is asked if it does not."""
    wanted, found = seen(eager(case, inputs)), seen(computed(case, inputs))
    told = f"the program at {inputs}"
    try:
        agree(found, wanted, what=told)
    except AssertionError:
        agree(found, wanted, granted(case, inputs), told)


def computed(case: Case, inputs: Sequence[Any]) -> list[Any]:
    """The same by the program."""
    return [*leaves(program(case)(*inputs))]


# -- one process -------------------------------------------------------------------------------


@mode()
def first_compile(case: Case) -> None:
    """The first call of a program."""
    agree(computed(case, case.inputs), [case.value, *case.gradient], case.slacks, "the program")


@mode()
def other_data(case: Case) -> None:
    """A second and third call, at other points; the program is not compiled again."""
    for step in (2.0**-4, -(2.0**-5)):
        agree_at(case, case.moved(step))
    assert len(program(case).versions) == 1, "compiled again for the same shapes"


@mode()
def edge_data(case: Case) -> None:
    """Calls with 0, −0, subnormal and huge numbers, ±∞ and nan among the data; then one as before."""
    if any(name.startswith("linalg.") for name in case.operations):
        raise LeftOut("LAPACK may not return on ∞")
    rng = case.rng("edges")
    for edges, seen in ((EDGES, list), (HUGE, without_overflow)):
        inputs = [at_the_edges(x, rng, 0.5, edges) for x in case.inputs]
        try:
            agree_at(case, inputs, seen)
        except np.linalg.LinAlgError:
            _fail_alike(case, inputs)
        except AssertionError:
            with np.errstate(all="ignore"):
                if edges is HUGE and infinities_cancel(case.recorded(inputs)[0]):
                    raise LeftOut("∞ − ∞ where products overflow") from None
            raise
    agree(computed(case, case.inputs), [case.value, *case.gradient], case.slacks, "the program, after that")


def _fail_alike(case: Case, inputs: Sequence[Any]) -> None:
    """What NumPy cannot decompose eagerly, it cannot in a program."""
    failed = []
    for f in (eager, computed):
        try:
            f(case, inputs)
        except np.linalg.LinAlgError as error:
            failed.append(str(error))
    assert len(failed) == 2, f"the program at {inputs}: one raises {failed[0]}, the other does not"


def without_overflow(results: Sequence[Any]) -> list[Any]:
    """nan in place of ∞."""
    return [np.where(np.isfinite(x), x, np.nan) for x in arrays(list(results))]


def at_the_edges(x: Any, rng: np.random.Generator, share: float, edges: Sequence[float] = EDGES) -> Any:
    """Data of the same shape, some entries of which are edges."""
    chosen = np.where(rng.random(np.shape(x)) < share, rng.choice(edges, size=np.shape(x)), x)
    return float(chosen) if isinstance(x, float) else chosen


@mode(share=0.05, order=2)
def compiled_hessian(case: Case) -> None:
    """The Hessian as a program."""
    program(case)
    f = ad.hessian(case.loss, case.argnums)
    agree(
        ad.compile(f)(*case.inputs),
        f(*case.inputs),
        max(case.slack(2), default=0.0),
        "the Hessian as a program",
    )


@mode(share=0.3)
def recorded_program(case: Case) -> None:
    """A program called with variables is an operation of their graph."""
    program(case)
    xs = case.leaves()
    y = ad.compile(case.loss)(*xs)
    if not isinstance(y, Value) or y.constant:
        raise LeftOut("depends on no input")
    agree([y.data, *gradients(y, xs)], [case.value, *case.gradient], case.slacks, "the program of Values")


@mode(share=0.2)
def pasted(case: Case) -> None:
    """The code runs as it is, and computes the same."""
    found: dict[str, Any] = {}
    exec(compile(case.code, "<pasted>", "exec"), found)
    if "f" in found:
        y = found["f"](*(found[name] for name in case.names))
    else:  # a network
        y = found["loss"](found["model"](found["X"]), found["y"])
    weights = 1.0 if case.weights is None else case.weights
    agree(np.sum(np.asarray(y.data) * weights), case.value, case.slacks[:1], "the code")


@mode(share=0.03)
def threads(case: Case) -> None:
    """A program shared by threads gives each what it gives one."""
    shared = program(case)
    points = [case.moved(0.01 * n) for n in range(THREADS * CALLS)]
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda xs: [*leaves(shared(*xs))], points))
    for xs, ours in zip(points, found, strict=True):
        for x, y in zip(arrays(ours), arrays(computed(case, xs)), strict=True):
            assert np.array_equal(x, y, equal_nan=True), f"in threads {x!r}, in one {y!r}, at {xs}"


# -- a fresh process ---------------------------------------------------------------------------

READER = """
import importlib.util, pickle, sys
sys.modules.update(dict.fromkeys(("autodiff", "nn", "optim")))
answers = []
def given(f, inputs):
    try:
        return f(*inputs)
    except Exception as error:
        return type(error).__name__
for path, name, points in pickle.load(sys.stdin.buffer):
    try:
        spec = importlib.util.spec_from_file_location("saved", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        answers.append([given(getattr(module, name), inputs) for inputs in points])
    except Exception as error:
        answers.append(repr(error))
sys.stdout.buffer.write(pickle.dumps(answers))
"""


def elsewhere(jobs: Sequence[tuple[str, str, Sequence[Any]]]) -> list[Any]:
    """What saved programs give in a fresh process that has NumPy alone, or the text of their errors."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", READER], input=pickle.dumps(list(jobs)), capture_output=True, check=False
    )
    if done.returncode:
        raise AssertionError(f"the process ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return list(pickle.loads(done.stdout))


def saved_together(cases: Sequence[Case]) -> list[Exception | None]:
    """The programs of many cases, imported in one fresh process: what each fails with, if it does."""
    results: list[Exception | None] = []
    with tempfile.TemporaryDirectory() as folder:
        jobs = [_saved(case, Path(folder) / f"program{n}.py") for n, case in enumerate(cases)]
        answers = elsewhere([job for job in jobs if not isinstance(job, Exception)])
        rest = iter(answers)
        for case, job in zip(cases, jobs, strict=True):
            results.append(job if isinstance(job, Exception) else _judged(case, job[2], next(rest)))
    return results


def _saved(case: Case, path: Path) -> Any:
    try:
        computed(case, case.inputs)
        program(case).save(path)
    except Exception as error:
        return error
    rng = case.rng("saved")
    points: list[Any] = [case.inputs, case.moved(0.25)]
    if not any(name.startswith("linalg.") for name in case.operations):
        points.append(tuple(at_the_edges(x, rng, 0.5) for x in case.inputs))
    return str(path), program(case).source.name, points


def _judged(case: Case, points: Sequence[Any], answer: Any) -> Exception | None:
    try:
        assert not isinstance(answer, str), f"saved and imported: {answer}"
        for inputs, results in zip(points, answer, strict=True):
            wanted = _here(case, inputs)
            if isinstance(results, str) or isinstance(wanted, str):
                assert results == wanted, f"saved {results!r}, here {wanted!r}, at {inputs}"
                continue
            for x, y in zip(arrays(list(results)), arrays(wanted), strict=True):
                assert np.array_equal(x, y, equal_nan=True), f"saved {x!r}, here {y!r}, at {inputs}"
    except AssertionError as error:
        return error
    return None


def _here(case: Case, inputs: Sequence[Any]) -> Any:
    """What the program gives, or the name of its error."""
    try:
        return computed(case, inputs)
    except np.linalg.LinAlgError as error:
        return type(error).__name__


@mode(share=0.05, together=saved_together)
def saved(case: Case) -> None:
    """A program, saved and imported where there is NumPy alone, gives bit for bit the same."""
    (error,) = saved_together([case])
    if error is not None:
        raise error
