"""Makes the pictures of the robustness benchmark: those that may become originals, and distractors.

    prepare.py ROOT OUT CANDIDATES DISTRACTORS

ROOT is where the packages are unpacked. Candidates are drawn by chance, one of five from wallpapers and photos where
there are as many, the rest from openclipart, and none that something was learned from or tuned on (seen.txt). Every other
picture is a distractor, and what is then missing is cut from large pictures. A picture that looks the same as another one
as a thumbnail is left out wherever it comes from, so that no copy counts as wrong. What is there already is not made
again.
"""

import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from PIL import Image

from edit import write
from pictures import FAULTS, LONGER, flat, thumbs, unlike

DRAWINGS = ["usr/share/openclipart/png"]
PHOTOS = ["usr/share/wallpapers", "usr/share/backgrounds", "usr/share/desktop-base", "usr/share/lxqt"]
SEEN = Path(__file__).with_name("seen.txt")
UNEDITED = ["jpeg90"]


def original(job):
    number, path, out = job
    target = out / "originals" / f"{number:05}.png"
    if not target.exists():
        picture = flat(path)
        picture.thumbnail((LONGER, LONGER), Image.Resampling.LANCZOS)
        picture.save(target.with_suffix(".part"), "PNG", compress_level=1)
        target.with_suffix(".part").rename(target)
    write(number, target, out / "edits", UNEDITED)
    return target


def pieces(job):
    """Cuts a large picture into pieces that do not overlap, at three scales."""
    number, path, out = job
    made = []
    try:
        picture = flat(path)
    except FAULTS:
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
    root, out, candidates, distractors = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
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
    paths = paths[: candidates + distractors * 8 // 5]
    with Pool(2) as pool:
        names, sizes, vectors = thumbs(paths, out / "thumbs.npz", pool)
        keep = unlike(vectors)
        print(f"{len(paths)} pictures, {len(names)} readable, {len(keep)} unlike the others", flush=True)

        seen = set(SEEN.read_text().splitlines())
        large = [at for at in keep if sizes[at].max() >= 200 and sizes[at].min() >= 100]
        fresh = [at for at in large if Path(names[at]).relative_to(root).as_posix() not in seen]
        drawings = [at for at in fresh if rank(Path(names[at])) == 0]
        photos = [at for at in fresh if rank(Path(names[at])) == 1][: candidates // 5]
        chosen = np.random.default_rng(2).permutation(photos + drawings[: candidates - len(photos)])
        print(f"candidates: {len(chosen)} of which {len(photos)} photos", flush=True)
        made = pool.map(original, [(number, names[at], out) for number, at in enumerate(chosen)], chunksize=8)
        (out / "originals.txt").write_text("".join(f"{path}\n" for path in made))
        print("candidates made", flush=True)
        taken = set(chosen.tolist())
        others = [str(names[at]) for at in keep if at not in taken][:distractors]
        sources = [names[at] for at in keep if at not in taken and sizes[at].min() >= 500]
        # Photos first: they have the most to cut from.
        sources.sort(key=lambda name: rank(Path(name)) != 1)
        for start in range(0, len(sources), 100):
            if len(others) >= distractors:
                break
            jobs = [(start + at, path, out / "pieces") for at, path in enumerate(sources[start:start + 100])]
            others += [str(piece) for made in pool.map(pieces, jobs, chunksize=1) for piece in made]
            print(f"{len(others)} distractors", flush=True)
    real = sum(1 for path in others[:distractors] if "/pieces/" not in path)
    print(f"distractors: {min(len(others), distractors)}, of which {real} whole pictures and the rest pieces of large ones")
    (out / "distractors.part").write_text("".join(f"{path}\n" for path in others[:distractors]))
    (out / "distractors.part").rename(out / "distractors.txt")


if __name__ == "__main__":
    main()
