"""Makes the pictures of the robustness benchmark: originals, their edits, and distractors.

    prepare.py ROOT OUT ORIGINALS DISTRACTORS

ROOT is where the packages are unpacked. Originals are drawn by chance, four of five from openclipart and the rest from
wallpapers and photos; every other picture is a distractor, and what is then missing is cut from large photos. A picture
that looks the same as another one as a thumbnail is left out wherever it comes from, so that no copy counts as wrong.
"""

import sys
import zlib
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from PIL import Image

from edits import EDITS

Image.MAX_IMAGE_PIXELS = 200_000_000
DRAWINGS = ["usr/share/openclipart/png"]
PHOTOS = ["usr/share/wallpapers", "usr/share/backgrounds", "usr/share/desktop-base", "usr/share/lxqt"]
LARGEST = 40_000_000
LONGER = 768
THUMB = 24


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
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def unlike(vectors, sizes):
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


def edited(job):
    number, path, out = job
    picture = Image.open(path).convert("RGB")
    for name, edit in EDITS.items():
        chance = np.random.default_rng([number, zlib.crc32(name.encode())])
        form, data = edit(picture, chance)
        (out / f"{number:05}-{name}.{form.lower()}").write_bytes(data)


def original(job):
    number, path, out = job
    picture = flat(path)
    picture.thumbnail((LONGER, LONGER), Image.Resampling.LANCZOS)
    target = out / f"{number:05}.png"
    picture.save(target, compress_level=1)
    return target


def pieces(job):
    """Cuts a large photo into pieces that do not overlap, at three scales."""
    number, path, out = job
    made = []
    try:
        picture = flat(path)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return made
    for scale in (1.0, 0.5, 0.25):
        shown = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.BOX)
        chance = np.random.default_rng([number, int(scale * 100)])
        y = 0
        while y + 160 <= shown.height:
            height, x = int(chance.integers(160, 360)), 0
            while x + 160 <= shown.width:
                width = int(chance.integers(160, 360))
                piece = shown.crop((x, y, min(x + width, shown.width), min(y + height, shown.height)))
                x += width
                if np.asarray(piece.convert("L")).std() < 8:
                    continue
                target = out / f"{number:05}-{scale}-{x}-{y}.jpg"
                piece.save(target, quality=88)
                made.append(target)
            y += height
    return made


def main():
    root, out, originals, distractors = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    for folder in ("originals", "edits", "pieces"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    suffixes = {".png", ".jpg", ".jpeg", ".webp"}
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in suffixes and path.is_file() and not path.is_symlink())
    order = np.random.default_rng(1).permutation(len(paths))
    # Drawings and photos first: what looks like one of them is then left out elsewhere.
    def rank(path):
        name = path.relative_to(root).as_posix()
        return 0 if name.startswith(tuple(DRAWINGS)) else 1 if name.startswith(tuple(PHOTOS)) else 2

    paths = sorted((paths[at] for at in order), key=rank)
    # More than will be needed, and no more: looking at all takes long.
    paths = paths[: originals + distractors * 8 // 5]
    cache = out / "thumbs.npz"
    if cache.exists():
        saved = np.load(cache, allow_pickle=False)
        names, sizes, vectors = saved["names"], saved["sizes"], saved["vectors"]
    else:
        with Pool(2) as pool:
            thumbs = pool.map(thumb, paths, chunksize=64)
        good = [at for at, made in enumerate(thumbs) if made]
        names = np.array([str(paths[at]) for at in good])
        sizes = np.array([thumbs[at][0] for at in good])
        vectors = np.array([thumbs[at][1] for at in good])
        np.savez(cache, names=names, sizes=sizes, vectors=vectors)
    keep = unlike(vectors, sizes)
    print(f"{len(paths)} pictures, {len(names)} readable, {len(keep)} unlike the others", flush=True)

    large = [at for at in keep if sizes[at].max() >= 200 and sizes[at].min() >= 100]
    drawings = [at for at in large if rank(Path(names[at])) == 0]
    photos = [at for at in large if rank(Path(names[at])) == 1]
    chosen = photos[: originals // 5]
    chosen += drawings[: originals - len(chosen)]
    print(f"originals: {len(chosen)} of which {min(len(photos), originals // 5)} photos", flush=True)
    with Pool(2) as pool:
        made = pool.map(original, [(number, names[at], out / "originals") for number, at in enumerate(chosen)], chunksize=8)
        (out / "originals.txt").write_text("".join(f"{path}\n" for path in made))
        pool.map(edited, [(number, path, out / "edits") for number, path in enumerate(made)], chunksize=4)
        print("edits made", flush=True)
        taken = set(chosen)
        others = [str(names[at]) for at in keep if at not in taken][:distractors]
        sources = [names[at] for at in keep if at not in taken and sizes[at].min() >= 500]
        for start in range(0, len(sources), 100):
            if len(others) >= distractors:
                break
            jobs = [(start + at, path, out / "pieces") for at, path in enumerate(sources[start:start + 100])]
            others += [str(piece) for made in pool.map(pieces, jobs, chunksize=1) for piece in made]
    real = sum(1 for path in others[:distractors] if "/pieces/" not in path)
    print(f"distractors: {min(len(others), distractors)}, of which {real} whole pictures and the rest pieces of photos")
    (out / "distractors.txt").write_text("".join(f"{path}\n" for path in others[:distractors]))


if __name__ == "__main__":
    main()
