"""Training on rows in chunks: one pass a step, and the weights of a training in memory."""

from __future__ import annotations

import dask
import dask.array as da
import numpy as np
import pytest

import nn
import optim
from tests.autodiff.test_dask import X, Y, counted, loads

__all__ = ["loads"]

LABELS = np.random.default_rng(2).integers(3, size=20)
OPTIONS = {"progress": False, "seed": 0, "batch_size": None}


def rows(x, size=5):
    """An array in chunks of rows."""
    return da.from_array(x, chunks=(size, *x.shape[1:]))


def trained(X, y, outputs=1, validation=None, **options):
    """A network after its training, and the history."""
    model = nn.MLP(3, [4, outputs], seed=0)
    return model, nn.fit(model, X, y, validation=validation, **(OPTIONS | options))


def assert_same(lazy, plain):
    """The same weights and losses, to rounding."""
    (model, history), (expected, past) = lazy, plain
    for p, q in zip(model.parameters(), expected.parameters(), strict=True):
        assert type(p.data) is np.ndarray
        np.testing.assert_allclose(p.data, q.data, rtol=1e-10, atol=1e-10)
    for name, column in past.columns().items():
        np.testing.assert_allclose(history.columns()[name], column, rtol=1e-10)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop", "adagrad", "rprop", "l-bfgs"])
def test_a_training_ends_with_the_weights_of_one_in_memory(optimizer):
    options = {"optimizer": optimizer, "epochs": 4, "validation": (X[:6], Y[:6])}
    assert_same(trained(rows(X), rows(Y), **options), trained(X, Y, **options))


def test_the_rows_of_inputs_and_targets_may_be_in_other_chunks():
    assert_same(trained(rows(X, 4), rows(Y, 10), epochs=3), trained(X, Y, epochs=3))
    assert_same(trained(rows(X, 4), Y, epochs=3), trained(X, Y, epochs=3))


def test_classes_metrics_and_validation_in_chunks():
    options = {"loss": "cross_entropy", "metrics": {"accuracy": nn.accuracy}, "epochs": 4, "outputs": 3}
    lazy = trained(rows(X), rows(LABELS), validation=(rows(X[:8], 4), rows(LABELS[:8], 4)), **options)
    assert_same(lazy, trained(X, LABELS, validation=(X[:8], LABELS[:8]), **options))
    assert type(lazy[1].metrics["accuracy"][0]) is float


@pytest.mark.parametrize("loss", ["mean_squared_error", "squared_error", "huber", "cross_entropy"])
def test_a_program_computes_each_chunk(loss):
    labels = loss == "cross_entropy"
    options = {"loss": loss, "epochs": 4, "outputs": 3 if labels else 1}
    y = LABELS if labels else Y
    plain = trained(X, y, **options)
    for compiled, engine in ((None, "compiled"), (True, "compiled"), (False, "eager: asked for")):
        lazy = trained(rows(X, 6), rows(y, 6), compiled=compiled, **options)
        assert_same(lazy, plain)
        assert lazy[1].engine == engine


def test_a_loss_that_does_not_split_is_computed_as_it_is_and_said():
    def largest(output, target):
        return ((output[:, 0] - target) ** 2).mean() ** 0.5

    options = {"loss": largest, "epochs": 4}
    lazy = trained(rows(X), rows(Y), **options)
    assert_same(lazy, trained(X, Y, **options))
    assert lazy[1].engine.startswith("eager: compile: this does not split into chunks of rows: ")
    with pytest.raises(TypeError, match="a second pass"):
        trained(rows(X), rows(Y), compiled=True, **options)


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_a_step_loads_each_chunk_once(optimizer, loads):
    _, history = trained(counted(X, 5, loads), counted(Y, 5, loads), optimizer=optimizer, epochs=3)
    evaluations = set(loads.values())
    assert len(evaluations) == 1
    assert evaluations.pop() == 3 if optimizer == "adam" else history.epochs == 3


def test_metrics_are_computed_in_the_same_pass(loads):
    options = {"loss": "cross_entropy", "metrics": {"accuracy": nn.accuracy}, "epochs": 3, "outputs": 3}
    trained(counted(X, 5, loads), counted(LABELS, 5, loads), **options)
    assert set(loads.values()) == {3}


