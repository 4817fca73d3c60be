"""The edits of the robustness benchmark: each takes a picture and a source of chance, and gives the file's bytes."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

WORDS = ["SALE", "Subscribe!", "DRAFT COPY", "when you finally\nget it", "© somebody", "Monday again", "photo 23/117"]


def coded(picture, form="JPEG", quality=85):
    file = io.BytesIO()
    picture.save(file, form, quality=quality)
    return form, file.getvalue()


def scaled(percent):
    def edit(picture, _):
        size = [max(1, round(side * percent / 100)) for side in picture.size]
        return coded(picture.resize(size, Image.Resampling.LANCZOS))

    return edit


def cropped(percent):
    """Takes away this share of the width and of the height, from a random place."""

    def edit(picture, chance):
        (w, h), keep = picture.size, 1 - percent / 100
        width, height = max(1, round(w * keep)), max(1, round(h * keep))
        left, top = int(chance.integers(0, w - width + 1)), int(chance.integers(0, h - height + 1))
        return coded(picture.crop((left, top, left + width, top + height)))

    return edit


def turned(degrees):
    """Turned by a right angle as it is; by another with white corners."""

    def edit(picture, chance):
        sign = 1 if chance.random() < 0.5 else -1
        if degrees == 90:
            return coded(picture.transpose(Image.Transpose.ROTATE_90 if sign > 0 else Image.Transpose.ROTATE_270))
        return coded(picture.rotate(sign * degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white"))

    return edit


def border(picture, chance):
    """A frame of one colour, 8 % of the longer side."""
    edge = round(max(picture.size) * 0.08)
    colour = tuple(int(level) for level in chance.integers(0, 256, 3))
    framed = Image.new("RGB", (picture.width + 2 * edge, picture.height + 2 * edge), colour)
    framed.paste(picture, (edge, edge))
    return coded(framed)


def text(picture, chance):
    """A line or two, as high as a seventh of the picture, white with a black outline, somewhere on it."""
    picture = picture.copy()
    size = max(10, picture.height // 7)
    font = ImageFont.load_default(size)
    words = WORDS[int(chance.integers(0, len(WORDS)))]
    place = (picture.width * chance.uniform(0.02, 0.4), picture.height * chance.uniform(0.05, 0.7))
    ImageDraw.Draw(picture).multiline_text(place, words, "white", font, stroke_width=max(1, size // 12), stroke_fill="black")
    return coded(picture)


def logo(picture, chance):
    """A badge, a quarter of the shorter side wide, in a corner."""
    picture = picture.copy()
    side = min(picture.size) // 4
    left = 0.03 * picture.width if chance.random() < 0.5 else 0.97 * picture.width - side
    top = 0.03 * picture.height if chance.random() < 0.5 else 0.97 * picture.height - side
    draw = ImageDraw.Draw(picture)
    draw.ellipse((left, top, left + side, top + side), "#d02030", "white", max(1, side // 20))
    draw.polygon([(left + side * x, top + side * y) for x, y in ((0.3, 0.7), (0.5, 0.2), (0.75, 0.75))], "white")
    return coded(picture)


def hue(picture, chance):
    """Hues turned by 30 degrees of 360."""
    h, s, v = picture.convert("HSV").split()
    shift = round(256 * 30 / 360) * (1 if chance.random() < 0.5 else -1)
    h = Image.fromarray((np.asarray(h).astype(int) + shift).astype(np.uint8))
    return coded(Image.merge("HSV", (h, s, v)).convert("RGB"))


def brightness(picture, chance):
    return coded(ImageEnhance.Brightness(picture).enhance(1.4 if chance.random() < 0.5 else 0.65))


def blur(picture, _):
    """A Gaussian as wide as 0.6 % of the longer side."""
    return coded(picture.filter(ImageFilter.GaussianBlur(max(picture.size) * 0.006)))


def noise(picture, chance):
    pixels = np.asarray(picture).astype(np.float32) + chance.normal(0, 15, np.asarray(picture).shape)
    return coded(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)))


def screenshot(picture, chance):
    """In a window of 1280 to 800 with a bar, a column of text and a post around it; the picture takes 25 to 60 % of it."""
    dark = chance.random() < 0.5
    ground, ink = ("#18191c", "#d8d8d8") if dark else ("#ffffff", "#303030")
    window = Image.new("RGB", (1280, 800), ground)
    draw = ImageDraw.Draw(window)
    draw.rectangle((0, 0, 1280, 56), "#2b2d31" if dark else "#e9eaee")
    draw.rounded_rectangle((200, 12, 900, 44), 16, ground)
    draw.text((220, 16), "https://example.org/post/8412", ink, ImageFont.load_default(18))
    for row in range(18):
        draw.text((24, 90 + 38 * row), "lorem ipsum dolor sit amet "[: 8 + row * 5 % 19], ink, ImageFont.load_default(16))
    draw.ellipse((270, 80, 318, 128), "#4078c0")
    draw.text((332, 92), "Somebody · 3 h", ink, ImageFont.load_default(20))
    share = chance.uniform(0.25, 0.6)
    scale = min((share * 1280 * 800 / (picture.width * picture.height)) ** 0.5, 960 / picture.width, 620 / picture.height)
    shown = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.BICUBIC)
    window.paste(shown, (270 + int(chance.integers(0, 961 - shown.width)), 140 + int(chance.integers(0, 621 - shown.height))))
    return coded(window)


EDITS = {
    "scale25": scaled(25),
    "scale50": scaled(50),
    "scale400": scaled(400),
    "jpeg20": lambda picture, _: coded(picture, quality=20),
    "jpeg90": lambda picture, _: coded(picture, quality=90),
    "webp50": lambda picture, _: coded(picture, "WEBP", 50),
    "grey": lambda picture, _: coded(picture.convert("L").convert("RGB")),
    "hue": hue,
    "brightness": brightness,
    "blur": blur,
    "noise": noise,
    "text": text,
    "logo": logo,
    "border": border,
    "mirror": lambda picture, _: coded(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "turn5": turned(5),
    "turn90": turned(90),
    "crop10": cropped(10),
    "crop25": cropped(25),
    "crop50": cropped(50),
    "screenshot": screenshot,
}
