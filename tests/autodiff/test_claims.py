"""Printed numbers: their rounding intervals, and causes that give the digits printed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff
from autodiff import Value
from autodiff.checking.claims import Claim, check_claims
from autodiff.checking.claims.printed import Printed


def judged(*claims):
    return check_claims(claims).rows


def verdict(printed, computed):
    return judged(("x", printed, computed))[0].verdict


def cause(printed, computed, *others):
    """The cause of the last claim."""
    return judged(*others, ("x", printed, computed))[-1].cause


# -- verdicts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "computed", "expected"),
    [
        ("0.809", 0.8086, "right"),
        ("0.809", 0.8085, "right"),  # halfway: up …
        ("0.808", 0.8085, "right"),  # … or down
        ("0.809", 0.8094999, "right"),
        ("0.809", 0.80950001, "truncated"),
        ("0.809", 0.8099999, "truncated"),
        ("0.809", 0.81, "wrong"),
        ("0.809", 0.8084, "wrong"),
        ("−0.299", -0.29925, "right"),
        ("-0.299", -0.2996, "truncated"),
        ("-0.299", -0.2984, "wrong"),
        ("0.299", -0.299, "wrong"),
        ("0.150", 0.1496, "right"),
        ("0.150", 0.1494, "wrong"),
        ("0.15", 0.1494, "right"),
        ("3", 3.0, "right"),
        ("3", 3.6, "truncated"),
        ("0.0", -0.04, "right"),
        ("-0.0", 0.04, "right"),
        ("0.0", -0.09, "truncated"),
        ("1.5e-3", 0.00154, "right"),
        ("1.5e3", 1549.0, "right"),
        ("+.5", 0.5, "right"),
        ("0.5", math.nan, "wrong"),
        ("0.5", math.inf, "wrong"),
    ],
)
def test_a_verdict_follows_from_the_rounding_interval(printed, computed, expected):
    assert verdict(printed, computed) == expected


@given(st.floats(-1e6, 1e6), st.integers(0, 8))
def test_what_python_rounds_is_right(x, decimals):
    assert verdict(f"{x:.{decimals}f}", x) == "right"


@given(st.floats(-1e3, 1e3), st.integers(0, 6))
def test_digits_cut_off_are_right_or_truncated_and_never_wrong(x, decimals):
    printed = Printed(f"{0:.{decimals}f}").cut(x)
    assert verdict(printed, x) in ("right", "truncated")
    assert abs(float(printed)) <= abs(x)


@given(st.floats(-1e3, 1e3), st.integers(0, 6), st.integers(-30, 30))
def test_the_three_verdicts_are_the_three_distances(x, decimals, steps):
    printed = f"{round(x, decimals) + steps * 10.0**-decimals:.{decimals}f}"
    distance = abs(float(printed) - x) * 10.0**decimals
    if distance < 0.499:
        assert verdict(printed, x) == "right"
    elif distance > 1.001:
        assert verdict(printed, x) == "wrong"


# -- causes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "computed", "expected"),
    [
        ("0.299", -0.29925, "the minus sign is missing"),
        ("-0.299", 0.29925, "a minus sign too many"),
        ("0.244", 0.48812, "the factor 2 is missing"),
        ("0.976", 0.48812, "a factor 2 too many"),
        ("-0.244", 0.48812, "the factor −2 is missing"),
        ("4.881", 0.48812, "the decimal point is 1 too far to the right"),
        ("0.005", 0.48812, "the decimal point is 2 too far to the left"),
        ("0.547", 0.47502, None),
        ("0.457", 0.47502, "two digits swapped, from 0.475"),
        ("4.75", 7.45, "two digits swapped, from 7.45"),
        ("0.455", 0.47502, "one digit changed, from 0.475"),
        ("0.045", 0.04700, "one digit changed, from 0.047"),
        ("-0.455", -0.47502, "one digit changed, from −0.475"),
        ("5", 7.0, None),  # any digit is one digit changed
        ("0.5", 0.7, None),
        ("0.123", 0.987, None),
        ("0.5", math.nan, None),
    ],
)
def test_a_cause_is_the_mistake_that_gives_the_digits(printed, computed, expected):
    assert cause(printed, computed) == expected


def test_a_copied_number_is_told_with_its_source():
    assert cause("0.622", 0.68997, ("w", "0.622", 0.62246, "slide 1")) == "copied from w (slide 1)"


def test_a_wrong_number_is_copied_forwards_only():
    first, second = judged(("p", "0.455", 0.47502), ("q", "0.455", 0.57444))
    assert first.cause == "one digit changed, from 0.475"
    assert second.cause == "copied from p"


def test_a_right_number_is_copied_backwards_too():
    first, second = judged(("p", "0.622", 0.68997), ("q", "0.622", 0.62246))
    assert first.cause == "copied from q"
    assert second.verdict == "right"


def test_the_same_misprint_twice_is_not_copied_from_itself():
    first, second = judged(("e", "0.455", 0.47502), ("e", "0.455", 0.47502))
    assert first.cause == second.cause == "one digit changed, from 0.475"


def test_one_digit_alone_is_not_told_as_copied():
    assert cause("5", 8.0, ("w", "5", 5.0)) is None


def test_rounding_on_the_way_is_found_in_the_graph():
    y, x = Value(1.2, "y", constant=True), Value(0.8095044, "x")
    a = x * 1.0
    assert cause("0.391", y - a, ("a", "0.809", a)) == "computed with a = 0.809 as printed"
    found = cause("0.311", y - a, ("a", "0.809", a))
    assert found == "one digit changed, from 0.391, computed with a = 0.809 as printed"


def test_a_missing_input_is_told_by_name():
    w, x = Value(0.14963, "w"), Value(3.0, "x")
    assert cause("0.150", w * x) == "the factor x = 3 is missing"


def test_a_misread_input_is_told():
    w, x, b = Value(0.317, "w"), Value(3.1, "x"), Value(1.77, "b")
    assert cause(f"{0.317 * 1.77 + 1.77:.3f}", w * x + b) == "x = 3.1 read as 1.77"
    assert cause(f"{0.317 * 3.1 - 1.77:.3f}", w * x + b) == "b = 1.77 read as −1.77"
    assert cause("9.876", w * x + b) is None


def test_interchanged_inputs_are_told():
    a, b, c = Value(1.7, "a"), Value(3.19, "b"), Value(0.83, "c")
    printed = f"{3.19 / 1.7 + 0.83:.3f}"
    assert cause(printed, a / b + c) == "b = 3.19 and a = 1.7 interchanged"


def test_two_readings_that_differ_in_what_they_give_are_not_told():
    a, b = Value(0.12341, "a"), Value(0.12342, "b")
    c = Value(3.7, "c")
    assert cause("3.453", c + a + b) is None  # −a − b; and one sign alone gives 3.700
    assert cause("3.700", c + a + b) is None  # a read as −a, or b as −b


def test_large_graphs_are_not_searched():
    x = Value(1.0, "x")
    y = x
    for _ in range(3000):
        y = y + x
    assert cause("12.34", y) is None


SHIFTS = st.sampled_from(["sign", "double", "half"])


@given(st.floats(0.1001, 0.9999), SHIFTS)
def test_a_planted_mistake_is_never_left_without_a_cause(x, mistake):
    planted = {"sign": -x, "double": 2.0 * x, "half": x / 2.0}[mistake]
    row = judged(("x", f"{planted:.3f}", x))[0]
    assert row.verdict == "right" or row.cause is not None or row.verdict == "truncated"


MISTAKES = {
    "the minus sign is missing": lambda x: -x,
    "a minus sign too many": lambda x: -x,
    "the factor 2 is missing": lambda x: x / 2.0,
    "a factor 2 too many": lambda x: x * 2.0,
    "the factor −2 is missing": lambda x: -x / 2.0,
    "a factor −2 too many": lambda x: -x * 2.0,
}


@given(st.floats(-9.999, 9.999), st.floats(-9.999, 9.999))
def test_a_cause_always_gives_the_printed_digits(x, y):
    printed = Printed(f"{y:.3f}")
    row = judged(("x", printed.text, x))[0]
    if row.cause is None:
        return
    assert row.verdict == "wrong"
    if row.cause in MISTAKES:
        assert printed.fits(MISTAKES[row.cause](x))
    elif row.cause.startswith("the decimal point"):
        assert any(printed.fits(x * 10.0**k) for k in range(-3, 4))
    else:
        kind, _, digits = row.cause.partition(", from ")
        digits = digits.replace("−", "-")
        assert digits in (printed.rounded(x), printed.cut(x))
        differ = [k for k, (a, b) in enumerate(zip(digits, printed.digits, strict=True)) if a != b]
        assert len(differ) == {"one digit changed": 1, "two digits swapped": 2}[kind]
        if kind == "two digits swapped":
            assert sorted(digits) == sorted(printed.digits)


# -- forms -----------------------------------------------------------------------------------------


def test_claims_are_importable_from_the_package_without_being_listed():
    assert (autodiff.Claim, autodiff.check_claims) == (Claim, check_claims)
    assert not {"Claim", "check_claims"} & {*dir(autodiff), *autodiff.__all__}


def test_sources_are_values_numbers_or_functions():
    rows = judged(
        ("a", "2", Value(2.0)), ("b", "2", 2.0), ("c", "2", lambda: 2), Claim("d", "2", lambda: Value([2.0]))
    )
    assert [row.computed for row in rows] == [2.0] * 4


def test_sources_are_left_as_they_were():
    x = Value(3.0, "x")
    y = x * x
    births = x._birth, y._birth
    judged(("y", "123", y))
    assert (x.data, x.grad, y.grad, x._birth, y._birth) == (3.0, None, None, *births)


def test_the_report_counts_and_keeps_the_errata():
    report = check_claims([("a", "1.0", 1.0), ("b", "1.2", 1.29), ("c", "-0.250", 0.25, "slide | 3")])
    assert report.title == "3 printed numbers: 1 right, 1 truncated, 1 wrong"
    assert [row.claim.name for row in report.errata.rows] == ["b", "c"]
    assert str(report.errata).splitlines()[0] == report.title
    assert "| **slide \\| 3** | **c** | **−0.250** | **0.25000** | **wrong** |" in report.markdown
    assert "<table" in report._repr_html_()
    assert repr(report) == str(report)


def test_one_claim_without_a_list_is_refused():
    with pytest.raises(TypeError, match="expected a list of claims, got one"):
        check_claims(Claim("a", "1.0", 1.0))


def test_columns_without_entries_are_left_out():
    assert check_claims([("a", "1.0", 1.0)]).table.header == ("number", "printed", "computed", "verdict")
    assert str(check_claims([])).startswith("0 printed numbers: 0 right")


def test_digits_must_be_printed_digits():
    with pytest.raises(TypeError, match=r"0\.15 and '0\.150' differ") as error:
        judged(("a", 0.15, 0.15))
    assert error.value.__notes__ == ["in the claim 'a'"]
    for text in ("3/4", "", "0,5", "nan", "1.2.3", "٣"):
        with pytest.raises(ValueError, match="printed digits must be a number"):
            judged(("a", text, 0.75))


def test_a_claim_is_about_one_number():
    with pytest.raises(TypeError, match=r"one number, got 'v' of shape \(2,\)"):
        judged(("a", "1", Value([1.0, 2.0], "v")))


@pytest.mark.parametrize("source", ["1", None, 1j, lambda: "1"])
def test_what_is_no_number_is_refused(source):
    with pytest.raises(TypeError, match="a claim is about a number, got"):
        judged(("a", "1", source))


def test_an_array_of_one_number_is_one():
    assert judged(("a", "1", np.array([[1.0]])))[0].verdict == "right"


def test_what_was_printed_with_an_exponent_is_computed_with_one():
    report = check_claims([("a", "1.5e-30", 1.54e-30), ("b", "1.0e50", 1e50)])
    assert [row[2] for row in report.table.rows] == ["1.540e−30", "1.000e+50"]


def test_what_a_source_raises_passes_through_with_a_note():
    with pytest.raises(ZeroDivisionError) as error:
        judged(("a", "1", lambda: 1 / 0, "slide 7"))
    assert error.value.__notes__ == ["in the claim 'a' (slide 7)"]
