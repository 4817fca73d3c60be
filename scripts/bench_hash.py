#!/usr/bin/env python3
"""Compares our PDQ with pdqhash's; `scripts/bench_hash.sh` says how, and calls it."""
import pathlib
import resource
import statistics
import subprocess
import sys
import time

import numpy as np
import pdqhash
from PIL import Image

OURS, FOLDER, PICTURES, ROUNDS, WORK = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), pathlib.Path(sys.argv[5])
ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".gif"}
# Pictures whose pixels are written out as PNG to compare hashes of the same pixels.
PIXELS = 6_000_000


def chosen():
    """As many as wanted, spread evenly over the names in the folder."""
    found = sorted(p for p in pathlib.Path(FOLDER).rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
    step = max(1, len(found) // PICTURES)
    return [str(path) for path in found[::step][:PICTURES]]


def number(bits):
    return int("".join(map(str, bits)), 2)


def reference(path):
    return pdqhash.compute(np.array(Image.open(path).convert("RGB")))


def ours(paths, *options):
    """Rows of our example, by path; the arguments of one process are few enough."""
    rows = {}
    for at in range(0, len(paths), 500):
        out = subprocess.run([OURS, *options, *paths[at : at + 500]], capture_output=True, text=True, check=True).stdout
        rows |= {row.split(",", 2)[2]: row.split(",", 2)[:2] for row in out.splitlines()}
    return rows


def spread(title, distances):
    if distances:
        within = ", ".join(f"within {n}: {sum(d <= n for d in distances)}" for n in (0, 2, 10, 31))
        print(f"  {title}: {len(distances)} pictures; bits that differ: {within}; most: {max(distances)}")


def same_pixels(paths):
    WORK.mkdir(parents=True, exist_ok=True)
    expected = {}
    for number_, path in enumerate(paths):
        try:
            picture = Image.open(path).convert("RGB")
        except Exception:  # what Pillow cannot read has no hash to compare with
            continue
        if picture.width * picture.height <= PIXELS:
            copy = str(WORK / f"{number_}.png")
            picture.save(copy, compress_level=1)
            hashes, quality = pdqhash.compute_dihedral(np.array(picture))
            expected[copy] = ([number(bits) for bits in hashes], quality, path)
    found = ours(list(expected), "--dihedral")
    first, worst, qualities, unequal = [], [], 0, []
    for copy, (hashes, quality, path) in expected.items():
        printed, our_quality = found.get(copy, ("", ""))
        if len(printed) < 64:
            continue
        distances = [(int(a, 16) ^ b).bit_count() for a, b in zip(printed.split(), hashes)]
        first.append(distances[0])
        worst.append(max(distances))
        qualities += int(our_quality) == quality
        if max(distances):
            unequal.append(path)
    spread("same pixels", first)
    spread("same pixels, the worst of eight turns", worst)
    print(f"  equal qualities: {qualities} of {len(first)}")
    for path in unequal[:20]:
        print(f"    not equal: {path}")


def same_files(paths):
    found = ours(paths)
    distances = {}
    for path in paths:
        try:
            bits, quality = reference(path)
        except Exception:
            continue
        printed, _ = found.get(path, ("", ""))
        if len(printed) == 64:
            good = "quality >= 50" if quality >= 50 else "quality < 50"
            key = f"{pathlib.Path(path).suffix.lower()[1:]}, {good}"
            distances.setdefault(key, []).append((int(printed, 16) ^ number(bits)).bit_count())
    for key in sorted(distances):
        spread(key, distances[key])


def seconds_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def speed(paths):
    ratios, own, peers = [], [], []
    for _ in range(ROUNDS):
        before = seconds_of_children()
        ours(paths)
        own.append(seconds_of_children() - before)
        before = time.process_time()
        for path in paths:
            reference(path)
        peers.append(time.process_time() - before)
        ratios.append(peers[-1] / own[-1])
    pixels = sum(width * height for width, height in (Image.open(path).size for path in paths))
    print(
        f"  {len(paths)} JPEGs, {pixels / 1e6:.0f} megapixels: pdqhash {statistics.median(peers):.2f} s, "
        f"ours {statistics.median(own):.2f} s; ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    )


def main():
    Image.MAX_IMAGE_PIXELS = None
    paths = chosen()
    print("hashes:")
    same_pixels(paths)
    same_files(paths)
    print("processor time, one thread:")
    jpegs = [path for path in paths if path.lower().endswith((".jpg", ".jpeg"))]
    by_size = {"below 0.5": [], "0.5 to 3": [], "above 3": []}
    for path in jpegs:
        width, height = Image.open(path).size
        area = width * height / 1e6
        by_size["below 0.5" if area < 0.5 else "0.5 to 3" if area < 3 else "above 3"].append(path)
    for name, some in by_size.items():
        if some:
            print(f"  {name} megapixels")
            speed(some)


main()
