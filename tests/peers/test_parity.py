"""The table of NumPy's functions: samples, reasons for what is refused, a page that is current."""

import warnings
from copy import deepcopy

import numpy as np
import pytest

from .parity import PAGE, REFUSED, WORKS, here, reason, recorded_rows
from .samples import NOT_ASKED, SAMPLES, functions, sample, variable

FUNCTIONS = dict(functions())
RECORDED = recorded_rows()

every = pytest.mark.parametrize("name", FUNCTIONS)


@every
def test_numpy_answers_the_sample_and_there_is_a_variable_in_it(name):
    args = deepcopy(sample(name, FUNCTIONS[name]))
    assert variable(args) is not None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        FUNCTIONS[name](*args)


def test_samples_are_of_functions_that_are_asked():
    asked = {*FUNCTIONS, *NOT_ASKED}
    assert {name for name in SAMPLES if name not in asked and hasattr(np, name)} == set()


@every
def test_the_page_says_what_becomes_of_it_here_and_why(name):
    ours = here(FUNCTIONS[name], deepcopy(sample(name, FUNCTIONS[name])))
    assert name in RECORDED, "write the page anew: python -m tests.peers --write"
    assert RECORDED[name].ours == ours
    assert RECORDED[name].reason.replace("\\|", "|") == (reason(name) if ours == REFUSED else "")


def test_what_is_refused_has_a_reason_and_is_little():
    refused = [row for row in RECORDED.values() if row.ours == REFUSED]
    assert [row.name for row in refused if not row.reason] == []
    assert sum(row.jax == WORKS for row in refused) <= 64


def test_what_all_refuse_is_refused_for_a_reason_and_not_for_its_sample():
    answers = [{row.ours, row.jax, row.hips} for row in RECORDED.values()]
    assert not [row.name for row, found in zip(RECORDED.values(), answers, strict=True)
                if found <= {REFUSED, "–"} and not reason(row.name)]  # fmt: skip


@pytest.mark.parametrize("name", [row.name for row in RECORDED.values() if row.ours == REFUSED])
def test_an_error_gives_the_reason_that_the_page_gives(name):
    from autodiff import Value

    from .samples import with_variable

    if name not in FUNCTIONS:
        pytest.skip("not of this NumPy")
    args = deepcopy(sample(name, FUNCTIONS[name]))
    with pytest.raises(TypeError) as caught:
        FUNCTIONS[name](*with_variable(args, Value(variable(args))))
    assert reason(name) in str(caught.value)


def test_the_counts_are_those_of_the_table():
    text = PAGE.read_text("utf-8")
    refused = sum(row.ours == REFUSED for row in RECORDED.values())
    both = sum(row.ours == REFUSED and row.jax == WORKS for row in RECORDED.values())
    assert f"Of the {len(RECORDED)} functions" in text
    assert f"and {refused} are refused" in text
    assert f"{both} are refused here" in text
