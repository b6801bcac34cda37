"""The lecture's errata: every number that it computes, checked with the digits that it prints.

Run `python -m examples.check_the_lecture`. The claims stand in `nn/lecture_claims.py`. Your own slides are
checked the same way: a claim is a name, the digits as printed, and what computes the number.
"""

from autodiff import check_claims
from autodiff.checking.claims import ClaimReport
from examples import run
from nn.lecture_claims import claims


def main() -> ClaimReport:
    """Print the numbers of the lecture that are not right."""
    report = check_claims(claims())
    print(report.errata)
    return report


if __name__ == "__main__":
    run(main)
