// PDQ in the page: the picture is hashed where it lies, and only the hash leaves it.
//
// As in "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (Meta, 2019): luminance, shrunk to
// 64 x 64 by a tent filter, its 16 x 16 lowest frequencies but the constant ones, one bit for each above their median.
// The same steps in Rust stand in crates/sayso-picture/src/pdq; a test compares the two.

const SIDE = 64;
const FREQUENCIES = 16;

/** Pixels that a picture must have on each side. */
export const LEAST_PIXELS = 5;

/** The ways in which a picture can lie, in the order of `hashes`. */
export const TURNS = [
    { transposes: false, isNegative: () => false },
    { transposes: true, isNegative: (down, across) => across },
    { transposes: false, isNegative: (down, across) => down !== across },
    { transposes: true, isNegative: (down) => down },
    { transposes: false, isNegative: (down) => down },
    { transposes: false, isNegative: (down, across) => across },
    { transposes: true, isNegative: () => false },
    { transposes: true, isNegative: (down, across) => down !== across },
];

/** What each of 64 pixels takes of a side of `length` pixels: two windows slid over it are one tent. */
function tents(length) {
    const window = Math.ceil(length / (2 * SIDE));
    const covered = (at) => {
        const behind = Math.floor(window / 2);
        const before = window - behind - 1;
        return { start: Math.max(at - before, 0), end: Math.min(at + behind + 1, length) };
    };
    return Array.from({ length: SIDE }, (_, number) => {
        const centre = Math.floor(((2 * number + 1) * length) / (2 * SIDE));
        const outer = covered(centre);
        const start = covered(outer.start).start;
        const end = covered(outer.end - 1).end;
        const weights = new Float64Array(end - start);
        for (let middle = outer.start; middle < outer.end; middle += 1) {
            const inner = covered(middle);
            const share = 1 / ((outer.end - outer.start) * (inner.end - inner.start));
            for (let at = inner.start; at < inner.end; at += 1) weights[at - start] += share;
        }
        return { start, weights };
    });
}

/** Shrinks rows of luminance to 64 x 64; `row(y)` is asked once for each row, from the top. */
function shrink(width, height, row) {
    const down = tents(height);
    const across = tents(width);
    const sums = down.map(() => null);
    const small = [];
    for (let y = 0; y < height; y += 1) {
        let luminance = null;
        for (let number = small.length; number < SIDE && down[number].start <= y; number += 1) {
            const tent = down[number];
            const weight = tent.weights[y - tent.start];
            if (weight === undefined) continue;
            luminance ??= row(y);
            const sum = (sums[number] ??= new Float64Array(width));
            for (let x = 0; x < width; x += 1) sum[x] += weight * luminance[x];
        }
        while (small.length < SIDE && down[small.length].start + down[small.length].weights.length <= y + 1) {
            const sum = sums[small.length];
            sums[small.length] = null;
            small.push(across.map((tent) => tent.weights.reduce((total, weight, at) => total + weight * sum[tent.start + at], 0)));
        }
    }
    return small;
}

const COSINES = Array.from({ length: FREQUENCIES }, (_, frequency) =>
    Array.from(
        { length: SIDE },
        (_, place) => Math.sqrt(2 / SIDE) * Math.cos((Math.PI / (2 * SIDE)) * (frequency + 1) * (2 * place + 1)),
    ),
);

function frequenciesOf(small) {
    return COSINES.map((down) => {
        const row = new Float64Array(SIDE);
        for (let y = 0; y < SIDE; y += 1) for (let x = 0; x < SIDE; x += 1) row[x] += down[y] * small[y][x];
        return COSINES.map((across) => across.reduce((total, weight, x) => total + weight * row[x], 0));
    });
}

/** How much there is to see, from 0 to 100. */
function qualityOf(small) {
    const step = (from, to) => Math.abs(Math.trunc(((from - to) * 100) / 255));
    let sum = 0;
    for (let y = 0; y < SIDE; y += 1) {
        for (let x = 0; x < SIDE; x += 1) {
            if (y + 1 < SIDE) sum += step(small[y][x], small[y + 1][x]);
            if (x + 1 < SIDE) sum += step(small[y][x], small[y][x + 1]);
        }
    }
    return Math.min(Math.floor(sum / 90), 100);
}

function hashOf(frequencies, turn) {
    const values = new Float64Array(FREQUENCIES * FREQUENCIES);
    for (let row = 0; row < FREQUENCIES; row += 1) {
        for (let column = 0; column < FREQUENCIES; column += 1) {
            // The first frequency is odd: that of half a wave.
            const isNegative = turn.isNegative(row % 2 === 0, column % 2 === 0);
            const to = turn.transposes ? column * FREQUENCIES + row : row * FREQUENCIES + column;
            values[to] = isNegative ? -frequencies[row][column] : frequencies[row][column];
        }
    }
    // Of two in the middle it is the lower.
    const median = Float64Array.from(values).sort()[values.length / 2 - 1];
    let hex = "";
    // The last frequency is written first.
    for (let at = values.length; at > 0; at -= 4) {
        let digit = 0;
        for (let bit = 1; bit <= 4; bit += 1) digit = digit * 2 + (values[at - bit] > median ? 1 : 0);
        hex += digit.toString(16);
    }
    return hex;
}

/**
 * The quality and the eight hashes of a picture.
 *
 * @param {{width: number, height: number, data: Uint8ClampedArray}} picture red, green, blue and alpha of each pixel
 * @returns {{quality: number, hashes: string[]} | null} nothing of a picture that is too small
 */
export function pdq({ width, height, data }) {
    if (Math.min(width, height) < LEAST_PIXELS) return null;
    const luminance = new Float64Array(width);
    const small = shrink(width, height, (y) => {
        for (let x = 0, at = y * width * 4; x < width; x += 1, at += 4) {
            luminance[x] = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
        }
        return luminance;
    });
    const frequencies = frequenciesOf(small);
    return { quality: qualityOf(small), hashes: TURNS.map((turn) => hashOf(frequencies, turn)) };
}
