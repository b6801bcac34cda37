"""What a history knows, prints and draws."""

import math
import sys
from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from nn import History

LONG = History(
    loss=[10.0 / k for k in range(1, 1001)],
    validation_loss=[12.0 / k + 0.001 * k for k in range(1, 1001)],
    metrics={"accuracy": [1 - 1 / (k + 1) for k in range(1, 1001)]},
    reason="reached 1000 epochs",
)


def test_the_best_epoch_is_the_first_with_the_lowest_validation_loss():
    assert History(loss=[3.0, 1.0, 2.0]).best_epoch == 2
    assert History(loss=[3.0, 1.0, 2.0], validation_loss=[2.0, 4.0, 2.0]).best_epoch == 1
    assert History(loss=[math.nan, math.inf, 5.0]).best_epoch == 3


def test_without_a_finite_loss_there_is_no_best_epoch():
    assert History().best_epoch is None
    assert History(loss=[math.nan]).best_epoch is None


def test_a_long_history_prints_as_a_short_table_with_first_best_and_last_epoch():
    header, *rows, reason = str(LONG).splitlines()
    assert header.split() == ["epoch", "loss", "validation", "loss", "accuracy"]
    shown = [int(row.split()[0]) for row in rows]
    assert len(shown) <= 13
    assert {1, LONG.best_epoch, 1000} <= set(shown)
    assert reason == "reached 1000 epochs"


def test_a_short_history_prints_every_epoch():
    assert str(History(loss=[4.0, 1.0], reason="reached 2 epochs")) == (
        "epoch  loss\n    1     4\n    2     1\nreached 2 epochs"
    )


def test_a_history_without_epochs_prints_its_reason():
    assert str(History(reason="reached 0 epochs")) == "reached 0 epochs"


def test_time_does_not_make_histories_different():
    assert History(loss=[1.0], seconds=[0.1]) == History(loss=[1.0], seconds=[0.2])
    assert History(loss=[1.0]) != History(loss=[2.0])


# -- as a table --------------------------------------------------------------------------------

MEASURED = replace(LONG, metrics={"accuracy": LONG.loss, "validation accuracy": LONG.validation_loss})
MEASURED.lr, MEASURED.seconds = [0.1] * 1000, [0.5] * 1000
COLUMNS = ["loss", "validation_loss", "accuracy", "validation_accuracy", "lr", "seconds"]


def test_a_history_is_a_dict_of_lists_that_are_copies():
    table = MEASURED.to_dict()
    assert list(table) == COLUMNS
    assert table["validation_accuracy"] == table["validation_loss"] == LONG.validation_loss
    table["loss"].append(0.0)
    assert MEASURED.epochs == 1000
    assert History().to_dict() == {}


def test_a_history_is_a_frame_with_a_row_per_epoch():
    pandas = pytest.importorskip("pandas")
    frame = MEASURED.to_frame()
    assert list(frame.columns) == COLUMNS
    assert frame.index.name == "epoch"
    assert list(frame.index) == list(range(1, 1001))
    assert frame.validation_loss.idxmin() == MEASURED.best_epoch
    assert frame.to_dict("list") == MEASURED.to_dict()
    assert isinstance(History().to_frame(), pandas.DataFrame)
    assert len(History().to_frame()) == 0


def test_without_pandas_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install 'autodiff-lecture\[pandas\]'"):
        LONG.to_frame()


# -- drawing -----------------------------------------------------------------------------------


def test_losses_are_drawn_above_metrics_against_the_epoch():
    picture = LONG.plot()
    losses, metrics = picture.axes
    training, validation, best = losses.get_lines()
    assert list(training.get_xdata()[[0, -1]]) == [1, 1000]
    assert list(training.get_ydata()) == LONG.loss
    assert list(validation.get_ydata()) == LONG.validation_loss
    assert best.get_xdata()[0] == LONG.best_epoch
    assert [line.get_label() for line in metrics.get_lines()] == ["accuracy"]
    assert (losses.get_ylabel(), metrics.get_ylabel(), metrics.get_xlabel()) == ("loss", "accuracy", "epoch")
    picture.canvas.draw()


def test_a_loss_that_falls_far_is_drawn_on_a_logarithmic_scale():
    for losses, scale in ([10.0, 0.1], "log"), ([2.0, 1.0], "linear"), ([2.0, 0.0, -1.0], "linear"):
        assert History(loss=losses).plot().axes[0].get_yscale() == scale


def test_on_given_axes_the_losses_are_drawn():
    picture = Figure()
    axes = picture.subplots()
    assert LONG.plot(axes) is picture
    assert picture.axes == [axes]
    assert axes.get_xlabel() == "epoch"


def test_nothing_to_draw_is_told():
    with pytest.raises(ValueError, match=r"no epoch to draw \(interrupted\)"):
        History(reason="interrupted").plot()


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    for module in ("optim.plot.picture", "autodiff.files.figures"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'autodiff-lecture\[plot\]'"):
        LONG.plot()
