"""What is written to files, and how a file shows that it is whole."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from autodiff import Value, animate, draw
from autodiff import compile as compiled
from nn import MLP, BatchNorm, Dropout, Linear, Module, Sequential, fit, load, save
from nn.activations import relu
from nn.losses import mean_squared_error
from nn.training.archive import opened, write_arrays
from nn.training.packing import pack, unpack

__all__ = ["FORMATS", "Format", "Outcome"]


class Outcome(Enum):
    """What became of a file that something happened to."""

    REFUSED = "refused"
    """One clear error that names the file, and nothing changed."""
    UNAFFECTED = "unaffected"
    """The same numbers to the last bit."""
    WRONG = "silently wrong"
    HALF = "half-written"


@dataclass(frozen=True)
class Format:
    """A kind of file: how one of two contents is written, and what reading a damaged one comes to."""

    name: str
    save: Callable[[Path, int], Any]
    """save(path, 0) or save(path, 1): two contents."""
    attempt: Callable[[Path], Outcome] | None = None
    """Reads a file that was written with 0, and damaged. None for what nothing here reads."""
    text: bool = False
    """A program, to be read and edited: changed it is another program, and a checksum would forbid the edit.
    Cut off it must still be refused."""
    ours: bool = True
    """Whether this project writes it."""

    @cached_property
    def whole(self) -> bytes:
        """The bytes of a file that was written with 0."""
        with TemporaryDirectory() as folder:
            self.save(Path(folder) / self.file, 0)
            return (Path(folder) / self.file).read_bytes()

    def kinds(self, damages: Iterable[str], interruptions: Iterable[str]) -> list[str]:
        """The faults that it has to bear: NumPy itself writes its files as it does."""
        read = [] if self.attempt is None else ["cut"] if self.text else [*damages]
        return [*read, *(interruptions if self.ours else ())]

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"file{self.name.split()[-1]}"


def _same(a: Module, b: Module) -> bool:
    a_state, b_state = a.state_dict(), b.state_dict()
    return all(np.array_equal(a_state[name], b_state[name]) for name in a_state)


def _judged(path: Path, read: Callable[[], bool], unchanged: Callable[[], bool]) -> Outcome:
    """By what reading says: whether the content is right; or by its error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            right = read()
    except ValueError as error:
        return Outcome.REFUSED if str(path) in str(error) and unchanged() else Outcome.WRONG
    return Outcome.UNAFFECTED if right else Outcome.WRONG


def _model(seed: int) -> Module:
    return MLP(3, [4, 1], seed=seed)


def _load_model(path: Path) -> Outcome:
    model = _model(2)
    return _judged(path, lambda: _same(load(model, path), _model(0)), lambda: _same(model, _model(2)))


def _save_compressed(path: Path, seed: int) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, **_model(seed).state_dict())


X = np.random.default_rng(0).normal(size=(8, 3))
Y = X @ [1.0, -2.0, 0.5]


def _network(seed: int = 0) -> Module:
    parts = Linear(3, 2, seed=seed), BatchNorm(2), relu, Dropout(0.3, seed=1), Linear(2, 1, seed=seed)
    return Sequential(*parts)


def _train(path: Path | None, model: Module, epochs: int) -> Any:
    options: dict[str, Any] = {"loss": mean_squared_error, "seed": 0, "batch_size": 4, "progress": False}
    return fit(model, X, Y, epochs=epochs, checkpoint=path, **options)


@cache
def _straight() -> tuple[Any, Module]:
    """History and end of a training that was never stopped."""
    model = _network()
    return _train(None, model, 3), model


@cache
def _state(epochs: int) -> Any:
    """What a training keeps after so many epochs."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.npz"
        _train(path, _network(), epochs)
        with opened(path) as arrays:
            return unpack(arrays)


def _save_checkpoint(path: Path, k: int) -> None:
    """As a training writes it."""
    write_arrays(path, pack(_state(1 + k)))


def _go_on(path: Path) -> Outcome:
    """A training that goes on from a checkpoint ends as one that was never stopped."""
    (expected, straight), model = _straight(), _network()
    return _judged(
        path,
        lambda: _train(path, model, 3) == expected and _same(model, straight),
        lambda: _same(model, _network()),
    )


def _save_program(path: Path, k: int) -> None:
    program = compiled(lambda x: [x[0] ** 2.5 * (k + 1.0), x[1] / x[0]])
    program(np.array([2.0, 3.0]))
    program.save(path)


def _run_program(path: Path) -> Outcome:
    """A program gives the numbers, or cannot be imported or called."""
    names: dict[str, Any] = {"__name__": "program"}
    try:
        exec(compile(path.read_text(), path, "exec"), names)
        found = names["program"](np.array([2.0, 3.0]))
    except Exception:
        return Outcome.REFUSED
    return Outcome.UNAFFECTED if found == (2.0**2.5, 1.5) else Outcome.WRONG


def _picture(path: Path, k: int) -> None:
    draw(Value(2.0, "x") * (k + 3.0)).save(path)


def _story(path: Path, k: int) -> None:
    y = Value(2.0, "x") * (k + 3.0)
    y.backward()
    animate(y).save(path)


def _save_model(path: Path, k: int) -> None:
    save(_model(k), path)


FORMATS = [
    Format("model .npz", _save_model, _load_model),
    Format("NumPy's compressed .npz", _save_compressed, _load_model, ours=False),
    Format("model .safetensors", _save_model, _load_model),
    Format("checkpoint .npz", _save_checkpoint, _go_on),
    Format("program .py", _save_program, _run_program, text=True),
    Format("picture .dot", _picture),
    Format("picture .mmd", _picture),
    Format("picture .png", _picture),
    Format("story .html", _story),
    Format("story .gif", _story),
    Format("story .txt", _story),
]
