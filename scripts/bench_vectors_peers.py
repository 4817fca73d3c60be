"""faiss and usearch on the vectors of make_pairs.py, one thread: recall@10, questions a second, tails, bytes, times.

    python bench_vectors_peers.py FOLDER [faiss-rabitq,faiss-pq,faiss-hnsw,usearch]

Writes the true ten nearest (truth_image.npy, truth_text.npy), by which ours is measured, too.
"""
import pathlib
import sys
import time

import faiss
import numpy as np
from usearch.index import Index

folder = pathlib.Path(sys.argv[1])
wanted = sys.argv[2].split(",") if len(sys.argv) > 2 else ["faiss-rabitq", "faiss-pq", "usearch"]
vectors = np.load(folder / "vectors.npy")
count, dimension = vectors.shape
queries = {name: np.load(folder / f"queries_{name}.npy") for name in ("image", "text")}
truth = {}
for name, asked in queries.items():
    file = folder / f"truth_{name}.npy"
    if not file.exists():
        flat = faiss.IndexFlatIP(dimension)
        flat.add(vectors)
        # 32-bit floats hold numbers up to 16 million as they are, and ours reads no other type.
        np.save(file, flat.search(asked, 10)[1].astype(np.float32))
    truth[name] = np.load(file).astype(np.int64)


def measure(what, search, facts):
    faiss.omp_set_num_threads(1)
    print(f"{what}: {facts}")
    for name, asked in queries.items():
        for query in asked:
            search(query[None])
        times, found = [], 0
        for query, nearest in zip(asked, truth[name]):
            start = time.perf_counter()
            numbers = search(query[None])
            times.append(time.perf_counter() - start)
            found += len(set(numbers.tolist()) & set(nearest.tolist()))
        print(f"  {name:<5}: recall {found / nearest.size / len(asked):.4f}, {1 / np.mean(times):.0f} a second, "
              f"median {np.median(times) * 1e3:.3f} ms, p99 {np.quantile(times, 0.99) * 1e3:.3f} ms", flush=True)


def facts_of(file, built, opened):
    return f"{file.stat().st_size // count} bytes a vector, built in {built:.1f} s, opened in {opened * 1e3:.1f} ms"


cells = 2 * int(count ** 0.5)
faiss_kinds = {
    "faiss-rabitq": (f"IVF{cells},RaBitQ,Refine(SQ8)", [(32, 20)]),
    "faiss-pq": (f"IVF{cells},PQ128x4fs,RFlat", [(16, 16), (32, 32), (48, 32)]),
    "faiss-hnsw": ("HNSW32,SQfp16", [64, 128]),
}
for kind in wanted:
    faiss.omp_set_num_threads(2)
    file = folder / f"{kind}.index"
    start = time.time()
    if kind == "usearch":
        index = Index(ndim=dimension, metric="ip", dtype="f16")
        index.add(np.arange(count), vectors, threads=2)
        built = time.time() - start
        index.save(file)
        start = time.time()
        index = Index.restore(file, view=True)
        facts = facts_of(file, built, time.time() - start)
        for expansion in (64, 96, 128):
            index.expansion_search = expansion
            measure(f"usearch f16, ef {expansion}", lambda query: index.search(query[0], 10, threads=1).keys, facts)
        continue
    recipe, settings = faiss_kinds[kind]
    index = faiss.index_factory(dimension, recipe, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[:100_000])
    index.add(vectors)
    built = time.time() - start
    faiss.write_index(index, str(file))
    start = time.time()
    index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
    facts = facts_of(file, built, time.time() - start)
    for setting in settings:
        if kind == "faiss-hnsw":
            index.hnsw.efSearch = setting
        else:
            faiss.extract_index_ivf(index).nprobe, index.k_factor = setting
        measure(f"faiss {recipe} {setting}", lambda query: index.search(query, 10)[1][0], facts)
