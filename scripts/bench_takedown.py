"""Times takedowns on a server that runs, receipts and purges, beside the import of the same table."""
import collections, json, pathlib, random, re, subprocess, sys, time, urllib.error, urllib.parse, urllib.request

sayso, tables, work, count = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), int(sys.argv[4])


def run(*arguments):
    started = time.perf_counter()
    done = subprocess.run([sayso, *map(str, arguments)], cwd=work, capture_output=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{arguments}: {done.stderr.decode()}")
    return time.perf_counter() - started, done.stdout


def get(path):
    try:
        with urllib.request.urlopen(site + path) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise


def found(query):
    return get(f"/api/v1/search?q={urllib.parse.quote(query)}&limit=1")["total"]


def sample_of(url):
    """The identity of a sample with this address."""
    host = urllib.parse.urlsplit(url).hostname
    hits = get(f"/api/v1/search?q={urllib.parse.quote('site:' + host)}&limit=100")["hits"]
    return next((hit["sample"]["uid"] for hit in hits if hit["sample"]["url"] == url), None)


def taken_out(what, is_there, options=()):
    """Takes out what was claimed; asks the server all the time, and says when it had nothing left to show."""
    assert is_there()
    started = time.perf_counter()
    with open(work / "report.json", "w") as out:
        command = subprocess.Popen([sayso, "takedown", "set", "--registry", "r", "--json", *options], cwd=work, stdout=out)
    gone = None
    while command.poll() is None or gone is None:
        is_told = command.poll() is not None
        if not is_there():
            gone = gone or time.perf_counter() - started
        elif is_told:
            sys.exit("it was told to be gone, and is there")
        time.sleep(0.005)
    seconds = time.perf_counter() - started
    report = json.loads((work / "report.json").read_text())["datasets"][0]
    print(f"takedown\t{what}\t{len(report['taken'])} samples\tgone from the server after {gone:.2f} s\tcommand ended after {seconds:.2f} s\t{report['samples']} left")


files = sorted(tables.glob("*.parquet"))
import_seconds, _ = run("import", *files, "-o", "set")
rows = json.loads(run("search", "--json", "-n", "1", "--", "set", "-nothinglikethis")[1])["total"]
print(f"import\t{rows} samples\t{import_seconds:.1f} s\t{rows / import_seconds:.0f} a second")
run("export", "set", "--format", "urls", "-o", "urls.txt")
urls = (work / "urls.txt").read_text().splitlines()
hosts = collections.Counter(urllib.parse.urlsplit(url).hostname for url in urls)
# A site with about as many samples as are asked for.
host = min(hosts, key=lambda host: (abs(hosts[host] - count), host))
random.seed(1)
some = random.sample([url for url in urls if urllib.parse.urlsplit(url).hostname != host], count)

server = subprocess.Popen([sayso, "serve", "set", "--listen", "127.0.0.1:0"], cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
site = None
for line in server.stdout:
    address = re.search(r"http://127\.0\.0\.1:\d+", line.decode())
    if address:
        site = address.group(0)
        break
try:
    run("claim", "add", "--registry", "r", "--subject", f"domain:{host}", "--preference", "train-ai=n")
    taken_out("one site", lambda: found(f"site:{host}") > 0)
    with open(work / "claims.csv", "w") as table:
        table.write("subject,preference\n")
        table.writelines(f'"url:{url.replace(chr(34), "%22")}",train-ai=n\n' for url in some)
    seconds, _ = run("claim", "import", "claims.csv", "--registry", "r")
    print(f"claims\t{count} addresses claimed in {seconds:.2f} s")
    uid = next(filter(None, map(sample_of, some)))
    taken_out(f"{count} addresses, with receipts", lambda: get(f"/api/v1/samples/{uid}") is not None, ("--receipt", "receipts.jsonl", "--key", "builder.key"))
finally:
    server.terminate()
lines = (work / "receipts.jsonl").read_bytes().splitlines()
sizes = sorted(map(len, lines))
seconds, _ = run("receipt", "set", "--registry", "r", "--key", "builder.key", "-o", "again.jsonl")
print(f"receipts\t{len(lines)} in {seconds:.2f} s\t{sizes[len(sizes) // 2]} bytes in the median, {sizes[-1]} at most, {sum(size <= 4096 for size in sizes)} of at most 4096")
key = run("key", "show", "--key", "builder.key")[1].decode().strip()
seconds, _ = run("verify", "receipts.jsonl", "--key", key)
print(f"verify\t{len(lines)} in {seconds:.2f} s\t{seconds / len(lines) * 1000:.2f} ms each")
seconds, _ = run("purge", "set")
print(f"purge\t{seconds:.1f} s\t{rows / seconds:.0f} samples a second\t{rows / seconds / (rows / import_seconds):.2f} times the import's speed")
