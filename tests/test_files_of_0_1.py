"""What users of 0.1 have kept: their pickles, models, checkpoints and programs load, and their imports work.

`files_of_0_1` was written once, by 0.1.0 under Python 3.11 and NumPy 2, and is never written anew: that
is what these tests are about. `NAME.P.pickle` is `pickle.dumps(x, P)` of the x that the test of that name
describes, with the functions below where it calls them; `layers.npz` and `layers.safetensors` are
`nn.save(layers(), …)`, the checkpoints `trained(2, …)` and `usual(2, …)`. `wave.txt` is `compile(wave)`
after `wave(0.5, np.array([1.0, 2.0]))`, saved as `wave.py`, under a name that tools for source leave alone.
`names.txt` has a line for each module, `module: name, name`: its `__all__`, for a package all that is not a
module, and for a module without `__all__` what it defines and does not begin with an underscore.
"""

import importlib.util
import pickle
import shutil
import subprocess
import sys
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import nn
import optim
from autodiff import Value, exp, gradients, linalg, relu, sin
from autodiff.aliases import MOVED
from nn import lecture

FILES = Path(__file__).with_name("files_of_0_1")


def loaded(name, protocol=5):
    """What was pickled."""
    return pickle.loads((FILES / f"{name}.{protocol}.pickle").read_bytes())


def near(expected):
    """Up to what processors differ in."""
    return pytest.approx(np.asarray(expected), rel=1e-9, abs=1e-15)


# -- imports -----------------------------------------------------------------------------------


def names_in(file):
    """The names of each module."""
    lines = (line.partition(":") for line in (FILES / file).read_text("utf-8").splitlines())
    return {module: [name for name in names.strip().split(", ") if name] for module, _, names in lines}


OFFERED = names_in("names.txt")
"""The public names of each module."""

GONE = names_in("gone.txt")
"""Those of private modules that were dissolved or renamed on purpose."""


@pytest.mark.parametrize("module", OFFERED)
def test_a_module_is_found_where_it_was_and_offers_what_it_did(module):
    found = import_module(module)
    assert [name for name in OFFERED[module] if not hasattr(found, name)] == GONE.get(module, [])


@pytest.mark.parametrize("module", [module for module in OFFERED if "." in module])
def test_a_module_is_found_in_the_package_that_it_was_in(module):
    found = import_module(module)
    package, _, name = module.rpartition(".")
    assert getattr(import_module(package), name) is found


@pytest.mark.parametrize("package", ["nn", "optim"])
def test_a_moved_module_is_an_attribute_as_soon_as_its_package_is_imported(package):
    modules = [module for module in MOVED if module.startswith(f"{package}.")]
    lines = [f"import {package}", *modules]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)


def test_pickled_functions_and_classes_are_those_that_are_offered():
    offers = loaded("offers")
    assert len(offers["autodiff"]) == 165
    for module, objects in offers.items():
        assert objects == {name: getattr(import_module(module), name) for name in objects}


# -- leaves ------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", [2, 5])
@pytest.mark.parametrize(
    ("name", "leaf"),
    [
        ("leaf_number", Value(2.5)),
        ("leaf_float32", Value(np.array([1.0, 2.5], np.float32))),
        ("leaf_constant", Value(np.array([3.0]), constant=True)),
        ("leaf_named", Value([[1.0, 2.0], [3.0, 4.0]], "w₁")),
    ],
)
def test_a_leaf_comes_back_with_its_dtype_name_and_constancy(name, leaf, protocol):
    x = loaded(name, protocol)
    assert type(x) is Value
    assert type(x.data) is type(leaf.data)
    assert (x.dtype, x.name, x.constant) == (leaf.dtype, leaf.name, leaf.constant)
    np.testing.assert_array_equal(x.data, leaf.data)


@pytest.mark.parametrize("protocol", [2, 5])
def test_a_leaf_that_comes_back_is_computed_with(protocol):
    x = loaded("leaf_named", protocol)
    assert gradients((x**2).sum(), x).tolist() == [[2.0, 4.0], [6.0, 8.0]]


