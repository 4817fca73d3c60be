"""Cuts the drawings of the toy out of Debian's package openclipart-png (0.18+dfsg): drawings.tsv names them, with captions and
creators (the creators are those of the same drawings in openclipart-svg). Writes drawings.png and subject.png beside it.

    apt-get install openclipart-png python3-pil
    python3 cut.py
"""

from pathlib import Path

from PIL import Image

Image.MAX_IMAGE_PIXELS = None
PACKAGE = Path("/usr/share/openclipart/png")
HERE = Path(__file__).parent
SIDE, ACROSS = 64, 8
OWL = "animals/birds/gufo_civetta_architetto__01"
VIEWS = [
    {},
    {"mirrored": True, "size": 0.9},
    {"turned": 12, "size": 0.85},
    {"size": 0.75, "moved": (20, 10)},
    {"turned": -10, "size": 0.8, "mirrored": True, "moved": (-15, 0)},
]


def drawn(name, turned=0, mirrored=False, size=1.0, moved=(0, 0)):
    """The drawing in the middle of a white square, cut to what is not transparent."""
    picture = Image.open(PACKAGE / f"{name}.png").convert("RGBA")
    picture = picture.crop(picture.getchannel("A").getbbox())
    large, longest = 256, int(240 * size)
    scale = min(longest / picture.width, longest / picture.height)
    picture = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.LANCZOS)
    if mirrored:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    if turned:
        picture = picture.rotate(turned, expand=True, resample=Image.BICUBIC)
    square = Image.new("RGB", (large, large), "white")
    square.paste(picture, ((large - picture.width) // 2 + moved[0], (large - picture.height) // 2 + moved[1]), picture)
    return square.resize((SIDE, SIDE), Image.LANCZOS)


def sheet(path, pictures):
    across = min(ACROSS, len(pictures))
    whole = Image.new("RGB", (across * SIDE, -(-len(pictures) // across) * SIDE), "white")
    for number, picture in enumerate(pictures):
        whole.paste(picture, (number % across * SIDE, number // across * SIDE))
    whole.save(path, optimize=True)


names = [line.split("\t")[0] for line in (HERE / "drawings.tsv").read_text().splitlines()]
sheet(HERE / "drawings.png", [drawn(name) for name in names])
sheet(HERE / "subject.png", [drawn(OWL, **view) for view in VIEWS])
