"""Crawl files made for a test: WAT records as Common Crawl writes them."""

import gzip
import json
import random


def record(url, block, kind="metadata", content="application/json"):
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-02-03T04:05:06Z\r\n"
        f"Content-Type: {content}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def wat_page(url, pictures, headers=None, metas=(), offset=0):
    links = [{"path": "IMG@/src", "url": source, "alt": alt} for source, alt in pictures]
    html = {"Head": {"Metas": list(metas)}, "Links": links}
    payload = {"HTTP-Response-Metadata": {"Headers": headers or {}, "HTML-Metadata": html}}
    envelope = {
        "WARC-Header-Metadata": {
            "WARC-Type": "response",
            "WARC-Target-URI": url,
            "WARC-Date": "2026-02-03T04:05:06Z",
        },
        "Payload-Metadata": payload,
    }
    container = {"Filename": "x.warc.gz", "Offset": str(offset), "Gzip-Metadata": {"Deflate-Length": "9"}}
    return record(url, json.dumps({"Container": container, "Envelope": envelope}).encode())


def pages(number, pictures=5, seed=7):
    """Pages of many sites: some say no in a header, some in a meta element, some pictures stand on several pages."""
    chance = random.Random(seed)
    words = "harbour lighthouse evening red storm gull owl fox snow by Ana Müller 東京 © 2026 call 030 1234567".split()
    for page in range(number):
        host = f"site{page % 97}.example"
        headers, metas = {}, []
        if page % 11 == 0:
            headers["X-Robots-Tag"] = "noai"
        if page % 13 == 0:
            metas.append({"name": "tdm-reservation", "content": "1"})
        if page % 17 == 0:
            headers["Content-Usage"] = "train-genai=y"
        found = []
        for picture in range(pictures):
            alt = " ".join(chance.choices(words, k=6))
            found.append((f"/{page}/{picture}.jpg", alt))
        # The same picture with the same words on page after page, some of which refuse.
        found.append((f"https://shared.example/{page % 40}.png", f"a picture that many show, number {page % 40}"))
        yield wat_page(f"https://{host}/{page}.html", found, headers, metas, page * 1000)


def gzipped(records):
    return b"".join(gzip.compress(one, 1) for one in records)


def wat(number, **how):
    return gzipped(pages(number, **how))