def test_new_pickles_name_the_package_alone():
    for thing in (Value(2.5, "x"), exp, linalg.det, gradients, nn.Sequential(nn.Linear(1, 1), relu)):
        written = pickle.dumps(thing, 0)
        assert b"cautodiff\n" in written or b"cautodiff.linalg\n" in written
        assert b"autodiff." not in written.replace(b"autodiff.linalg\n", b"")


# -- models ------------------------------------------------------------------------------------


def layers(seed=0):
    """A model with most kinds of layers, and with all that a training changes: buffers, and a generator."""
    return nn.Sequential(
        nn.Linear(2, 3, seed=seed),
        nn.BatchNorm(3),
        np.tanh,
        nn.Dropout(0.5, seed=seed + 1),
        nn.LayerNorm(3),
        nn.Linear(3, 1, seed=seed),
    )


X = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [2.0, 1.0]])
Y = np.array([1.0, 2.0, 3.0, 4.0])
OF_LAYERS = [[-1.1768168372433347], [-0.147050854357059], [-0.8623792869610957], [-0.5841715595713659]]
"""layers().eval()(X)."""


@pytest.mark.parametrize("protocol", [2, 5])
def test_the_lectures_network_predicts_and_is_trained(protocol):
    network = loaded("lecture", protocol)
    assert {p.name: p.data for p in network.parameters()} == lecture.THETA
    assert network(3.0, -2.0).data == near(0.8095043537530069)
    lecture.loss(network).backward()
    assert network.layers[0].neurons[0].weights[0].grad == pytest.approx(-0.404152, abs=1e-6)


def test_layers_in_one_after_another_predict_and_are_trained():
    model = loaded("layers")  # layers().eval()
    assert not model.training
    assert model(X).data == near(OF_LAYERS)
    model.train()
    assert model(X).data == near(layers()(X).data)  # with the same units dropped
    assert model[1].running_mean == near(0.1 * model[0](X).data.mean(axis=0))
    assert nn.fit(model, X, Y, epochs=30, lr=0.05, seed=0, progress=False).best_epoch > 1


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_a_saved_model_is_loaded(suffix):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    model = nn.load(layers(seed=5), FILES / f"layers{suffix}")
    assert model.eval()(X).data == near(OF_LAYERS)


def test_a_perceptron_of_float32_comes_back():
    model = loaded("mlp")  # nn.MLP(2, [2, 1], seed=0, dtype=np.float32)
    assert {p.dtype for p in model.parameters()} == {np.dtype(np.float32)}
    expected = [[0.1224655], [0.8590656], [0.8701264], [1.7235437]]
    np.testing.assert_allclose(model(X.astype(np.float32)).data, expected, rtol=1e-5)


def test_layers_for_images_and_for_words_come_back():
    images = loaded("images")  # Conv2d(1, 1, 2, seed=0), MaxPool2d(2), AvgPool2d(1), Flatten() in Sequential
    assert images(np.arange(9.0).reshape(1, 1, 3, 3)).data == near([[-6.133507441303986]])
    words = loaded("embedding")  # Embedding(3, 2, seed=0)
    expected = [[-0.535669373161111, 0.36159505490948474], [0.1257302210933933, -0.1321048632913019]]
    assert words([2, 0]).data == near(expected)


# -- trainings ---------------------------------------------------------------------------------


class HalfSquares:
    """Half the mean of the squares. A checkpoint tells functions by their bytecode, objects by their type."""

    def __call__(self, output, target):
        return ((output - target) ** 2).mean() / 2.0


def trained(epochs, checkpoint=None):
    """A model and its history, of a call whose checkpoint no code is compared with."""
    model = layers()
    history = nn.fit(
        model,
        X,
        Y,
        loss=HalfSquares(),
        schedule=partial(optim.StepLR, step_size=2),
        epochs=epochs,
        batch_size=2,
        seed=0,
        progress=False,
        checkpoint=checkpoint,
        checkpoint_every=0.0,
    )
    return model, history


