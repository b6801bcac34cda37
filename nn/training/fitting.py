"""fit: train a model on observations."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Never

import numpy as np

from autodiff.elsewhere import refuse_arguments
from autodiff.optim import Optimizer
from autodiff.values.leaving import revealing_cause

from ..elsewhere import OF_FIT
from ..losses import mean_squared_error
from ..module import Module
from .checkpoint import Checkpoint, fingerprint
from .chunked import ChunkedTrainer, check_chunked
from .history import History
from .interruption import Interruption
from .observations import Observations, observed, split
from .preparation import check_settings, drawn, known, loss_of, optimizer_of, schedule_of, try_out
from .progress import progress_of
from .second_order import METHODS, Full, minimized
from .trainer import Loss, Metric, Trainer

BATCH_SIZE = 32
"""The default; those that go by all observations at once do not mind it."""


def fit(
    model: Module,
    X: Any,
    y: Any,
    *,
    loss: str | Loss = mean_squared_error,
    optimizer: str | Optimizer | Callable[..., Optimizer] = "adam",
    lr: float | None = None,
    schedule: Any = None,
    epochs: int = 100,
    batch_size: int | None = BATCH_SIZE,
    validation: float | tuple[Any, Any] | None = None,
    patience: int | None = None,
    metrics: Mapping[str, Metric] | None = None,
    seed: int | np.random.Generator | None = None,
    progress: bool = True,
    compiled: bool | None = None,
    callback: Callable[[History], object] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: float = 10.0,
    **elsewhere: Never,
) -> History:
    """Train a model: go down the gradient of the loss, batch by batch, and report how it went.

        θ ← θ − s·∇R(θ),   R over the observations of a batch; an epoch visits each observation once

    X                 (n_observations, n_features), or whatever the model takes, one row per observation
    y                 (n,) or (n, n_outputs); labels 0, 1, … for `cross_entropy`. Both may be Dask arrays
                      larger than memory, with rows in chunks: a step then takes all of them, in one pass
    loss              a function of (output, target) or its name in `nn.losses`. One whose `reduction` is
                      "sum" by default, as `squared_error`, is trained and noted as a sum: over the batch
                      and over the epoch. All others count as means over the observations
    optimizer         "sgd", "adam", "adamw", "rmsprop", "adagrad", "rprop", with the learning rate `lr`;
                      an `Optimizer` of the model's parameters, or a function that makes one from them,
                      `optimizer=lambda p: optim.AdamW(p, lr=0.001, weight_decay=0.1)`; or
                      "l-bfgs" and "levenberg-marquardt" (of squared errors), which go by all observations
                      at once and make at most `epochs` steps
    schedule          a schedule of the optimiser, or a function that makes one from it; advances every epoch
    batch_size        observations per step; None for all at once, as those methods have them
    validation        a fraction that is held out, drawn by the seed, or a pair (X, y)
    patience          stop when the validation loss (without validation, the loss) has not become lower in
                      that many epochs, and restore the best weights
    metrics           functions of (raw output, target) by name, means over the observations, such as
                      {"accuracy": nn.accuracy}; noted as trained, and on the validation data
    seed              decides the order of the observations
    compiled          whether a program computes the slopes (see `autodiff.compile`): the same but for the
                      last bits, in less time. By default one takes over after 500 steps, where model and
                      loss allow it and kept their attributes until then; what these become later is not
                      seen. Running statistics and random draws go in and out of it. `history.engine`
                      says which
    callback          called with the `History` after each epoch, the model being in `eval` mode. The training
                      ends where it returns what is true, or raises StopIteration, as `minimize` does; other
                      errors leave the weights of that epoch
    checkpoint        an .npz file. The same call, made again after the process was killed, goes on from it
                      and ends with the same weights to the last bit; after the end it returns them at
                      once, and with more `epochs` it goes on
    checkpoint_every  seconds between two checkpoints, 0 for each step; the result is the same

    The model is left in `eval` mode. Where the loss becomes nan or infinite, the training stops and the
    best weights are restored. Ctrl-C stops it after the running step: what has been done is returned, and
    `interrupted` is true; a second one does not wait, and is raised where it met a step half-done.

    Raises RuntimeError inside `no_grad`; ValueError or TypeError, before the model is changed, for data
    that do not fit each other or the model, nan or infinite entries (not looked for in Dask arrays, nor are
    wrong labels, where the loss tells), parameters that the loss does not depend on, settings out of range,
    unknown names, and a checkpoint of another call. Functions are compared by their code and what they close
    over, not by what they read from global names; Dask arrays by shape and dtype.

    >>> from nn import MLP
    >>> model = MLP(1, [1], seed=0)
    >>> X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    >>> fit(model, X, y, optimizer="sgd", lr=0.3, epochs=300, progress=False).reason
    'reached 300 epochs'
    >>> model.predict([[3.0]]).round(3)
    array([[7.]])
    """
    if elsewhere:
        refuse_arguments("fit", elsewhere, OF_FIT)
    metrics = check_settings(model, metrics, epochs, batch_size, patience, compiled, callback)
    file, kept, number = _begun(checkpoint, checkpoint_every, seed)
    data, held_out = _parts(observed(X, y), validation, number)
    criterion, summed = loss_of(loss)
    size = None if batch_size == BATCH_SIZE else batch_size
    if data.lazy:
        check_chunked(model, size)
    try_out(model, criterion, metrics, data, held_out)
    if isinstance(optimizer, str) and (method := known(optimizer)) in METHODS:
        full = Full(model, criterion, data, held_out, metrics, patience, compiled, callback)
        options = {"lr": lr, "schedule": schedule, "batch_size": size}
        return minimized(method, full, epochs, progress, {**options, "checkpoint": checkpoint})
    optimizer = optimizer_of(optimizer, model, lr)
    trainer = (ChunkedTrainer if data.lazy else Trainer)(
        model, criterion, summed, optimizer, schedule_of(schedule, optimizer), data, held_out,
        data.n if data.lazy or batch_size is None else batch_size, patience, metrics, number, compiled,
        callback,
    )  # fmt: skip
    if file:
        _resume(trainer, file, kept, epochs, seeded=seed is not None)
    return _trained(trainer, epochs, progress, file)


def _begun(
    checkpoint: str | os.PathLike[str] | None, every: float, seed: int | np.random.Generator | None
) -> tuple[Checkpoint | None, dict[str, Any] | None, int]:
    """The checkpoint's file, what was kept in it, and the seed: if none is given, the one kept."""
    file = None if checkpoint is None else Checkpoint(checkpoint, every)
    kept = file.read() if file else None
    return file, kept, kept["state"]["seed"] if kept and seed is None else drawn(seed)


