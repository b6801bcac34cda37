"""Programs pickle as their source: they compute elsewhere what they computed here."""

import copy
import multiprocessing
import pickle

import cloudpickle
import joblib
import numpy as np
import pytest
from hypothesis import given, settings

import autodiff as ad
import nn
from autodiff import Value, gradients, value_and_grad, where
from autodiff.programs import compile as compiled
from autodiff.testing import expressions
from tests.autodiff.programs.test_agreement import OPERATIONS, RECORDED, through
from tests.autodiff.programs.test_program import STRUCTURES, same
from tests.autodiff.test_operations import example

PICKLERS = {"pickle": pickle, "cloudpickle": cloudpickle}


def sent(program, by=pickle):
    """The program, as another process gets it."""
    return by.loads(by.dumps(program))


@pytest.mark.parametrize("by", PICKLERS.values(), ids=PICKLERS)
@pytest.mark.parametrize("case", STRUCTURES.values(), ids=STRUCTURES)
def test_a_program_that_was_sent_gives_what_it_gave(case, by):
    f, args = case
    program = compiled(f)
    wanted = program(*args)
    other = sent(program, by)
    assert same(other(*args), wanted)
    assert same(other(*args), wanted)  # by the short way, if there is one
    assert same(sent(other, by)(*args), wanted)
    assert other.source == program.versions[-1].whole_source
    assert len(other.versions) == 1


def weighed(x):
    return ad.sum(ad.sigmoid(x @ x))


def test_a_program_that_was_sent_goes_on_counting_its_bytes():
    program = compiled(weighed)
    program(np.ones((100, 100)))
    other = sent(program)
    assert program.versions[0].nbytes <= other.versions[0].nbytes < 3 * program.versions[0].nbytes
    other(np.ones((3, 3)))
    assert len(other.versions) == 2


@pytest.mark.parametrize("case", RECORDED, ids=str)
def test_every_operation_can_be_sent(case):
    xs = example(case)
    for f in through(case, len(xs)):
        program = compiled(f)
        wanted = program(*xs)
        assert same(sent(program)(*xs), wanted)


@given(f=expressions([*OPERATIONS, "sum", "transpose", "reshape"]))
@settings(max_examples=30)
def test_random_functions_and_their_gradients_can_be_sent(f):
    program = compiled(value_and_grad(f, tuple(range(len(f.inputs)))))
    wanted = program(*f.inputs)
    assert same(sent(program)(*f.inputs), wanted)


def test_what_is_decided_at_each_call_is_decided_there():
    program = compiled(ad.grad(lambda x: ad.sum(where(x > 0.0, x, 0.0 * ad.log(x)))))
    program(np.array([2.0, 3.0]))
    other = sent(program)
    for x in ([2.0, 3.0], [0.0, 3.0], [-1.0, np.inf]):
        np.testing.assert_array_equal(other(np.array(x)), program(np.array(x)))


# -- what f closes over ------------------------------------------------------------------------

X, Y = np.random.default_rng(0).normal(size=(2, 4, 2))


def stepping(model):
    def step(x, y):
        loss = nn.mean_squared_error(model(x), y)
        return loss.detach(), gradients(loss, model.parameters())

    return compiled(step)


def test_values_go_along_with_their_data():
    model = nn.MLP(2, [3, 2], seed=0)
    program = stepping(model)
    wanted = program(X, Y)
    other = sent(program)
    model.parameters()[0].data = np.zeros((3, 2))
    assert same(other(X, Y), wanted)


def test_a_program_that_goes_with_its_model_goes_on_reading_it():
    model = nn.MLP(2, [3, 2], seed=0)
    program = stepping(model)
    program(X, Y)
    theirs, other = sent((model, program))
    for parameter in (theirs.parameters()[0], model.parameters()[0]):
        parameter.data = np.full((3, 2), 0.25)
    assert same(other(X, Y), program(X, Y))


def test_a_program_whose_results_are_part_of_a_graph_is_refused_with_the_remedy():
    model = nn.MLP(2, [3, 2], seed=0)
    program = compiled(lambda x: model(x))
    program(X)
    with pytest.raises(TypeError, match=r"depend on 'W⁽¹⁾' of shape \(3, 2\), .*model\.freeze\(\)"):
        pickle.dumps(program)
    model.freeze()
    wanted = program(X)
    np.testing.assert_array_equal(sent(program)(X).data, wanted.data)


def test_a_value_that_was_computed_is_refused():
    w = Value(2.0, "w")
    z = w * w
    program = compiled(lambda x: gradients(z * z * x, [z]))
    program(3.0)
    with pytest.raises(TypeError, match="a graph is not copied or pickled"):
        pickle.dumps(program)


def test_settings_go_along_and_a_lambda_is_known_by_nobody_else():
    program = compiled(lambda x, how: where(x > 0.0, how(x), 0.0))
    program(2.0, ad.exp)
    program(2.0, lambda x: 2.0 * x)
    other = sent(program)
    assert other(2.0, ad.exp) == program(2.0, ad.exp)
    assert len(other.versions) == 1


# -- the function ------------------------------------------------------------------------------


@compiled
def decorated(x):
    return ad.sum(x * x)


def written(x):
    return ad.sum(x * x)


@pytest.mark.parametrize("program", [decorated, compiled(written)])
def test_a_function_with_a_name_goes_along_and_is_recorded_there(program):
    other = sent(program)
    assert other.versions == ()
    assert other(np.arange(4.0)) == 14.0
    assert other.__name__ == program.__name__
    assert sent(other)(np.arange(3.0)) == 5.0


def test_a_name_that_is_anothers_by_now_is_not_taken(monkeypatch):
    program = compiled(written)
    program(np.arange(3.0))
    text = pickle.dumps(program)
    monkeypatch.setitem(globals(), "written", lambda x: x)
    other = pickle.loads(text)
    assert other(np.arange(3.0)) == 5.0
    with pytest.raises(RuntimeError, match="was pickled without its function"):
        other(np.arange(4.0))


def test_other_arguments_are_refused_where_the_function_stayed_behind():
    program = compiled(lambda x: x * 2.0)
    program(np.arange(3.0))
    with pytest.raises(RuntimeError, match=r"is known here for program\(x: \(3,\)\) alone"):
        sent(program)(np.arange(4.0))


def test_one_that_was_not_called_yet_says_so():
    with pytest.raises(ValueError, match=r"has no name by which it is found: .* call it first"):
        pickle.dumps(compiled(lambda x: x))


def test_what_f_was_is_not_sent():
    scale = 2.0
    program = compiled(lambda x: scale * x)
    program(3.0)
    scale = 5.0
    with pytest.raises(ValueError, match="call it first"):
        pickle.dumps(program)
    program(3.0)
    assert sent(program)(3.0) == 15.0


def test_a_copy_is_the_program_itself():
    program = compiled(lambda x: x)
    assert copy.copy(program) is program
    assert copy.deepcopy([program])[0] is program


# -- other processes ---------------------------------------------------------------------------

ROWS = [np.full(3, float(i)) for i in range(4)]


def test_multiprocessing_and_joblib_take_programs():
    program = compiled(value_and_grad(lambda x: ad.sum(ad.exp(x) * x)))
    wanted = [program(x) for x in ROWS]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert same(pool.map(program, ROWS), wanted)
    assert same(joblib.Parallel(n_jobs=2)(joblib.delayed(program)(x) for x in ROWS), wanted)