def usual(epochs, checkpoint=None):
    """A model and its history, by an activation and a loss of this project."""
    model = nn.MLP(2, [2, 1], seed=0)
    history = nn.fit(model, X, Y, epochs=epochs, lr=0.1, seed=0, progress=False, checkpoint=checkpoint)
    return model, history


def goes_on(train, file, path):
    """The history of four epochs, two of them in the file, after it was compared with one without a file."""
    shutil.copy(FILES / file, path)
    model, history = train(4, path)
    straight, expected = train(4)
    assert history.loss == near(expected.loss)
    assert history.lr == expected.lr
    assert model(X).data == near(straight(X).data)
    return history


def test_a_training_goes_on_from_its_checkpoint(tmp_path):
    history = goes_on(trained, "checkpoint.npz", tmp_path / "run.npz")
    assert history.loss[:2] == [5.7418601815750705, 4.094492141441299]
    assert history.seconds[:2] == [0.004849196000577649, 0.004245079999236623]  # they were not trained again
    assert history.loss[2:] == near([4.231253189457795, 3.2211032570761224])
    assert history.lr == near([0.001, 0.001, 0.0001, 0.0001])


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="bytecode is compared, which is Python 3.11's")
def test_a_training_goes_on_from_a_checkpoint_that_holds_the_code_of_its_functions(tmp_path):
    history = goes_on(usual, "checkpoint_of_code.npz", tmp_path / "run.npz")
    assert history.loss[:2] == [2.9476033015166285, 0.8451383473055982]
    assert history.seconds[:2] == [0.00041097900066233706, 0.00030105500081845094]
    assert history.loss[2:] == near([0.04886205990436582, 0.6589655141528654])


def test_a_history_comes_back():
    history = loaded("history")
    assert history == nn.History(
        loss=[4.0, 1.0],
        validation_loss=[5.0, 2.0],
        metrics={"error": [2.0, 1.0]},
        lr=[0.1, 0.1],
        reason="reached 2 epochs",
    )
    assert (history.seconds, history.best_epoch) == ([0.5, 0.5], 2)


def test_the_summary_of_a_model_comes_back():
    told = str(loaded("summary"))  # nn.MLP(2, [2, 1], seed=0).summary()
    assert told == str(nn.MLP(2, [2, 1]).summary())
    assert "9 parameters" in told


# -- optimisers --------------------------------------------------------------------------------


def descending(kind):
    """A point, and an optimiser of it."""
    x = Value(np.array([1.0, -2.0]), "x")
    return x, kind([x], lr=0.1)


def steps(x, optimizer, n):
    """Go down x₁² + x₂²."""
    for _ in range(n):
        optimizer.zero_grad()
        (x**2).sum().backward()
        optimizer.step()


POINTS = {
    optim.SGD: ([0.64, -1.28], [0.512, -1.024]),
    optim.Adam: ([0.8004122286917928, -1.800166486115701], [0.7015862729460303, -1.700623392046465]),
    optim.AdamW: ([0.7985190271685215, -1.7962725886447977], [0.6989111831582322, -1.6949445143849768]),
    optim.RMSProp: ([-2.518882272284e-10, -0.5509867710515483], [2.5443127e-12, -0.3096873875871078]),
    optim.Adagrad: ([0.8331035268450359, -1.8311250538122312], [0.7804561813568098, -1.775821515013063]),
    optim.Rprop: ([0.78, -1.78], [0.636, -1.636]),
}
"""Where two steps lead, after which the optimisers were pickled, and the third."""


@pytest.mark.parametrize("kind", POINTS)
def test_an_optimiser_goes_on(kind):
    optimizer = loaded(kind.__name__.lower())
    assert type(optimizer) is kind
    (x,) = optimizer.param_groups[0]["params"]
    for point, further in zip(POINTS[kind], (1, 0), strict=True):
        assert x.data == pytest.approx(np.array(point), rel=1e-9, abs=1e-13)
        steps(x, optimizer, further)


