"""Numbers that somebody printed, on slides say, against what computes them; and why one is wrong."""

from .judging import Claim, ClaimReport, JudgedClaim, Verdict, check_claims

__all__ = ["Claim", "ClaimReport", "JudgedClaim", "Verdict", "check_claims"]
