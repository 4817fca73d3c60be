"""The hashes of `imagehash` and `imagededup`, and imagededup's CNN where its weights can be had, on the same pictures.

    peers.py FOLDER DISTRACTORS [--cnn]

Writes FOLDER/peers.tsv in the form of ours.tsv. Hashes are kept in peers.npz, so that a run that was cut off goes on. With fewer distractors than ours had, the peers have the easier task.
"""

import sys
import types
from multiprocessing import Pool
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image


def dedup_hashes():
    """imagededup's hashes. They need no network, and its modules load one all the same: gigabytes, which are kept away
    where nobody asked for the network."""
    kept_away = [] if "--cnn" in sys.argv else ["imagededup.methods.cnn", "imagededup.utils.models", "imagededup.utils.data_generator"]
    for name in kept_away:
        module = types.ModuleType(name)
        module.CNN = module.CustomModel = module.img_dataloader = module.MobilenetV3 = None
        sys.modules[name] = module
    from imagededup.methods import AHash, DHash, PHash, WHash

    return PHash, DHash, WHash, AHash



Image.MAX_IMAGE_PIXELS = None
HITS = 20
NAMES = {
    "imagehash phash": imagehash.phash,
    "imagehash dhash": imagehash.dhash,
    "imagehash whash": imagehash.whash,
    "imagehash average": imagehash.average_hash,
    "imagehash colorhash": imagehash.colorhash,
}
DEDUP = {f"imagededup {made.__name__}": made for made in dedup_hashes()}


def on_white(path):
    picture = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def hashes(path):
    try:
        picture = on_white(path)
        if max(picture.size) > 1600:
            picture.thumbnail((1600, 1600), Image.Resampling.BOX)
        made = [np.packbits(of(picture).hash.flatten()) for of in NAMES.values()]
        pixels = np.asarray(picture)
        made += [np.frombuffer(bytes.fromhex(of(verbose=False).encode_image(image_array=pixels)), np.uint8) for of in DEDUP.values()]
        return made
    except (OSError, ValueError, SyntaxError):
        return None


def all_hashes(paths, cache):
    """A row of bytes for each picture, all hashes side by side, none of what cannot be read. What `cache` has stays."""
    known = dict(np.load(cache)) if cache.exists() else {}
    missing = [path for path in dict.fromkeys(paths) if path not in known]
    with Pool(2) as pool:
        for start in range(0, len(missing), 2000):
            some = missing[start:start + 2000]
            for path, made in zip(some, pool.map(hashes, some, chunksize=32)):
                known[path] = np.concatenate(made) if made else np.empty(0, np.uint8)
            part = cache.with_suffix(".part.npz")
            np.savez(part, **known)
            part.rename(cache)
            print(f"peers: {start + len(some)} of {len(missing)} pictures looked at", flush=True)
    return [known[path] for path in paths]


def cnn_vectors(paths):
    import torch
    from imagededup.methods import CNN

    torch.set_num_threads(2)
    cnn = CNN(verbose=False)
    vectors = [cnn.encode_image(image_array=np.asarray(on_white(path)))[0] for path in paths]
    vectors = np.array(vectors, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def best(scores, out, number, name, known):
    top = np.argpartition(scores, -HITS)[-HITS:]
    for at in top[np.argsort(-scores[top], kind="stable")]:
        out.write(f"{number}\t{name}\t{known[at]}\t{scores[at]:.5f}\n")


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    read = lambda name: (folder / name).read_text().splitlines()
    originals, edits, distractors = read("originals.txt"), read("edits.txt"), read("distractors.txt")
    # Spread over the list, so that there are some of every kind.
    step = max(1, len(distractors) // count)
    chosen = range(0, len(distractors), step)
    paths = originals + [distractors[at] for at in chosen]
    numbers = list(range(len(originals))) + [len(originals) + at for at in chosen]
    known = all_hashes(paths, folder / "peers.npz")
    sought = all_hashes(edits, folder / "peers.npz")
    readable = [at for at, made in enumerate(known) if len(made)]
    known_numbers = [numbers[at] for at in readable]
    ends = np.cumsum([0] + [len(made) for made in hashes(paths[readable[0]])])
    with (folder / "peers.tsv").open("w") as out:
        table = np.array([known[at] for at in readable])
        for column, name in enumerate([*NAMES, *DEDUP]):
            part = slice(ends[column], ends[column + 1])
            for number, made in enumerate(sought):
                if len(made):
                    distances = np.bitwise_count(table[:, part] ^ made[part]).sum(1, dtype=np.int32)
                    best(-distances.astype(np.float32), out, number, name, known_numbers)
        if "--cnn" in sys.argv:
            table = cnn_vectors([paths[at] for at in readable])
            for number, vector in enumerate(cnn_vectors(edits)):
                best(table @ vector, out, number, "imagededup CNN", known_numbers)
    print(f"peers: {len(readable)} pictures known, {len(edits)} edits")


if __name__ == "__main__":
    main()
