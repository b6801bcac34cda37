"""What is kept in files: the state of a model, and a training that can go on after it was killed."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from autodiff.optim import Optimizer, Schedule
from autodiff.settings import required

from ..module import Module, is_function
from .archive import opened, write_arrays
from .digest import OWN, checksum, told
from .packing import check_form, pack, unpack
from .trainer import Trainer

Kind = TypeVar("Kind", bound=Module)

FORMAT = "training of autodiff-lecture, version 1"


def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write a model's parameters and buffers to a file, .npz or .safetensors.

    The names are those of `state_dict()`, as in PyTorch. `np.load` reads the .npz, which contains no
    pickle; `safetensors.torch.load_file` the other, for which the extra `safetensors` is needed. A file
    that exists is replaced at once, by a complete one.

    Raises ValueError for any other suffix, TypeError where model and path are something else.

    >>> import tempfile
    >>> from nn import MLP
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(MLP(2, [1], seed=0), f"{folder}/model.npz")
    ...     model = load(MLP(2, [1], seed=1), f"{folder}/model.npz")
    >>> (model([[1.0, 2.0]]).data == MLP(2, [1], seed=0)([[1.0, 2.0]]).data).all()
    np.True_
    """
    _check_order("save", model, path)
    write_arrays(path, model.state_dict())


def load(model: Kind, path: str | os.PathLike[str]) -> Kind:
    """Take over the parameters and buffers from a file that `save` or PyTorch's safetensors wrote.

    The model keeps its dtypes, and a UserWarning says where that changes digits: `load(model.astype(
    np.float32), path)` takes float32 as it is. Returns the model.

    Raises ValueError, and leaves the model as it is, where the file is truncated, damaged or of another
    kind, and where a name or a shape does not fit; data that do not fit are not read, so that no file costs
    more than the model has room for. Damaged numbers show by checksums, which an .npz file has, and a
    .safetensors file that `save` wrote; PyTorch's has none.
    """
    _check_order("load", model, path)
    try:
        with opened(path) as arrays:
            model.load_state_dict(_without_counts(arrays))
    except ValueError as error:
        raise ValueError(f"load: {path} was not loaded, the model is unchanged: {error}") from error
    return model


def _check_order(what: str, model: Any, path: Any) -> None:
    if not isinstance(model, Module) or not isinstance(path, (str, os.PathLike)):
        kinds = f"{type(model).__name__} and {type(path).__name__}"
        raise TypeError(f"{what}: expected (model, path), a Module and a string or Path, got {kinds}")


