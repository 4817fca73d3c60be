"""Measures builds on a cluster of this machine, in ratios of one run: two workers to one, a cluster to a build without,
many tiny inputs, and what the driver holds in memory.

    bench_cluster.py SAYSO CRAWL.wat.gz FOLDER [FILES [TINY]]

A worker has one slot, and a core of its own: where it writes a shard it indexes it beside, and would else use another's. What
two cores are to one on this machine is measured, too: two builds on a thread each, of halves of the inputs, to one after the other.

FILES inputs (64) are made of the crawl, each of two copies of it under host names of their own (a quarter to a third of a file of
a real crawl), and TINY (90,000) of single pages. They lie in FOLDER and are kept for the next run; FILES take as
much room as twice as many crawls.
"""

import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import zlib
from concurrent.futures import ProcessPoolExecutor

sayso, crawl, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
files = int(sys.argv[4]) if len(sys.argv) > 4 else 64
tiny = int(sys.argv[5]) if len(sys.argv) > 5 else 90_000
ROUNDS = 3
COPIES = 2


def renamed(record, number):
    """The same length, so that no header has to be told."""
    return record.replace(b".example", b".ex%05d" % number)


def write_input(place, number, whole):
    partial = place.with_suffix(".partial")
    with open(partial, "wb") as out:
        for copy in range(COPIES):
            for record in whole:
                out.write(gzip.compress(renamed(record, number * COPIES + copy), 6, mtime=0))
    partial.rename(place)


def make_large(numbers):
    whole = list(records_of_crawl())
    for number in numbers:
        place = work / "large" / f"{number:05}.wat.gz"
        if not place.exists():
            write_input(place, number, whole)


def records_of_crawl():
    # Members are cut out of one stretch at a time: whole files of some hundred megabytes would be copied for each.
    with open(crawl, "rb") as file:
        inflate, rest, record = zlib.decompressobj(31), b"", []
        while True:
            rest = rest or file.read(1 << 16)
            if not rest:
                return
            record.append(inflate.decompress(rest))
            rest = inflate.unused_data
            if inflate.eof:
                yield b"".join(record)
                inflate, record = zlib.decompressobj(31), []


def make_inputs():
    (work / "large").mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(make_large, [range(half, files, 2) for half in range(2)]))
    folder = work / "tiny"
    if not (folder / f"complete-{tiny}").exists():
        folder.mkdir(exist_ok=True)
        pages = [record for record in records_of_crawl() if len(record) < 20_000][1:257]
        for number in range(tiny):
            # A thousand files in a folder, as people would lay them.
            place = folder / f"{number // 1000:03}" / f"{number:06}.wat.gz"
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(gzip.compress(renamed(pages[number % len(pages)], number), 1, mtime=0))
        (folder / f"complete-{tiny}").touch()


class Memory:
    """What processes hold at most, in MiB, without what is mapped of files: that is the system's to take back."""

    def __init__(self, pids):
        self.peaks = dict.fromkeys(pids, 0)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        while not self.ended.wait(0.05):
            for pid in self.peaks:
                try:
                    status = pathlib.Path(f"/proc/{pid}/status").read_text()
                    held = int(next(line for line in status.splitlines() if line.startswith("RssAnon")).split()[1]) / 1024
                except (OSError, StopIteration):
                    continue
                self.peaks[pid] = max(self.peaks[pid], held)

    def end(self):
        self.ended.set()
        self.thread.join()
        return list(self.peaks.values())


class Measured:
    def __init__(self, command, others):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        memory = Memory([process.pid, *others])
        said = process.stderr.read()
        status = process.wait()
        self.seconds = time.perf_counter() - started
        self.peak, *self.others = memory.end()
        # Exit status 3 says that something in the inputs was damaged, which some inputs are meant to be.
        if status not in (0, 3):
            sys.exit(f"{' '.join(map(str, command))} failed:\n{said.decode(errors='replace')}")


def on_core(core):
    """Lets a process run on one core alone, of those that this one may use."""
    cores = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cores[core]})


class Cluster:
    def __init__(self, workers):
        self.processes = []
        self.address = self.start(["cluster", "scheduler", "--listen", "127.0.0.1:0"], None)
        for core in range(workers):
            self.start(["worker", "--scheduler", self.address, "--slots", "1"], on_core(core))

    def start(self, role, place):
        process = subprocess.Popen([sayso, *role], stdout=subprocess.PIPE, text=True, preexec_fn=place)
        self.processes.append(process)
        return process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()