def test_an_optimiser_goes_on_from_a_state():
    x, optimizer = descending(optim.Adam)
    optimizer.load_state_dict(loaded("adam_state"))  # after two steps
    x.data = POINTS[optim.Adam][0]
    steps(x, optimizer, 1)
    assert x.data == near(POINTS[optim.Adam][1])


SCHEDULES = {
    "ConstantLR": optim.ConstantLR,
    "LinearLR": partial(optim.LinearLR, total_iters=4),
    "StepLR": partial(optim.StepLR, step_size=2),
    "ExponentialLR": partial(optim.ExponentialLR, gamma=0.5),
    "CosineAnnealingLR": partial(optim.CosineAnnealingLR, T_max=4),
    "WarmUp": lambda optimizer: optim.WarmUp(optimizer, 2, optim.StepLR(optimizer, 1)),
    "ReduceLROnPlateau": partial(optim.ReduceLROnPlateau, patience=0),
}
"""How each schedule is made of an optimiser with the rate 0.1."""

RATES = {
    "ConstantLR": [0.1 / 3.0, 0.1 / 3.0, 0.1 / 3.0],
    "LinearLR": [0.1 / 3.0, 0.05, 0.2 / 3.0],
    "StepLR": [0.1, 0.1, 0.01],
    "ExponentialLR": [0.1, 0.05, 0.025],
    "CosineAnnealingLR": [0.1, 0.08535533905932738, 0.05],
    "WarmUp": [0.1 / 3.0, 0.2 / 3.0, 0.1],
    "ReduceLROnPlateau": [0.1, 0.1, 0.01],
}
"""Their first rates; a plateau is told the same loss at each step."""


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_comes_back_with_its_optimiser(name):
    schedule = dict(zip(SCHEDULES, loaded("schedules"), strict=True))[name]
    assert type(schedule) is getattr(optim, name)
    rates = []
    for _ in range(3):
        rates.append(schedule.optimizer.param_groups[0]["lr"])
        schedule.step(*[1.0] * (name == "ReduceLROnPlateau"))
    assert rates == near(RATES[name])


def test_step_rules_come_back():
    assert loaded("step_rules") == [
        optim.Constant(0.1),
        optim.Decaying(0.01, 0.01),
        optim.Adaptive(0.01, 1.2, 0.5),
        optim.Backtracking(0.0001, 0.5),
        optim.Wolfe(0.0001, 0.9),
        optim.BarzilaiBorwein(0.0001, 0.5),
    ]


# -- minimisations -----------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", [2, 5])
def test_the_result_of_a_minimisation_comes_back(protocol):
    result = loaded("result", protocol)  # minimize((x − 3)², from 0)
    assert type(result) is optim.Result
    assert (result.x, result.value, result.steps, result.converged) == (3.0, 0.0, 2, True)
    assert (result.method, len(result.path)) == ("BFGS", 3)
    assert result.path[0] == optim.Iterate(0.0, 9.0, 6.0, 0.0)
    with pytest.raises(RuntimeError, match="this result was pickled, so its function is gone"):
        result.function(0.0)


def test_a_result_keeps_the_structure_of_its_unknowns():
    result = loaded("result_of_dict")  # newton((a − 1)² + Σ (b + 2)², from a = 0, b = (1, 1))
    assert result.x["a"] == 1.0
    assert result.x["b"].tolist() == [-2.0, -2.0]
    start = result.path[0]
    assert (start.value, start.x["a"], start.x["b"].tolist()) == (19.0, 0.0, [1.0, 1.0])


