"""The table of conventions: each row differs, the rest agrees, and the page says what is computed."""

import itertools

import numpy as np
import pytest

from tests.cases import ELEMENTWISE, OF_SCIPY

from .comparison import here, there, through
from .conventions import AGREEMENTS, CONVENTIONS, NUMBERS
from .page import PAGE, text
from .peers import installed, peers

SPECIAL = [
    0.0,
    -0.0,
    0.5,
    1.0,
    -1.0,
    2.0,
    -3.0,
    30.0,
    1000.0,
    -1000.0,
    1e-300,
    1e300,
    np.inf,
    -np.inf,
    np.nan,
]
PAIRED = [0.0, 1.0, -1.0, 2.0, -2.5, np.inf, -np.inf, np.nan]


def same(found, wanted, rtol=1e-10):
    pairs = zip(found, wanted, strict=True)
    return all(
        np.allclose(x, y, rtol=rtol, atol=1e-15 * (np.abs(y) > 1e-200).any(), equal_nan=True)
        for x, y in pairs
    )


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: f"{row.expression}-{row.order}")
def test_a_convention_is_a_difference(row):
    ours = row.here()
    theirs = [found for peer in installed() if (found := row.there(peer)) is not None]
    assert theirs
    assert not all(same(found, ours, rtol=1e-5) for found in theirs)


@peers
@pytest.mark.parametrize("row", AGREEMENTS, ids=lambda row: f"{row.expression}-{row.order}")
def test_where_no_difference_is_stated_all_agree(peer, row):
    if (found := row.there(peer())) is None:
        pytest.skip(f"it has no {row.operation}")
    assert same(found, row.here())


def covered(name, point):
    with np.errstate(all="ignore"):
        return any(row.operation == name and row.like(*point) for row in NUMBERS)


@peers
@pytest.mark.parametrize(
    "case", [case for case in ELEMENTWISE if len(case.domains) < 3 and case not in OF_SCIPY], ids=str
)
def test_every_difference_at_special_numbers_is_a_convention(peer, case):
    peer = peer()
    if case.name in peer.absent:
        pytest.skip(f"{peer.name} has no {case.name}")
    points = list(itertools.product(*([SPECIAL] if len(case.domains) == 1 else [PAIRED] * 2)))
    xs, ones = [np.array(x) for x in zip(*points, strict=True)], [np.ones(len(points))] * len(case.domains)
    ours, theirs = (f(case.name, through(case), xs, 1.0, ones) for f in (here, lambda *a: there(peer, *a)))
    missing = []
    for u, v in zip([ours.value, *ours.gradient], [theirs.value, *theirs.gradient], strict=True):
        alike = np.isclose(u, v, rtol=1e-10, atol=1e-16, equal_nan=True)
        missing += [
            (point, x, y)
            for point, x, y, ok in zip(points, u, v, alike, strict=True)
            if not ok and not covered(case.name, point)
        ]
    assert missing == []


def test_the_page_says_what_is_computed():
    installed()
    assert PAGE.read_text(encoding="utf-8") == text(), "write it anew: python -m tests.peers --write"
