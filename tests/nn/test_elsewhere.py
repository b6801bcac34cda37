"""What PyTorch calls otherwise is told by its name here."""

import pytest

import autodiff
import nn
from nn.elsewhere import HERE


@pytest.mark.parametrize("name", HERE)
def test_a_name_of_pytorchs_is_answered_with_the_name_here(name):
    with pytest.raises(AttributeError, match=f"module 'nn' has no attribute '{name}': use {HERE[name]}"):
        getattr(nn, name)


@pytest.mark.parametrize("name", HERE)
def test_the_answer_names_something_that_is_there(name):
    assert eval(HERE[name].partition(",")[0], {"nn": nn, "autodiff": autodiff})


def test_other_names_are_not_there():
    assert not hasattr(nn, "relv")
    with pytest.raises(AttributeError, match=r"module 'nn' has no attribute 'relv'$"):
        nn.relv  # noqa: B018


def test_the_names_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    assert all(hasattr(torch.nn, name) for name in HERE)


def test_what_the_module_imports_for_itself_is_hidden():
    assert not hasattr(nn, "TYPE_CHECKING")
