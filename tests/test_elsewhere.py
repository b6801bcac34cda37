"""Who looks for a name of micrograd, PyTorch, JAX, HIPS autograd or scipy is given the name here."""

from __future__ import annotations

import importlib
import os
import pydoc
import re
import subprocess
import sys
from typing import Any

import pytest

import autodiff
import nn
import optim
from autodiff import Value
from autodiff.elsewhere import ARGUMENTS, OF_VALUE, PACKAGE
from nn.elsewhere import HERE as OF_NN
from optim.elsewhere import HERE as OF_OPTIM

PACKAGES = {autodiff: PACKAGE, nn: OF_NN, optim: OF_OPTIM}
ANSWERS = [(package, name, text) for package, names in PACKAGES.items() for name, text in names.items()]
WORDS = re.compile(r"\b(?:autodiff|nn|optim)(?:\.\w+)+")


@pytest.mark.parametrize(("package", "name", "answer"), ANSWERS, ids=lambda x: getattr(x, "__name__", x))
def test_a_name_of_elsewhere_is_answered_with_the_name_here(package, name, answer):
    with pytest.raises(AttributeError) as caught:
        getattr(package, name)
    assert str(caught.value) == f"module '{package.__name__}' has no attribute '{name}': {answer}"


@pytest.mark.parametrize("name", OF_VALUE)
def test_an_attribute_of_a_tensor_is_answered_when_it_is_read_and_set(name):
    x: Any = Value(2.0)
    message = re.escape(f"a Value has no attribute '{name}': {OF_VALUE[name]}")
    with pytest.raises(AttributeError, match=message):
        getattr(x, name)
    with pytest.raises(AttributeError, match=message):
        setattr(x, name, True)
    assert name not in dir(x)


@pytest.mark.parametrize("function", ARGUMENTS)
def test_arguments_of_elsewhere_are_answered(function):
    call = {"Value": lambda **options: Value(2.0, **options), "backward": Value(2.0).backward}[function]
    for name, answer in ARGUMENTS[function].items():
        with pytest.raises(TypeError, match=re.escape(f"{name!r}: {answer}")):
            call(**{name: True})
    with pytest.raises(TypeError, match=r"got an unexpected keyword argument 'nothing'$"):
        call(nothing=True)


def test_every_name_that_is_suggested_is_there():
    texts = [*PACKAGE.values(), *OF_NN.values(), *OF_OPTIM.values(), *OF_VALUE.values()]
    texts += [text for answers in ARGUMENTS.values() for text in answers.values()]
    suggested = {word for text in texts for word in WORDS.findall(text)}
    assert len(suggested) > 40
    for word in suggested:
        package, *path = word.split(".")
        found: Any = {"autodiff": autodiff, "nn": nn, "optim": optim}[package]
        for name in path:
            found = getattr(found, name)


def test_operations_that_are_methods_elsewhere_are_functions_here():
    x: Any = Value(2.0)
    with pytest.raises(AttributeError, match=r"a Value has no attribute 'sin': use autodiff.sin\(x\)"):
        x.sin()


def test_the_names_are_those_of_pytorch_scikit_learn_and_scipy():
    torch, networks = pytest.importorskip("torch"), pytest.importorskip("sklearn.neural_network")
    for name in OF_NN:
        assert hasattr(torch.nn, name) or hasattr(networks, name), name
    there = (torch.optim, torch.optim.lr_scheduler, torch.nn.utils, pytest.importorskip("scipy.optimize"))
    for name in OF_OPTIM:
        assert any(hasattr(module, name) for module in there), name


@pytest.mark.parametrize("package", PACKAGES)
def test_other_names_are_not_there(package):
    assert not hasattr(package, "relv")
    with pytest.raises(AttributeError, match=rf"module '{package.__name__}' has no attribute 'relv'$"):
        package.relv  # noqa: B018
    assert not hasattr(Value(2.0), "relv")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_shows_what_is_public_and_nothing_else(package):
    shown = dir(package)
    assert {"TYPE_CHECKING", "attach", "import_module", "elsewhere", "annotations"}.isdisjoint(shown)
    assert all(hasattr(package, name) and not name.startswith("_") for name in shown)
    page = pydoc.render_doc(package, renderer=pydoc.plaintext)
    assert "TYPE_CHECKING" not in page


def test_a_graph_is_walked_by_inputs_and_operations():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    y = (w * x + 1.0).tanh()
    assert x.operation is None
    assert x.inputs == ()
    assert y.operation.name == "tanh"
    (total,) = y.inputs
    product, one = total.inputs
    assert one == 1.0
    assert [type(one), product.operation.symbol] == [float, "·"]
    assert all(a is b for a, b in zip(product.inputs, (w, x), strict=True))
    with pytest.raises(AttributeError):
        y.inputs = ()


def test_jit_is_a_second_name_of_compile():
    assert autodiff.jit is autodiff.compile
    names: dict[str, Any] = {}
    exec("from autodiff import *", names)
    assert names["jit"] is autodiff.compile
    assert "compile" not in names


def test_the_longer_names_are_the_same_packages():
    import autodiff.nn
    import autodiff.optim

    assert autodiff.nn is nn
    assert autodiff.optim is optim
    for package in (nn, optim):
        for name in [name for name in sys.modules if name.startswith(f"{package.__name__}.")]:
            assert importlib.import_module(f"autodiff.{name}") is sys.modules[name]
    with pytest.raises(ModuleNotFoundError, match=r"nn\.nothing"):
        importlib.import_module("autodiff.nn.nothing")
    with pytest.raises(AttributeError, match="use nn"):
        _ = autodiff.nn.BCELoss


BESIDE = """
import numpy as np, pickle, sys
from autodiff import nn, optim
from autodiff.nn import layers
if {imported}:
    import optim as theirs
    assert theirs.THEIRS
model = layers.Linear(2, 1, seed=0)
assert type(model) is nn.Linear
history = nn.fit(model, np.eye(2), np.ones((2, 1)), epochs=3, optimizer=optim.Adam, progress=False)
nn.save(model, "model.npz")
nn.load(model, "model.npz")
again = pickle.loads(pickle.dumps(model))
assert type(again) is nn.Linear
from autodiff.testing import networks
import optim as theirs
assert theirs.THEIRS
print(optim.minimize(lambda x: (x - 3.0) ** 2, 0.0).x)
"""


@pytest.mark.parametrize("imported", [False, True])
@pytest.mark.parametrize("strangers", [["optim.py"], ["optim/__init__.py"], ["optim.py", "nn.py"]])
def test_beside_a_strangers_modules_the_longer_names_are_ours_and_the_shorter_theirs(
    strangers, imported, tmp_path
):
    for stranger in strangers:
        (tmp_path / stranger).parent.mkdir(exist_ok=True)
        (tmp_path / stranger).write_text("THEIRS = True")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-c", BESIDE.format(imported=imported)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.returncode) == ("3.0\n", 0), done.stderr


def test_nn_works_beside_a_strangers_optim(tmp_path):
    (tmp_path / "optim.py").write_text("THEIRS = True")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-c", "import nn, optim, autodiff.nn; print(optim.THEIRS, autodiff.nn is nn)"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "True True\n", done.stderr