def test_a_metric_that_computes_is_refused_before_the_first_pass(loads):
    def distance(output, target):
        return float(np.abs(output[:, 0] - target).mean())

    with pytest.raises(TypeError, match=r"the metric 'm' must return a dask array .* leave out float\(\)"):
        trained(counted(X, 5, loads), counted(Y, 5, loads), metrics={"m": distance})
    assert set(loads) == {(2, 0), (1, 0)}  # the chunks of the rows on which it was tried


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # told by Dask's threads, as they compute
@pytest.mark.parametrize("wrong", [3, -1, 0.5])
def test_a_label_that_is_no_class_stops_the_training(wrong):
    labels = np.array(LABELS, float)
    labels[7] = wrong
    _, history = trained(rows(X), rows(labels), loss="cross_entropy", outputs=3, epochs=3)
    assert history.reason.startswith("diverged in epoch 1: the loss became nan")


def test_nothing_is_computed_before_the_first_step():
    def computes(*arguments, **options):
        raise AssertionError("computed")

    with dask.config.set(scheduler=computes):
        _, history = trained(rows(X), rows(Y), epochs=0)
    assert history.epochs == 0


def test_the_default_batch_size_counts_as_none():
    assert_same(trained(rows(X), rows(Y), epochs=2, batch_size=32), trained(X, Y, epochs=2))


def test_a_training_goes_on_from_its_checkpoint(tmp_path):
    path = tmp_path / "kept.npz"
    trained(rows(X), rows(Y), epochs=2, checkpoint=path)
    assert_same(trained(rows(X), rows(Y), epochs=5, checkpoint=path), trained(X, Y, epochs=5))


def test_an_entry_that_is_nan_stops_the_training():
    x = X.copy()
    x[7, 1] = np.nan
    _, history = trained(rows(x), rows(Y), epochs=3)
    assert history.reason.startswith("diverged in epoch 1: the loss became nan")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"batch_size": 7}, "batch_size=7 would draw rows from all chunks of the dask array; leave it out"),
        ({"validation": 0.2}, "validation as a fraction would draw rows from all chunks"),
        ({"optimizer": "levenberg-marquardt"}, "needs all residuals at once; .* takes dask arrays"),
    ],
)
def test_what_cannot_be_done_in_chunks_is_refused(options, told):
    with pytest.raises(ValueError, match=told):
        trained(rows(X), rows(Y), **options)


@pytest.mark.parametrize(
    ("part", "told"), [(nn.Dropout(0.5), "draws random numbers"), (nn.BatchNorm(3), "batch normalisation")]
)
def test_a_model_that_differs_in_training_is_refused(part, told):
    with pytest.raises(ValueError, match=f"fit: a dask array needs a model .*{told}"):
        nn.fit(nn.Sequential(part, nn.Linear(3, 1)), rows(X), rows(Y), progress=False)


def test_rows_of_unknown_number_are_refused():
    x = rows(X)
    with pytest.raises(TypeError, match=r"X must be a dask array with known chunk sizes"):
        trained(x[x[:, 0] > 0.0], rows(Y))


def test_what_dask_has_besides_arrays_is_refused():
    with pytest.raises(TypeError, match=r"X must be a dask array with known chunk sizes"):
        trained(dask.delayed(X), rows(Y))
    with pytest.raises(TypeError, match=r"X is a masked array, whose mask would be lost"):
        trained(da.ma.masked_invalid(rows(X)), rows(Y))


def test_targets_of_another_length_are_refused():
    with pytest.raises(ValueError, match="20 and 10 observations"):
        trained(rows(X), rows(Y[:10]))


def test_targets_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="needs labels of shape"):
        trained(rows(X), rows(X), loss="cross_entropy", outputs=4)


def test_an_optimiser_object_works():
    options = {"epochs": 3, "optimizer": lambda p: optim.SGD(p, lr=0.01, momentum=0.9)}
    assert_same(trained(rows(X), rows(Y), **options), trained(X, Y, **options))
