#!/usr/bin/env python3
"""Times Sayso's extraction beside the peers', in turns, and prints the medians of the ratios.

    bench_peers.py EXTRACT_BINARY CRAWL_PREFIX CC2DATASET_SCRIPT

For the WAT the peer is cc2dataset 1.5.0; its pairs and ours are compared, identity for identity. For the WARC it is
fastwarc and resiliparse driven from Python: every img with a src and an alt of every HTML page, resolved by urljoin.
"""
import re
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import urljoin

ROUNDS = 3


def ours(binary, file, pairs=None):
    out = subprocess.run([binary, file] + ([pairs] if pairs else []), check=True, capture_output=True, text=True).stdout
    return float(re.search(r"extract ([\d.]+) s", out).group(1))


def warc_peer(file):
    from fastwarc.warc import ArchiveIterator, WarcRecordType
    from resiliparse.parse.html import HTMLTree

    start, pairs = time.perf_counter(), 0
    with open(file, "rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True):
            if "html" not in (record.http_content_type or ""):
                continue
            url = record.headers["WARC-Target-URI"]
            tree = HTMLTree.parse_from_bytes(record.reader.read(), "utf-8")
            for img in tree.document.query_selector_all("img"):
                source, alt = img.getattr("src"), img.getattr("alt")
                if source and alt:
                    urljoin(url, source)
                    pairs += 1
    return time.perf_counter() - start, pairs


def main():
    binary, prefix, script = sys.argv[1:4]
    wat, warc = prefix + ".wat.gz", prefix + ".warc.gz"
    with tempfile.TemporaryDirectory() as folder:
        mine, theirs = folder + "/ours.tsv", folder + "/theirs.tsv"
        ours(binary, wat, mine)
        subprocess.run([sys.executable, script, wat, theirs], check=True, capture_output=True)
        same = open(mine, "rb").read() == open(theirs, "rb").read()
        print(f"  pairs of the WAT the same as cc2dataset's, identity for identity: {'yes' if same else 'NO'}")
    ratios = []
    for _ in range(ROUNDS):
        out = subprocess.run([sys.executable, script, wat], check=True, capture_output=True, text=True).stdout
        ratios.append(float(re.search(r"([\d.]+) s", out).group(1)) / ours(binary, wat))
    print(f"  WAT: cc2dataset to ours: {statistics.median(ratios):.1f}")
    ratios = []
    for _ in range(ROUNDS):
        seconds, pairs = warc_peer(warc)
        ratios.append(seconds / ours(binary, warc))
    print(f"  WARC: fastwarc and resiliparse to ours: {statistics.median(ratios):.1f}  ({pairs} pairs)")


main()
