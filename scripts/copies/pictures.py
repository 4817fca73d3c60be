"""Pictures as the benchmark uses them: on white, no larger than needed, none twice."""

import numpy as np
from PIL import Image

Image.MAX_IMAGE_PIXELS = 200_000_000
LARGEST = 40_000_000
LONGER = 768
THUMB = 24
FAULTS = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def flat(path):
    """The picture on white, no larger than it is used."""
    with Image.open(path) as opened:
        if min(opened.size) < 16 or opened.width * opened.height > LARGEST:
            return None
        opened.draft("RGB", (LONGER * 2, LONGER * 2))
        picture = opened.convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def thumb(path):
    try:
        picture = flat(path)
        if picture is None:
            return None
        small = np.asarray(picture.resize((THUMB, THUMB), Image.Resampling.BOX)).astype(np.float32)
        return picture.size, small
    except FAULTS:
        return None


def thumbs(paths, cache, pool):
    """Names, sizes and thumbnails of what can be read. What `cache` has is not read again."""
    names, sizes, vectors = [], [], []
    if cache.exists():
        saved = np.load(cache, allow_pickle=False)
        names, sizes, vectors = list(saved["names"]), list(saved["sizes"]), list(saved["vectors"])
    known = {str(name): at for at, name in enumerate(names)}
    missing = [path for path in paths if str(path) not in known]
    for path, made in zip(missing, pool.map(thumb, missing, chunksize=64)):
        if made:
            known[str(path)] = len(names)
            names.append(str(path))
            sizes.append(made[0])
            vectors.append(made[1])
    order = [known[str(path)] for path in paths if str(path) in known]
    names, sizes, vectors = np.array(names)[order], np.array(sizes)[order], np.array(vectors)[order]
    if missing:
        np.savez(cache, names=names, sizes=sizes, vectors=vectors)
    return names, sizes, vectors


def unlike(vectors):
    """Which pictures look like none before them: as thumbnails, straight or mirrored, less than 0.95 alike."""
    def normal(images):
        flat = images.reshape(len(images), -1)
        flat = flat - flat.mean(1, keepdims=True)
        return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-3)

    straight, mirrored = normal(vectors), normal(vectors[:, :, ::-1])
    keep = []
    kept = np.empty_like(straight)
    for start in range(0, len(straight), 512):
        block, block_mirrored = straight[start:start + 512], mirrored[start:start + 512]
        before = kept[:len(keep)]
        like = np.zeros(len(block), bool)
        if len(before):
            like = ((block @ before.T).max(1) > 0.95) | ((block_mirrored @ before.T).max(1) > 0.95)
        inner = np.maximum(block @ block.T, block_mirrored @ block.T) > 0.95
        taken = []
        for at in range(len(block)):
            if like[at] or inner[at, taken].any() or np.linalg.norm(block[at]) < 0.5:
                continue
            taken.append(at)
            kept[len(keep)] = block[at]
            keep.append(start + at)
    return keep
