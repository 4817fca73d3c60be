"""Edits originals.

    edit.py OUT

Makes all edits of the originals whose numbers OUT/kept.txt has. What is there already is not made again.
"""

import sys
import zlib
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from PIL import Image

from edits import EDITS


def write(number, path, out, names):
    """Writes these edits of a picture."""
    picture = None
    for name in names:
        if any((out / f"{number:05}-{name}.{form}").exists() for form in ("jpeg", "webp")):
            continue
        picture = picture or Image.open(path).convert("RGB")
        chance = np.random.default_rng([number, zlib.crc32(name.encode())])
        form, data = EDITS[name](picture, chance)
        part = out / f"{number:05}-{name}.part"
        part.write_bytes(data)
        part.rename(part.with_suffix(f".{form.lower()}"))


def edited(job):
    write(*job, EDITS)


def main():
    out = Path(sys.argv[1])
    originals = (out / "originals.txt").read_text().splitlines()
    kept = [int(line) for line in (out / "kept.txt").read_text().splitlines()]
    with Pool(2) as pool:
        pool.map(edited, [(number, originals[number], out / "edits") for number in kept], chunksize=4)
    files = {}
    for path in (out / "edits").iterdir():
        files.setdefault(int(path.name[:5]), []).append(str(path))
    (out / "edits.txt").write_text("".join(f"{path}\n" for number in kept for path in sorted(files[number])))
    print(f"{len(kept)} originals kept, {len(kept) * len(EDITS)} edits")


if __name__ == "__main__":
    main()
