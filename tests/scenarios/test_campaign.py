"""What the scenarios say of a failure, what they leave out, and how they go on."""

from __future__ import annotations

import dataclasses
import os
import re
import time

import numpy as np
import pytest

import autodiff as ad
from nn.activations import elu

from . import campaign, faults, programs, shrinking
from .block import Block
from .case import Case
from .conditioning import infinities_cancel
from .conftest import SEED, found
from .modes import MODES, LeftOut
from .searching import run

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("few")]

# -- what is said of it ------------------------------------------------------------------------


def test_a_failure_is_shrunk_to_the_wrong_operation_and_found_again(monkeypatch):
    faults.wrong_slope(monkeypatch)
    (one,) = found("finite_differences")
    assert one.operations[:1] == ("tanh",)
    assert len(one.operations) <= 2
    assert re.search(r"got -?[\d.e-]+, finite differences -?[\d.e-]+", str(one))
    assert str(one) == str(found("finite_differences")[0])
    exec(compile(one.code, "<code>", "exec"), {})


def test_a_failure_hides_no_other(monkeypatch):
    faults.wrong_slope(monkeypatch)
    faults.ruled(monkeypatch, ad.sin, lambda y, x: -ad.cos(x))
    shrunk = found("finite_differences", size=40)
    assert {failure.operations[0] for failure in shrunk} == {"tanh", "sin"}


def test_modes_that_fail_alike_are_named_together(monkeypatch):
    faults.wrong_slope(monkeypatch)
    (one,) = found("finite_differences", "second_order", "checker")
    assert {"finite_differences", "checker"} <= set(one.modes)


def test_what_is_left_out_is_counted_with_the_reason(monkeypatch):
    def never(case):
        raise LeftOut("by this test")

    monkeypatch.setitem(MODES, "replay", dataclasses.replace(MODES["replay"], check=never))
    result = run(Block(SEED, 0, 10, ("replay",), "few"))
    assert result.ran["replay"] == 0
    assert result.left_out["replay"] == result.distinct == result.reasons["replay: by this test"]


@pytest.mark.parametrize(
    ("text", "f", "x"),
    [
        ("cancels", lambda x: (x * 1e9 + 1.0) - x * 1e9, 3.0),
        ("steep", lambda x: ad.sin(x * 1e9), 3.0),
        ("overflows", lambda x: ad.exp(x * 1000.0), 3.0),
    ],
)
def test_an_ill_conditioned_point_is_left_out(text, f, x):
    with np.errstate(all="ignore"), pytest.raises(LeftOut, match="ill-conditioned"):
        Case(f, (x,), ("x",), (), text, "").must_be_conditioned(1)


def test_an_ordinary_point_is_not():
    Case(lambda x: ad.sin(x) * x, (3.0,), ("x",), (), "", "").must_be_conditioned(3)


@pytest.mark.parametrize(("size", "cancel"), [(1e300, True), (np.inf, True), (1.0, False), (np.nan, False)])
def test_a_sum_of_infinities_is_told_from_nan_that_is_given(size, cancel):
    case = Case(lambda x, y: x * y - y * x, (1.0, 1.0), ("x", "y"), (), "", "")
    assert infinities_cancel(case.recorded((size, size))[0]) == cancel


@pytest.mark.parametrize(
    ("x", "expected"),
    [(1e300, pytest.raises(LeftOut, match="∞ − ∞")), (np.nan, pytest.raises(AssertionError))],
)
def test_a_number_in_place_of_infinities_that_cancel_is_left_out_and_no_other(x, expected, monkeypatch):
    """As of a program whose BLAS keeps ∞ in a sum of products that overflow: elu(−∞) is a number."""
    case = Case(lambda x: elu(x * x - x * x), (1.0,), ("x",), (), "elu(x*x - x*x)", "")
    monkeypatch.setattr(programs, "at_the_edges", lambda *given: x if given[-1] is programs.HUGE else 1.0)
    right = programs.computed
    monkeypatch.setattr(
        programs, "computed", lambda case, inputs: right(case, inputs) if inputs == [1.0] else [-1.0, 0.0]
    )
    with expected:
        MODES["edge_data"].check(case)


def test_one_that_takes_too_long_is_a_failure(monkeypatch):
    monkeypatch.setattr(shrinking, "PATIENCE", 0.05)
    monkeypatch.setitem(
        MODES, "replay", dataclasses.replace(MODES["replay"], check=lambda case: time.sleep(1.0))
    )
    monkeypatch.setattr(Block, "run", once)
    (failure,) = run(Block(SEED, 0, 1, ("replay",), "few")).failures
    assert "TimeoutError: took more than 0.05 s" in failure.message


def once(self, phases, each):
    """One case in place of those of hypothesis."""
    each(Case(ad.tanh, (0.5,), ("x",), ("tanh",), "tanh(x)", "tanh(x)"))


# -- processes ---------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Ending(Block):
    """A block that ends its process while there is a mode that does."""

    def run(self, phases, each):
        case = Case(ad.tanh, (0.5,), ("x",), ("tanh",), "tanh(x)", "tanh(x)")
        if "subgraphs" in self.modes:
            case.must_be_conditioned = lambda order: os._exit(3)
        each(case)


def test_a_process_that_ends_is_a_failure_and_the_rest_of_the_block_runs():
    (result,) = campaign.Crew(1, [Ending(SEED, 7, 5, ("subgraphs", "backward"))]).results()
    (failure,) = result.failures
    assert (failure.block, failure.modes, failure.text) == (7, ["subgraphs"], "tanh(x)")
    assert result.ran == {"backward": 1}
    assert failure.message == "the process ended with 3"


def test_a_campaign_goes_on_where_it_was_stopped(tmp_path, capsys):
    state = str(tmp_path / "s")
    words = ["--expressions", "20", "--size", "10", "--seed", "5", "--workers", "1"]
    words += ["--modes", "create_graph", "--state", state]
    assert campaign.main(words) == 0
    first = capsys.readouterr().out
    assert "0 blocks of 10 done before, 2 to do" in first
    lines = (tmp_path / "s").read_text().splitlines()
    (tmp_path / "s").write_text("\n".join([*lines[:2], lines[2][:40]]) + "\n")  # killed while it wrote
    assert campaign.main(words) == 0
    again = capsys.readouterr().out
    assert "1 blocks of 10 done before, 1 to do" in again
    assert counts(first) == counts(again)
    with pytest.raises(SystemExit, match="name another by --state"):
        campaign.main([*words[:5], "6", *words[6:]])


def counts(text):
    """The counts of the table, without the times."""
    return re.findall(r"derivatives\.create_graph +(\d+) +(\d+) +(\d+)", text)
