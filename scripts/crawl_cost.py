"""What one full crawl costs on so many machines, from measured seconds of a core.

    crawl_cost.py --read SECONDS_A_GB --judge SECONDS_A_MILLION_PAIRS [--write S] [--gather S] [options]

All but --read are of a million candidate pairs. Prints a table for 1 to 64 machines, beside what cc2dataset's own figure makes
of the same files: 50 seconds of a core for each WAT.
"""

import argparse

arguments = argparse.ArgumentParser()
arguments.add_argument("--read", type=float, required=True, help="seconds of a core for a GB of WAT, as it is compressed")
arguments.add_argument("--gather", type=float, default=0.0, help="seconds of a core to merge the runs of a million pairs")
arguments.add_argument("--judge", type=float, required=True, help="seconds of a core to merge and judge a million pairs")
arguments.add_argument("--write", type=float, default=0.0, help="seconds of a core to write and index a million pairs")
arguments.add_argument("--alone", type=float, default=0.0, help="seconds of the one that drives for a million pairs, while others wait")
arguments.add_argument("--files", type=int, default=90_000, help="files of the crawl")
arguments.add_argument("--megabytes", type=float, default=200, help="of a file")
arguments.add_argument("--pairs", type=float, default=1000, help="candidate pairs of a megabyte of WAT")
arguments.add_argument("--cores", type=int, default=16, help="of a machine")
arguments.add_argument("--gigabits", type=float, default=10, help="of a machine's network, a second")
arguments.add_argument("--dollars", type=float, default=0.04, help="of an hour of a core")
arguments.add_argument("--peer", type=float, default=50, help="seconds of a core that a peer takes for a file")
given = arguments.parse_args()

gigabytes = given.files * given.megabytes / 1000
millions = gigabytes * 1000 * given.pairs / 1e6
reading = gigabytes * given.read
rest = millions * (given.gather + given.judge + given.write)
alone = millions * given.alone
peer = given.files * given.peer


def hours(seconds):
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 72 * 3600 else f"{seconds / 86400:.1f} days"


print(f"{given.files:,} files, {gigabytes / 1000:.1f} TB, {millions:,.0f} million candidate pairs")
total = reading + rest + alone
print(f"core hours: {reading / 3600:,.0f} to read, {rest / 3600:,.0f} to judge, write and index, {alone / 3600:,.1f} of the one that drives;"
      f" {total / 3600:,.0f} in all, {total / 3600 * given.dollars:,.0f} dollars")
print(f"cc2dataset's figure for reading: {peer / 3600:,.0f} core hours, {peer / 3600 * given.dollars:,.0f} dollars")
print()
print(f"| machines of {given.cores} cores and {given.gigabits:g} Gbit/s | reading | the network's share of it | judging, writing, indexing | the driver alone | all | cc2dataset, reading |")
print("|---|---|---|---|---|---|---|")
for machines in (1, 2, 4, 8, 16, 64):
    cores = machines * given.cores
    wire = gigabytes * 8 / (given.gigabits * machines)
    read = max(reading / cores, wire)
    print(f"| {machines} | {hours(read)} | {wire / read:.0%} | {hours(rest / cores)} | {hours(alone)} | {hours(read + rest / cores + alone)} | {hours(max(peer / cores, wire))} |")