def build(inputs, out, cluster=None, *more):
    shutil.rmtree(out, ignore_errors=True)
    command = [sayso, "build", *map(str, inputs), "-o", str(out), *more]
    if cluster:
        command += ["--cluster", cluster.address]
    measured = Measured(command, [process.pid for process in cluster.processes] if cluster else [])
    measured.report = json.loads((out / "report.json").read_text())
    return measured


def same(one, other):
    for folder in ("samples", "exclusions"):
        names = sorted(path.name for path in (one / folder).iterdir())
        if names != sorted(path.name for path in (other / folder).iterdir()):
            sys.exit(f"{other} has other files than {one}")
        for name in names:
            if (one / folder / name).read_bytes() != (other / folder / name).read_bytes():
                sys.exit(f"{folder}/{name} differs")


def median(values):
    return sorted(values)[(len(values) - 1) // 2]


def tell(text):
    print(text, flush=True)


tell("making inputs (minutes)")
make_inputs()
inputs = sorted((work / "large").glob("*.wat.gz"))[:files]
bytes_in = sum(path.stat().st_size for path in inputs)
alone, together = work / "alone", work / "together"


def on_one_thread(half, core):
    out = work / f"half-{core}"
    shutil.rmtree(out, ignore_errors=True)
    command = [sayso, "build", *map(str, half), "-o", str(out), "--threads", "1"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=on_core(core))


def two_cores_to_one():
    """How many times as much two cores do as one, where nobody waits for anybody."""
    halves = [inputs[:16], inputs[16:32]]
    started = time.perf_counter()
    on_one_thread(halves[0], 0).wait()
    alone = time.perf_counter() - started
    started = time.perf_counter()
    for process in [on_one_thread(half, core) for core, half in enumerate(halves)]:
        process.wait()
    for core in range(2):
        shutil.rmtree(work / f"half-{core}", ignore_errors=True)
    return 2 * alone / (time.perf_counter() - started)


tell(f"{len(inputs)} inputs, {bytes_in / 1e6:.0f} MB")
seconds = {"alone": [], "one": [], "two": []}
cores = []
for round_ in range(ROUNDS):
    cores.append(two_cores_to_one())
    tell(f"  two cores are {cores[-1]:.2f} times one here")
    # Each round in another order of the three, so that none always comes behind the same.
    for kind in [["alone", "one", "two"], ["two", "alone", "one"], ["one", "two", "alone"]][round_ % 3]:
        if kind == "alone":
            made = build(inputs, alone)
        else:
            with Cluster(1 if kind == "one" else 2) as cluster:
                made = build(inputs, together, cluster)
            if alone.exists():
                same(alone, together)
        took = made.report["seconds"]
        seconds[kind].append(made.seconds)
        tell(
            f"  {kind}\t{made.seconds:.1f} s (to read {took['extract']:.1f}, to judge and write {took['write']:.1f},"
            f" then {made.seconds - took['extract'] - took['write']:.1f})\tthis process {made.peak:.0f} MiB"
            + ("" if kind == "alone" else "\tscheduler and workers " + ", ".join(f"{peak:.0f}" for peak in made.others))
        )
pairs = made.report["counts"]["pairs"]
tell(f"  {pairs} pairs; medians: alone {median(seconds['alone']):.1f} s, one worker {median(seconds['one']):.1f} s, two {median(seconds['two']):.1f} s")
tell(f"  one worker to two: {median(seconds['one']) / median(seconds['two']):.2f} (aim 1.8; two cores without a cluster: {median(cores):.2f})")
tell(f"  two workers to a build without: {median(seconds['two']) / median(seconds['alone']):.2f} (aim 1.10)")
shutil.rmtree(alone, ignore_errors=True)
shutil.rmtree(together, ignore_errors=True)

if tiny < 1000:
    sys.exit()
tell("tiny inputs, two workers")
folders = sorted(path for path in (work / "tiny").iterdir() if path.is_dir())
for thousands in [count for count in (1, 10, tiny // 1000) if count * 1000 <= tiny]:
    with Cluster(2) as cluster:
        made = build(folders[:thousands], together, cluster)
    took = made.report["seconds"]
    tell(
        f"  {made.report['inputs']}\t{made.seconds:.1f} s (to read {took['extract']:.1f}, to judge and write {took['write']:.1f})"
        f"\tdriver {made.peak:.0f} MiB, scheduler and workers " + ", ".join(f"{peak:.0f}" for peak in made.others)
    )
shutil.rmtree(together, ignore_errors=True)
