#!/usr/bin/env python3
"""Builds a dataset of a crawl with two commands in turns, and prints how much more the first takes.

    bench_consent_share.py SAYSO_WITH SAYSO_WITHOUT CRAWL_FILE FOLDER ROUNDS

Processor time is compared, of one thread, so that what else the machine does matters little.
"""
import os
import resource
import shutil
import statistics
import subprocess
import sys


def seconds(binary, crawl, folder):
    shutil.rmtree(folder, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [binary, "build", crawl, "-o", folder, "--policy", "opt-out", "--threads", "1"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"error: {' '.join(command)} ended with status {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    with_consent, without, crawl, folder, rounds = sys.argv[1:6]
    times = []
    for number in range(int(rounds)):
        # Whoever goes first finds the caches cold.
        order = [with_consent, without] if number % 2 else [without, with_consent]
        took = {binary: seconds(binary, crawl, folder) for binary in order}
        times.append((took[with_consent], took[without]))
    shutil.rmtree(folder, ignore_errors=True)
    ratio = statistics.median(a / b for a, b in times)
    fastest = min(a for a, _ in times) / min(b for _, b in times)
    print(f"a whole build to one without consent, {os.path.basename(crawl)}: {ratio:.3f} in medians of {rounds}, "
          f"{fastest:.3f} between the fastest")


main()