def test_a_fit_comes_back_with_its_standard_errors():
    fitted = loaded("fit")  # least_squares(a·x + b − y, from (0, 0)), x = 0 … 3, y = 1.0, 3.1, 4.9, 7.0
    assert type(fitted) is optim.Fit
    assert fitted.x == near([1.98, 1.03])
    assert fitted.standard_errors == near([0.04242640687119281, 0.07937253933193769])
    assert "Residual standard error: 0.09487 on 2 degrees of freedom" in str(fitted)


# -- programs ----------------------------------------------------------------------------------


def wave(t, x):
    """A sum of damped waves."""
    return (exp(-t * x) * sin(3.0 * x)).sum()


def test_a_saved_program_runs(tmp_path):
    shutil.copy(FILES / "wave.txt", tmp_path / "wave.py")
    spec = importlib.util.spec_from_file_location("wave", tmp_path / "wave.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.wave(0.5, np.array([1.0, 2.0])) == near([-0.017197605744857583])
    x = np.array([-0.3, 1.7])
    assert module.wave(0.25, x) == near([wave(0.25, x)])
    with pytest.raises(ValueError, match=r"wave: x must have shape \(2,\), got \(3,\)"):
        module.wave(0.5, np.ones(3))


def test_the_source_of_a_program_comes_back():
    source = loaded("source")  # of wave, as it was saved
    assert source.name == "wave"
    assert source in (FILES / "wave.txt").read_text("utf-8")
    assert list(source.functions[0].inputs) == ["t", "x"]


# -- what is read ------------------------------------------------------------------------------


def test_a_gradient_report_comes_back():
    report = loaded("gradient_report")  # check_gradients(x², at 2)
    assert [(row.argument, row.order) for row in report.rows] == [("x", 1), ("x", 2), ("seed of f", 2)]
    assert report.rows[0].analytic == 4.0
    assert all(row.passed for row in report.rows)


def test_a_report_on_claims_comes_back():
    report = loaded("claim_report")  # check_claims: f(2) = 4.1 on p. 1, which is 4; f(3) = 9.0, which is 9
    assert [(row.computed, row.verdict) for row in report.rows] == [(4.0, "wrong"), (9.0, "right")]
    assert [row.claim.name for row in report.errata.rows] == ["f(2)"]


def test_nudges_come_back():
    found = loaded("nudges")  # of the lecture's loss on observation 1, the first two parameters
    assert [row.name for row in found.ranking] == ["w₁₁⁽¹⁾", "w₁₂⁽¹⁾"]
    assert found.rows[0].derivative == pytest.approx(-0.3506, abs=5e-5)
    assert "Importance: w₁₁⁽¹⁾ > w₁₂⁽¹⁾" in str(found)


def test_a_table_comes_back():
    assert loaded("table").text.splitlines() == ["Squares", "", " x   x²", "───────", " 3    9", "10  100"]


def test_a_tree_comes_back():
    told = str(loaded("tree"))  # of x·x + 2 at 3, after backward
    assert told.splitlines()[2].split() == ["│", "├─", "x", "3", "grad", "6"]


def test_storyboards_come_back():
    story = loaded("storyboard")  # animate(x·x + 2 at 3)
    assert len(story.frames) == 7
    assert "∂f/∂x = 6" in story.text
    assert "Back propagation through f" in story.html
    descent = loaded("storyboard_of_descent")  # newton((x − 3)², from 0).animate()
    assert len(descent.steps) == 2
    assert descent.title == "Newton-Raphson, step by step"


def test_a_picture_comes_back():
    assert "w₁₁⁽¹⁾" in loaded("picture").dot  # draw_network(Network(1, [1]))


def test_a_calculation_comes_back():
    assert loaded("calculation").evaluate({"x": 3.0}) == 10.0  # x^2 + 1


def test_a_domain_comes_back():
    domain = loaded("domain")  # testing.Domain(0.5, 2.0)
    assert (domain.low, domain.high) == (0.5, 2.0)


def test_a_module_that_came_with_the_package_is_its_attribute_still():
    program = "import autodiff; print(autodiff.value.Value is autodiff.Value)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "True\n"
