"""python -m tests.faults: files cut, damaged or left behind by a process that was killed, with counts.

A fault that leaves something silently wrong or half-written is printed with its seed, and the command
fails.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from .campaign import HEAD, Campaign, Fault, faults
from .interruption import write_for_ever


def main() -> int:
    """Run them, print the table as it grows."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--tries", type=int, default=200, help="damages of each kind for each format")
    parser.add_argument("--kills", type=int, default=5, help="processes killed, disks full, for each format")
    parser.add_argument("--seed", type=int, default=0, help="of the first; the next ones count on")
    parser.add_argument("--only", default="", help="formats and kinds with this text: 'model .npz: cut'")
    parser.add_argument("--write-for-ever", nargs=2, metavar=("PATH", "FORMAT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write_for_ever:
        write_for_ever(Path(options.write_for_ever[0]), options.write_for_ever[1])
    campaign = Campaign()
    try:
        _run(campaign, faults(options.tries, options.kills, options.seed, options.only))
    except KeyboardInterrupt:
        print("interrupted")
    print(campaign.total())
    for fault, outcome in campaign.bad:
        print(f"{outcome.value}: --only '{fault.form.name}: {fault.kind}' --tries 1 --seed {fault.seed}")
    return bool(campaign.bad)


def _run(campaign: Campaign, faults: Iterable[Fault]) -> None:
    print(HEAD, flush=True)
    for names, group in groupby(faults, lambda fault: (fault.form.name, fault.kind)):
        try:
            for fault in group:
                campaign.run(fault)
        finally:
            print(campaign.line(*names), flush=True)


if __name__ == "__main__":
    sys.exit(main())
