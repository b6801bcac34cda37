"""What hypothesis knows of autodiff: types, profiles, and when it learns them."""

import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import _autodiff_hypothesis
from autodiff import Value

_autodiff_hypothesis.register()

pytestmark = pytest.mark.filterwarnings(
    "ignore:invalid value:RuntimeWarning", "ignore:overflow:RuntimeWarning"
)
"""Infinities are drawn, too, and multiplied by 0."""


def scaled(x: Value, factor: float) -> Value:
    """A function that the ghostwriter finds."""
    return x * factor


@dataclass
class Observation:
    x: Value
    y: Value | None = None


@given(st.from_type(Value), st.builds(scaled), st.builds(Observation), st.from_type(list[Value]))
def test_values_are_drawn_by_their_type(value, result, observation, several):
    assert type(value) is type(result) is type(observation.x) is Value
    assert all(type(one) is Value for one in several)


@given(...)
def test_annotations_are_enough(x: Value):
    assert type(x) is Value


def test_the_ghostwriter_writes_a_test_that_runs():
    ghostwriter = pytest.importorskip("hypothesis.extra.ghostwriter")
    pytest.importorskip("black")
    source = ghostwriter.fuzz(scaled)
    assert "nothing()" not in source
    made = {}
    exec(source, made)
    settings(max_examples=5)(made["test_fuzz_scaled"])()


@pytest.mark.parametrize("name", ["autodiff-quick", "autodiff-thorough"])
def test_profiles_are_registered(name):
    assert settings.get_profile(name).max_examples == _autodiff_hypothesis.PROFILES[name]
    assert settings.get_profile(name).deadline is None


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_the_hook_imports_neither_autodiff_nor_numpy():
    loaded = "import hypothesis, sys, _autodiff_hypothesis as hook; hook.register()\n"
    assert run(f"{loaded}print({{'autodiff', 'numpy'}} & {{*sys.modules}})") == "set()\n"


@pytest.mark.parametrize("first", ["import hypothesis", "import autodiff"])
def test_either_may_be_imported_first(first):
    program = f"""
{first}
import hypothesis, _autodiff_hypothesis as hook
hook.register()
import autodiff
print(hypothesis.strategies.from_type(autodiff.Value))
"""
    assert run(program) == "just(values).flatmap(call)\n"


def test_autodiff_alone_imports_no_hypothesis():
    assert run("import autodiff, sys; print('hypothesis' in sys.modules)") == "False\n"


def test_what_is_installed_offers_the_hook():
    try:
        installed = distribution("autodiff-lecture")
    except PackageNotFoundError:
        pytest.skip("autodiff is on the path, but not installed")
    points = installed.entry_points.select(group="hypothesis")
    if not points:
        pytest.skip("what is installed is older than the entry point")
    assert [point.load() for point in points] == [_autodiff_hypothesis.register]
