"""Times look-ups of 10,000 addresses over HTTP, in a registry with many claims."""
import json, pathlib, random, re, statistics, subprocess, sys, time, urllib.request

sayso, work, claims, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
ADDRESSES = 10_000
draw = random.Random(1)


def run(*arguments):
    started = time.perf_counter()
    done = subprocess.run([sayso, *map(str, arguments)], cwd=work, capture_output=True)
    if done.returncode not in (0, 3):
        sys.exit(f"{arguments}: {done.stderr.decode()}")
    return time.perf_counter() - started


def subject(number):
    """A claim on a site, on a folder, or on an address, each on a site of its own."""
    site = f"s{number}.example.org"
    match number % 4:
        case 0 | 1:
            return f"domain:{site}"
        case 2:
            return f"prefix:https://{site}/art/"
        case _:
            return f"url:https://{site}/art/1.jpg"


def address(is_claimed):
    """An address that some claim holds for, or one on a site of which nobody claims anything."""
    site = f"s{draw.randrange(claims)}" if is_claimed else f"n{draw.randrange(1 << 40)}"
    return f"https://{site}.example.org/art/1.jpg"


def ask(path, body):
    request = urllib.request.Request(site + path, data=body, headers={"content-type": "text/plain"})
    started = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        answered = answer.read()
    return time.perf_counter() - started, answered


def peak_mib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found.group(1)) / 1024 if found else float("nan")


with open(work / "claims.csv", "w") as table:
    table.write("subject,preference\n")
    table.writelines(f"{subject(number)},train-ai=n\n" for number in range(claims))
print(f"claims\t{claims} imported in {run('claim', 'import', 'claims.csv', '--registry', 'r'):.1f} s")
(work / "one.csv").write_text("url,text\nhttps://s0.example.org/art/1.jpg,a boat\n")
run("import", "one.csv", "-o", "set")

started = time.perf_counter()
arguments = [sayso, "serve", "set", "--registry", "r", "--listen", "127.0.0.1:0"]
server = subprocess.Popen(arguments, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
site = None
for line in server.stdout:
    found = re.search(r"http://127\.0\.0\.1:\d+", line.decode())
    if found:
        site = found.group(0)
        break
try:
    if site is None:
        sys.exit("the server did not start")
    print(f"start\t{time.perf_counter() - started:.1f} s until it listens, with all claims in {peak_mib(server):.0f} MiB")
    for share in (0.0, 0.01, 0.5, 1.0):
        for path, name in (("/api/v1/claims/look-up", "look-up"), ("/api/v2/query/urls/", "as Spawning")):
            times = []
            for number in range(rounds + 1):
                claimed = round(ADDRESSES * share)
                urls = [address(at < claimed) for at in range(ADDRESSES)]
                draw.shuffle(urls)
                seconds, answered = ask(path, "\n".join(urls).encode())
                if path.endswith("look-up"):
                    held = sum(bool(result["claims"]) for result in json.loads(answered)["results"])
                else:
                    held = sum(result["optOut"] for result in json.loads(answered)["urls"])
                # Told right, or the time says nothing.
                assert held == claimed, (held, claimed)
                # The first is not counted: it warms what is warm when many ask.
                if number > 0:
                    times.append(seconds * 1000)
            times.sort()
            middle, late = statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.95))]
            print(
                f"{name}\t{ADDRESSES} addresses, {share:.0%} claimed\tmedian {middle:.0f} ms\t95 of 100 within {late:.0f} ms"
                f"\t{ADDRESSES / middle * 1000:.0f} addresses a second\t{len(answered)} bytes"
            )
    print(f"memory\t{peak_mib(server):.0f} MiB at most")
finally:
    server.terminate()
    server.wait()