def _without_counts(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """PyTorch's BatchNorm also counts the batches it has seen, which nothing here depends on."""
    return {name: array for name, array in arrays.items() if name.split(".")[-1] != "num_batches_tracked"}


class Checkpoint:
    """The file of one training, written at most every so many seconds.

    It holds the state of the training, and a fingerprint of the call that began it: the state is only
    given back to the same call. Of several trainings that write one file, the last to finish a step wins.
    """

    def __init__(self, path: str | os.PathLike[str], every: float) -> None:
        self.path = Path(path)
        number = isinstance(every, (int, float, np.number)) and not isinstance(every, bool)
        self.every = float(required(number and every >= 0, "checkpoint_every", "seconds, 0 or more", every))
        if self.path.suffix != ".npz":
            raise ValueError(f"checkpoint must be an .npz file, got {str(path)!r}")
        if not self.path.parent.is_dir():
            folder = str(self.path.parent)
            raise FileNotFoundError(f"checkpoint {str(path)!r}: there is no folder {folder!r}; make it")
        self.written = -math.inf
        self.fingerprint: Mapping[str, Any] = {}

    def read(self) -> dict[str, Any] | None:
        """What was last written; None where there is no file.

        Raises ValueError for a file that is damaged or no checkpoint.
        """
        try:
            with opened(self.path, compressed=False) as arrays:
                content = unpack(arrays)
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise ValueError(f"checkpoint: {self.path} is not one: {error}; {REMEDY}") from error
        if not isinstance(content, dict) or str(content.get("format")) != FORMAT:
            raise ValueError(f"checkpoint: {self.path} is not one of this version; {REMEDY}")
        with self.refusing():
            check_form(content, {"format": FORMAT, "state": {"seed": 0}})
        return content

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Make one error, which names the file, of whatever does not work with what was in it."""
        try:
            yield
        except Exception as error:
            what = str(error) or type(error).__name__
            raise ValueError(f"checkpoint: {self.path} is damaged: {what}; {REMEDY}") from error

    def check(self, content: Mapping[str, Any]) -> None:
        """Refuse the state of another call.

        Raises ValueError, naming what differs.
        """
        with self.refusing():
            old, new = content["fingerprint"], self.fingerprint
            differing = [name for name in new if not _agree(old[name], new[name])]
        if differing:
            lines = "\n  ".join(f"{name}: was {old[name]}, is {new[name]}" for name in differing)
            raise ValueError(f"checkpoint: {self.path} belongs to another call of fit; {REMEDY}:\n  {lines}")

    @property
    def due(self) -> bool:
        """Whether the last one is old enough."""
        return time.monotonic() - self.written >= self.every

    def write(self, state: Mapping[str, Any]) -> None:
        """Keep this state in place of the last."""
        content = {"format": FORMAT, "fingerprint": self.fingerprint, "state": state}
        write_arrays(self.path, pack(content))
        self.written = time.monotonic()


REMEDY = "give another path, or delete the file to begin anew"


# -- of which call -------------------------------------------------------------------------------


def fingerprint(trainer: Trainer, seed: int | None) -> dict[str, Any]:
    """What a training depends on, besides the number of epochs: it must be the same to go on."""
    return {
        "model": _structure(trainer.model),
        "training data": told(tuple(trainer.data)),
        "validation data": trainer.validation and told(tuple(trainer.validation)),
        "loss": told(trainer.loss),
        "optimizer": _settings(trainer.optimizer),
        "schedule": _configuration(trainer.schedule),
        "batch_size": trainer.batch_size,
        "patience": trainer.patience,
        "metrics": told(dict(trainer.metrics)),
        "seed": seed,
    }


def _structure(model: Module) -> str:
    """A model's configuration and its parameters, with those that are frozen, in few characters."""
    parameters = [(name, p.shape, str(p.dtype), p.constant) for name, p in model.named_parameters()]
    functions = [told(part) for _, part in model.named_parts(object) if is_function(part)]
    content = f"{model!r} {parameters} {functions}".encode()
    own = ", ".join(filter(OWN.fullmatch, functions))
    code = f"{checksum(content)} of {own}" if own else checksum(content)
    return f"{type(model).__name__} with {len(parameters)} parameters, {code}"


def _agree(old: Any, new: Any) -> bool:
    """Whether both say the same. Version 0.1 told the project's functions by their code: not compared."""
    marked = OWN.sub("\\1 \0", re.sub("[0-9a-f]{16} of .*", "\0", str(new)))
    former = re.escape(marked).replace("\0", "[0-9a-f]{16}")
    return bool(old == new) or re.fullmatch(former, str(old)) is not None


def _settings(optimizer: Optimizer) -> str:
    """An optimiser and its hyperparameters, without what it remembers."""
    return f"{type(optimizer).__name__} {told([group.settings for group in optimizer.param_groups])}"


def _configuration(schedule: Schedule | None) -> str | None:
    """A schedule and its settings, those of the one that follows it, too."""
    if schedule is None:
        return None
    settings = {name: setting for name, setting in vars(schedule).items() if name != "optimizer"}
    nested = {k: _configuration(v) if isinstance(v, Schedule) else v for k, v in settings.items()}
    return f"{type(schedule).__name__} {told(nested)}"