def _parts(
    data: Observations, validation: float | tuple[Any, Any] | None, seed: int
) -> tuple[Observations, Observations | None]:
    """The observations for training and those for validation."""
    if validation is None:
        return data, None
    if isinstance(validation, (tuple, list)):
        if len(validation) != 2:
            raise ValueError(f"validation must be a fraction or a pair (X, y), got {len(validation)} entries")
        return data, observed(*validation, what="validation ")
    return split(data, validation, seed)


# -- training ----------------------------------------------------------------------------------


def _trained(trainer: Trainer, epochs: int, progress: bool, file: Checkpoint | None) -> History:
    """Go on until there is nothing left to do, or until Ctrl-C; what happened."""
    shown = progress_of(progress, epochs, trainer.history.epochs)
    try:
        # What overflows shows in the loss, and the history says so.
        with Interruption() as interruption, np.errstate(all="ignore"), revealing_cause:
            while not trainer.done(epochs):
                for _ in trainer.epoch():
                    if file and (file.due or interruption.noted):
                        file.write(trainer.state())
                    if interruption.noted:
                        trainer.interrupt()
                        return trainer.history
                shown.show(trainer.history)
                if file and trainer.done(epochs):
                    file.write(trainer.state())
            trainer.conclude()
    except KeyboardInterrupt:  # of the user's own, or a second Ctrl-C
        if trainer.stepping:
            raise
        trainer.interrupt()
    finally:
        trainer.model.eval()
        shown.close()
    return trainer.history


def _resume(
    trainer: Trainer, file: Checkpoint, kept: Mapping[str, Any] | None, epochs: int, seeded: bool
) -> None:
    """Go on from what was kept, or keep the beginning."""
    file.fingerprint = fingerprint(trainer, trainer.seed if seeded else None)
    if kept is None:
        file.write(trainer.state())
        return
    file.check(kept)
    with file.refusing():
        trainer.check_state(kept["state"])
    done = len(kept["state"]["history"]["loss"])
    if done > epochs:
        raise ValueError(
            f"fit: the checkpoint {file.path} has come to epoch {done}, past epochs={epochs}; "
            "give as many or more, or another path"
        )
    with file.refusing():
        trainer.load_state(kept["state"])
