"""Two million hashes as a crawl would have them, and faiss beside the hash index, in one run on one thread.

    pip install faiss-cpu numpy pdqhash pillow
    cargo build --release -p sayso-index --example hash_speed
    python3 scripts/bench_hashes.py HASH_SPEED FOLDER PICTURES...

Hashes of random crops of the pictures in the folders PICTURES are multiplied by turning bits: half of the two million belong
to a few pictures of which there are very many, a fifth are copies within 10 bits. Half of the queries are near an indexed hash,
half are of crops that are not indexed.
"""

import os
import random
import subprocess
import sys
import time

import numpy as np

COUNT, QUERIES = 2_000_000, 1000


def crops(folders, seconds=420):
    import pdqhash
    from PIL import Image

    files = sorted(os.path.join(at, name) for folder in folders for at, _, names in os.walk(folder) for name in names
                   if name.lower().endswith((".png", ".jpg", ".jpeg", ".webp")))
    random.seed(7)
    random.shuffle(files)
    found, started = [], time.time()
    for file in files:
        if time.time() - started > seconds:
            break
        try:
            picture = Image.open(file).convert("RGBA")
        except (OSError, ValueError, Image.DecompressionBombError):
            continue
        picture.thumbnail((320, 320))
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        width, height = ground.size
        if min(width, height) < 32:
            continue
        for _ in range(14):
            share = random.uniform(0.25, 1)
            across, down = int(width * share), int(height * share)
            left, top = random.randint(0, width - across), random.randint(0, height - down)
            crop = ground.crop((left, top, left + across, top + down)).convert("RGB").resize((128, 128))
            bits, quality = pdqhash.compute(np.asarray(crop))
            if quality >= 50:
                found.append(np.packbits(bits))
    return np.array(found)


def turned(dice, hashes, counts):
    out = np.empty_like(hashes)
    for at in range(0, len(hashes), 50_000):
        bits = np.unpackbits(hashes[at:at + 50_000], axis=1)
        rank = dice.random(bits.shape, dtype=np.float32).argsort(axis=1).argsort(axis=1)
        out[at:at + 50_000] = np.packbits(bits ^ (rank < counts[at:at + 50_000, None]), axis=1)
    return out


def make(folder, pictures):
    dice = np.random.default_rng(5)
    base = crops(pictures)
    dice.shuffle(base)
    held, base = base[:QUERIES], base[QUERIES:]
    more = COUNT - len(base)
    even, skewed = dice.integers(0, len(base), more), np.minimum(dice.zipf(1.15, more) - 1, len(base) - 1)
    kind = dice.random(more)
    counts = np.where(kind < .22, dice.integers(0, 11, more),
                      np.where(kind < .4, dice.integers(11, 40, more), dice.integers(40, 110, more)))
    hashes = np.concatenate([base, turned(dice, base[np.where(dice.random(more) < .5, even, skewed)], counts)])
    dice.shuffle(hashes)
    near = turned(dice, hashes[dice.integers(0, COUNT, QUERIES)], dice.integers(0, 32, QUERIES))
    queries = np.concatenate([near, held])
    dice.shuffle(queries)
    hashes.tofile(f"{folder}/real.bin")
    queries.tofile(f"{folder}/real.q")
    uniform = dice.integers(0, 256, (COUNT, 32), dtype=np.uint8)
    near = turned(dice, uniform[dice.integers(0, COUNT, QUERIES)], dice.integers(0, 32, QUERIES))
    queries = np.concatenate([near, dice.integers(0, 256, (QUERIES, 32), dtype=np.uint8)])
    dice.shuffle(queries)
    uniform.tofile(f"{folder}/uniform.bin")
    queries.tofile(f"{folder}/uniform.q")


def peers(folder, name):
    import faiss

    faiss.omp_set_num_threads(1)
    hashes = np.fromfile(f"{folder}/{name}.bin", np.uint8).reshape(-1, 32)
    queries = np.fromfile(f"{folder}/{name}.q", np.uint8).reshape(-1, 32)
    ours = [int(line) for line in open(f"{folder}/{name}.found")]
    multi = faiss.IndexBinaryMultiHash(256, 16, 16)
    multi.nflip = 1
    for kind, index, count in [("flat", faiss.IndexBinaryFlat(256), 60), ("multi-hash 16x16", multi, 200)]:
        index.add(hashes)
        times = []
        for number in range(count):
            started = time.perf_counter()
            # A radius of 32 finds distances up to 31.
            limits, _, _ = index.range_search(queries[number:number + 1], 32)
            times.append((time.perf_counter() - started) * 1000)
            assert int(limits[1]) == ours[number], f"{kind} found {limits[1]} and ours {ours[number]}"
        times.sort()
        print(f"  faiss {kind}: p50 {times[count // 2]:.3f} ms, p99 {times[int((count - 1) * .99)]:.3f} ms", flush=True)


if __name__ == "__main__":
    program, folder, *pictures = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(f"{folder}/uniform.q"):
        make(folder, pictures)
    for name in ("real", "uniform"):
        print(name, flush=True)
        for turn in range(2):
            subprocess.run([program, f"{folder}/{name}.bin", f"{folder}/{name}.q", f"{folder}/{name}"], check=True)
            if turn == 0:
                peers(folder, name)
