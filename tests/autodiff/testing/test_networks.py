"""Data sets and networks: they fit each other, their code makes them anew, and they shrink."""

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

import nn
from autodiff import Value, check_gradients, clip, relu
from autodiff.testing import DataSet, data_sets, dtypes, networks
from autodiff.testing.data_set import TARGETS
from autodiff.testing.network import LOSSES, clear_of_kinks

QUIET = settings(database=None, derandomize=True)


# -- data sets ---------------------------------------------------------------------------------


@pytest.mark.parametrize("targets", TARGETS)
@given(data=st.data(), n=st.integers(0, 3), dtype=dtypes())
def test_data_sets_have_the_sizes_and_dtype_asked(targets, data, n, dtype):
    X, y = data.draw(data_sets(targets, n_observations=n, n_features=2, n_outputs=3, dtype=dtype))
    assert X.shape == (n, 2)
    assert X.dtype == dtype
    assert (y.shape, y.dtype) == (((n,), np.int64) if targets == "labels" else ((n, 3), dtype))


@given(data_sets("labels"), data_sets("one-hot"), data_sets("probabilities"), data_sets("signs"))
def test_targets_are_of_their_kind(labels, one_hot, probabilities, signs):
    assert set(labels.y) <= {0, 1, 2}
    assert (np.sort(one_hot.y)[:, -1] == 1.0).all()
    for shares in (one_hot.y, probabilities.y):
        assert (shares.sum(axis=-1) == 1.0).all()
    assert (np.abs(signs.y) == 1.0).all()


@given(data_sets(st.sampled_from(sorted(TARGETS)), n_observations=st.integers(0, 3), dtype=dtypes()))
def test_the_repr_of_a_data_set_makes_it_anew(data):
    again = eval(repr(data), {"np": np, "DataSet": DataSet})
    for old, new in zip(data, again, strict=True):
        np.testing.assert_array_equal(old, new)
        assert old.shape == new.shape
        assert old.dtype == new.dtype


@pytest.mark.parametrize("targets", TARGETS)
def test_data_sets_shrink_to_one_observation(targets):
    X, y = find(data_sets(targets), lambda data: True, settings=QUIET)
    np.testing.assert_array_equal(X, [[0.0]])
    assert len(y) == 1


def test_impossible_data_sets_are_errors():
    with pytest.raises(ValueError, match="unknown targets 'lables'; did you mean 'labels'"):
        find(data_sets("lables"), lambda data: True)
    with pytest.raises(ValueError, match="labels need n_outputs of 2 or more, got 1"):
        find(data_sets("labels", n_outputs=1), lambda data: True)


# -- networks ----------------------------------------------------------------------------------

CASES = st.one_of(networks(dtype=dtypes(), kinks=True), networks(scalars=True), networks(initialize="he"))


@given(CASES)
def test_the_code_of_a_network_makes_it_anew(case):
    made = {}
    exec(case.code, made)
    assert repr(case) == case.code
    np.testing.assert_array_equal(made["loss"](made["model"](made["X"]), made["y"]).data, case().data)
    for name in ("X", "y"):
        assert made[name].dtype == getattr(case, name).dtype
    assert [p.dtype for p in made["model"].parameters()] == [p.dtype for p in case.model.parameters()]


@given(CASES)
def test_a_network_is_a_number_of_its_data(case):
    model, loss, X, y = case
    assert loss(model(X), y).shape == ()
    assert np.isfinite(case().data)


@given(networks())
@settings(max_examples=30)
def test_networks_away_from_kinks_pass_the_check(case):
    check_gradients(lambda model: case.loss(model(case.X), case.y), case.model)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_is_drawn_and_shrinks_to_one_layer(loss):
    kinks = loss in ("huber", "hinge")  # with a parameter of 1, a residual is 1, or a margin 0
    case = find(networks(losses=loss, kinks=kinks), lambda case: True, settings=QUIET)
    assert case.loss is getattr(nn, loss)
    assert isinstance(case.model, nn.MLP)
    assert len(case.model.sizes) == len(case.X) == 1
    assert all((parameter.data == 1.0).all() for parameter in case.model.parameters())


@pytest.mark.parametrize("kind", [nn.MLP, nn.Sequential])
def test_each_kind_of_module_is_drawn(kind):
    assert isinstance(find(networks(), lambda case: isinstance(case.model, kind), settings=QUIET).model, kind)


@given(networks(2, [3, 1], activations="tanh", losses=["squared_error"], scalars=True, n_observations=2))
def test_what_is_asked_is_drawn(case):
    assert isinstance(case.model, nn.Network)
    assert (case.model.n_inputs, case.model.sizes) == (2, [3, 1])
    assert case.model.activation == case.model.output == "tanh"
    assert case.X.shape == (2, 2)


def test_a_kink_is_where_a_bound_is_met_and_not_where_a_base_equals_its_exponent():
    assert clear_of_kinks(Value(2.0) ** 2)
    assert not clear_of_kinks(clip(Value(2.0), 0.0, 2.0))
    assert not clear_of_kinks(relu(Value(0.001)))


def test_kinks_are_drawn_when_asked():
    case = find(
        networks(1, [1], activations="relu", losses="squared_error", kinks=True, n_observations=1),
        lambda case: not clear_of_kinks(case()),
        settings=QUIET,
    )
    assert not clear_of_kinks(case())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"losses": "squared_eror"}, "unknown loss 'squared_eror'; did you mean 'squared_error'"),
        ({"activations": ["tahn"]}, "unknown activation 'tahn'; did you mean 'tanh'"),
        ({"initialize": st.just("__import__('os')")}, "unknown initialiser"),
    ],
)
def test_unknown_names_are_errors(options, message):
    with pytest.raises(ValueError, match=message):
        find(networks(**options), lambda case: True, settings=QUIET)
