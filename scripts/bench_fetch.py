"""Fetching beside img2dataset, in turns, from one server; called by bench_fetch.sh.

The hosts are 127.0.0.1 to 127.0.0.50: each has an address, and so a robots.txt and a turn, of its own.
"""

import asyncio
import glob
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time

HOSTS, PORT, PAUSE = 50, 18080, "0.05"
sayso, work, folder, count, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])


def pictures():
    endings = (".jpg", ".jpeg", ".png", ".webp")
    paths = sorted(p for p in glob.glob(folder + "/**", recursive=True) if p.lower().endswith(endings))
    return [open(path, "rb").read() for path in paths]


class Server(asyncio.Protocol):
    """Keeps connections open, and counts how many requests a host is asked at once."""

    bodies, open_at, most, asked, robots = [], {}, 0, 0, 0

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""
        self.host = transport.get_extra_info("sockname")[0]
        open_now = Server.open_at[self.host] = Server.open_at.get(self.host, 0) + 1
        Server.most = max(Server.most, open_now)

    def connection_lost(self, _):
        Server.open_at[self.host] -= 1

    def data_received(self, data):
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            path = head.split(b" ", 2)[1]
            if path == b"/robots.txt":
                Server.robots += 1
                body, kind = b"User-agent: *\nDisallow: /private/\n", b"text/plain"
            elif path in (b"/.well-known/tdmrep.json", b"/ai.txt"):
                self.transport.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                continue
            else:
                Server.asked += 1
                body, kind = Server.bodies[int(path[2:].split(b".")[0]) % len(Server.bodies)], b"image/jpeg"
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )


def serve():
    async def run():
        loop = asyncio.get_running_loop()
        for number in range(1, HOSTS + 1):
            await loop.create_server(Server, f"127.0.0.{number}", PORT)
        await asyncio.Event().wait()

    asyncio.run(run())


def input_files(urls):
    answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + "".join(
        f"<img src='{url}' alt='picture {number}'>" for number, url in enumerate(urls)
    )
    with open(f"{work}/crawl.warc", "w", newline="") as crawl:
        crawl.write(
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://127.0.0.1:{PORT}/\r\n"
            "WARC-Date: 2026-01-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(answer)}\r\n\r\n{answer}\r\n\r\n"
        )
    with open(f"{work}/urls.csv", "w") as table:
        table.write("url,caption\n" + "".join(f"{url},picture {number}\n" for number, url in enumerate(urls)))


def run(command):
    """How long it took, and how much of the processors' time: the second is the same while others use the machine."""

    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before, began = used(), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    return time.monotonic() - began, used() - before, done


def ours(arguments):
    shutil.rmtree(f"{work}/set", ignore_errors=True)
    subprocess.run([sayso, "build", f"{work}/crawl.warc", "-o", f"{work}/set"], check=True, capture_output=True)
    polite = ["--contact", "bench@example.org", "--allow-private", "--no-cache", "--pause", PAUSE]
    seconds, busy, done = run([sayso, "fetch", f"{work}/set", "--json", *polite, *arguments])
    report = json.loads(done.stdout)
    # Pictures that refuse by what stands inside them are fetched, and then nothing is made of them: they do not count.
    kinds = report["by_kind"]
    assert set(kinds) <= {"fetched", "refused-by-picture"} and sum(kinds.values()) == count, (report, done.stderr)
    return {"pictures/s": kinds["fetched"] / seconds, "ms": 1000 * busy / kinds["fetched"]}


def img2dataset(number):
    """The first so many pictures; its stats and what it took."""
    out, table, processes = f"{work}/theirs", f"{work}/some.csv", os.cpu_count()
    shutil.rmtree(out, ignore_errors=True)
    with open(f"{work}/urls.csv") as all_of_them, open(table, "w") as some:
        some.writelines(line for _, line in zip(range(number + 1), all_of_them))
    command = [
        f"{work}/peer/bin/img2dataset", f"--url_list={table}", "--input_format=csv", "--url_col=url",
        "--caption_col=caption", "--output_format=webdataset", f"--output_folder={out}", "--image_size=256",
        f"--processes_count={processes}", "--thread_count=32", f"--number_sample_per_shard={max(1, number // processes)}",
    ]
    seconds, busy, done = run(command)
    stats = [json.load(open(path)) for path in glob.glob(out + "/*_stats.json")]
    assert sum(stat["successes"] for stat in stats) == number, done.stdout + done.stderr
    return stats, seconds, busy


def theirs():
    # It loads for seconds what it is written with, in each of its processes: that is what one picture each costs.
    _, _, start = img2dataset(os.cpu_count())
    stats, seconds, busy = img2dataset(count)
    # By its own clock, which leaves out how long it takes to start.
    own = max(stat["end_time"] for stat in stats) - min(stat["start_time"] for stat in stats)
    return {"pictures/s": count / own, "with its start": count / seconds, "ms": 1000 * (busy - start) / count}


Server.bodies = pictures()
threading.Thread(target=serve, daemon=True).start()
urls = [f"http://127.0.0.{number % HOSTS + 1}:{PORT}/p{number}.jpg" for number in range(count)]
input_files(urls)
mean = sum(map(len, Server.bodies)) // len(Server.bodies)
print(f"{count} pictures of {len(Server.bodies)} files ({mean} bytes on average), {HOSTS} hosts, pause {PAUSE} s", flush=True)
plain = ["--features", "none"]
ways = {
    "kept": ["--keep", "resized"],
    "kept, no features": ["--keep", "resized", *plain],
    "facts": [],
    "facts, no features": plain,
}
found = {name: [] for name in [*ways, "img2dataset"]}
for _ in range(rounds):
    for name in found:
        Server.most = Server.asked = Server.robots = 0
        rates = theirs() if name == "img2dataset" else ours(ways[name])
        shown = ", ".join(f"{key} {rate:.1f}" for key, rate in rates.items())
        print(f"  {name}: {shown}; {Server.most} connections at most to one host, {Server.robots} robots.txt", flush=True)
        found[name].append(rates)
print(f"medians of {rounds}: pictures a second by the clock, processor time a picture; without the start of img2dataset")
median = {name: {key: statistics.median(rate[key] for rate in rates) for key in rates[0]} for name, rates in found.items()}
peer = median["img2dataset"]
for name, of in median.items():
    ratios = f"{of['pictures/s'] / peer['pictures/s']:.2f} times the rate, {of['ms'] / peer['ms']:.2f} of the time"
    print(f"  {name}: {of['pictures/s']:.1f} pictures/s, {of['ms']:.1f} ms: {ratios}")
