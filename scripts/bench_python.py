"""How fast pairs are read, beside warcio with json and beside cc2dataset: one process, one thread, rounds in turn.

    python scripts/bench_python.py FILE.wat.gz [ROUNDS]

Takes warcio and, where it can be imported, cc2dataset. Prints medians and ratios; a machine that does something else makes them
worth nothing.
"""

import json
import statistics
import sys
import time


def ours(path):
    import sayso

    return sum(batch.num_rows for batch in sayso.read_wat(path))


def warcio_and_json(path):
    """What everybody writes first: each record's JSON parsed, and the captioned pictures of its links."""
    from urllib.parse import urljoin

    from warcio.archiveiterator import ArchiveIterator

    found = 0
    with open(path, "rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type != "metadata":
                continue
            try:
                envelope = json.loads(record.content_stream().read())["Envelope"]
                html = envelope["Payload-Metadata"]["HTTP-Response-Metadata"]["HTML-Metadata"]
                page = envelope["WARC-Header-Metadata"]["WARC-Target-URI"]
            except (KeyError, ValueError):
                continue
            for link in html.get("Links", ()):
                if link.get("path") == "IMG@/src" and link.get("alt") and "url" in link:
                    urljoin(page, link["url"])
                    found += 1
    return found


def peer(path):
    from io import BytesIO

    from cc2dataset.main import extract_documents_from_wat

    with open(path, "rb") as file:
        return len(extract_documents_from_wat(BytesIO(file.read()), "image"))


def main(path, rounds=5):
    readers = [ours, warcio_and_json]
    try:
        import cc2dataset.main  # noqa: F401
    except ImportError:
        print("cc2dataset is not here, and is not compared")
    else:
        peer.__name__ = "cc2dataset"
        readers.append(peer)
    seconds = {reader.__name__: [] for reader in readers}
    for _ in range(int(rounds)):
        for reader in readers:
            start = time.perf_counter()
            found = reader(path)
            seconds[reader.__name__].append(time.perf_counter() - start)
            print(f"{reader.__name__}: {found} pairs, {seconds[reader.__name__][-1]:.2f} s")
    base = statistics.median(seconds["ours"])
    for name, times in seconds.items():
        print(f"{name}: median {statistics.median(times):.2f} s, {statistics.median(times) / base:.1f} times ours")


if __name__ == "__main__":
    main(*sys.argv[1:])
