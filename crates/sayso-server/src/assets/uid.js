// A sample's uid, of its picture's address and its caption: the first half of a BLAKE3 hash, which browsers do not have.

const IV = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const ORDER = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const LANES = [
    [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
    [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
];
const [CHUNK_START, CHUNK_END, PARENT, ROOT] = [1, 2, 4, 8];
const CHUNK_BYTES = 1024;
const BLOCK_BYTES = 64;

const turned = (word, bits) => (word >>> bits) | (word << (32 - bits));

/** The compression function: the first half of what it gives. */
function compress(cv, words, counter, length, flags) {
    const v = [...cv, ...IV.slice(0, 4), counter, 0, length, flags];
    let m = words;
    for (let round = 0; round < 7; round += 1) {
        for (const [at, [a, b, c, d]] of LANES.entries()) {
            for (const [word, first, second] of [[m[2 * at], 16, 12], [m[2 * at + 1], 8, 7]]) {
                v[a] = (v[a] + v[b] + word) | 0;
                v[d] = turned(v[d] ^ v[a], first);
                v[c] = (v[c] + v[d]) | 0;
                v[b] = turned(v[b] ^ v[c], second);
            }
        }
        m = ORDER.map((from) => m[from]);
    }
    return v.slice(0, 8).map((word, at) => word ^ v[at + 8]);
}

/** The hash of one chunk. */
function chunk(bytes, number, root) {
    const blocks = Math.max(1, Math.ceil(bytes.length / BLOCK_BYTES));
    let cv = IV;
    for (let at = 0; at < blocks; at += 1) {
        const block = bytes.subarray(at * BLOCK_BYTES, (at + 1) * BLOCK_BYTES);
        const padded = new DataView(new ArrayBuffer(BLOCK_BYTES));
        block.forEach((byte, place) => padded.setUint8(place, byte));
        const words = Array.from({ length: 16 }, (_, word) => padded.getUint32(word * 4, true));
        const flags = (at === 0 ? CHUNK_START : 0) | (at === blocks - 1 ? CHUNK_END | root : 0);
        cv = compress(cv, words, number, block.length, flags);
    }
    return cv;
}

/** The hash of some chunks, the first of them being number `first`. */
function subtree(bytes, first, root) {
    const chunks = Math.ceil(bytes.length / CHUNK_BYTES);
    if (chunks <= 1) return chunk(bytes, first, root);
    // The left side has the largest power of two of chunks that leaves one to the right.
    const left = 2 ** Math.floor(Math.log2(chunks - 1));
    const split = left * CHUNK_BYTES;
    const both = [...subtree(bytes.subarray(0, split), first, 0), ...subtree(bytes.subarray(split), first + left, 0)];
    return compress(IV, both, 0, BLOCK_BYTES, PARENT | root);
}

/** The uid of a picture's address with a caption, in hexadecimal digits. */
function uidOf(url, caption) {
    const [address, text] = [url, caption].map((part) => new TextEncoder().encode(part));
    const bytes = new Uint8Array(8 + address.length + text.length);
    new DataView(bytes.buffer).setUint32(0, address.length, true);
    bytes.set(address, 8);
    bytes.set(text, 8 + address.length);
    const digest = new DataView(new ArrayBuffer(16));
    subtree(bytes, 0, ROOT).slice(0, 4).forEach((word, at) => digest.setUint32(at * 4, word, true));
    return Array.from(new Uint8Array(digest.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
