// Verifies a receipt of removal in this page, as docs/specs/receipt.md says: nothing of it is sent anywhere.
//
// SHA-256 and Ed25519 are the browser's (WebCrypto). Every step that held is handed out, so that a page can show it.

const MOST_BYTES = 8192;
const FIELDS = {
    "": ["format", "version", "uid", "before", "after", "claim"],
    before: ["statement", "number", "path"],
    after: ["statement", "number", "between", "path"],
    claim: ["entry", "number", "path", "checkpoint"],
};
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
const encoder = new TextEncoder();

/** Why a receipt does not hold: a code of the specification, and a sentence. */
class Fault extends Error {
    constructor(code, why) {
        super(why);
        this.code = code;
    }
}

function must(holds, code, why) {
    if (!holds) throw new Fault(code, why);
}

function joined(...parts) {
    const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
        all.set(part, at);
        at += part.length;
    }
    return all;
}

const isSame = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** The bytes of a text in base64, which is the only one for them; null where it is none. */
function fromBase64(text) {
    try {
        const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        return toBase64(bytes) === text ? bytes : null;
    } catch {
        return null;
    }
}

/** The hashes of a path: groups of four bytes as five digits of base 85. */
function pathOf(text, field) {
    const whole = `${field} cannot be read: it is not whole hashes in base 85`;
    must(text.length % 40 === 0, "malformed", whole);
    const bytes = new Uint8Array((text.length / 5) * 4);
    const view = new DataView(bytes.buffer);
    for (let group = 0; group < text.length / 5; group += 1) {
        let number = 0;
        for (const digit of text.slice(group * 5, group * 5 + 5)) {
            const value = DIGITS.indexOf(digit);
            must(value >= 0, "malformed", whole);
            number = number * 85 + value;
        }
        must(number < 2 ** 32, "malformed", whole);
        view.setUint32(group * 4, number);
    }
    return Array.from({ length: text.length / 40 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
}

/** A key that verifies notes: NAME+ID+KEY. Throws a TypeError where it is none. */
async function keyOf(text) {
    const [name, id, ...rest] = text.trim().split("+");
    const raw = fromBase64(rest.join("+"));
    if (!raw || raw.length !== 33 || raw[0] !== 1) throw new TypeError("it is not NAME+ID+KEY with a key of Ed25519");
    const digest = await sha256(encoder.encode(`${name}\n`), raw);
    if (toHex(digest.subarray(0, 4)) !== id) throw new TypeError("its id is not that of name and key: a letter may be wrong");
    return { name, id, key: await crypto.subtle.importKey("raw", raw.subarray(1), { name: "Ed25519" }, false, ["verify"]) };
}

/** The text and the signatures of a signed note. */
function noteOf(note, field) {
    const at = note.lastIndexOf("\n\n");
    must(at >= 0 && note.endsWith("\n"), "malformed", `${field} cannot be read: it is no signed note`);
    const signatures = note.slice(at + 2, -1).split("\n").map((line) => {
        const match = /^\u2014 ([^ +]+) ([A-Za-z0-9+/]+=*)$/.exec(line);
        const raw = match && fromBase64(match[2]);
        must(raw && raw.length > 4, "malformed", `${field} cannot be read: a line is no signature`);
        return { name: match[1], id: toHex(raw.subarray(0, 4)), bytes: raw.subarray(4) };
    });
    return { text: note.slice(0, at + 1), signatures };
}

/** Checks that one of these keys signed a note, and says which. */
async function signedBy(note, keys, which) {
    const signers = note.signatures.map(({ name, id }) => `${name}+${id}`).join(", ");
    let isNamed = false;
    for (const key of keys) {
        for (const signature of note.signatures.filter(({ name, id }) => name === key.name && id === key.id)) {
            isNamed = true;
            if (await crypto.subtle.verify({ name: "Ed25519" }, key.key, signature.bytes, encoder.encode(note.text))) {
                return `${key.name}+${key.id}`;
            }
        }
    }
    must(!isNamed, "forged", `the signature on ${which} is forged: ${signers} did not sign this`);
    throw new Fault("wrong-key", `${which} is signed by ${signers}, which is no key that was given`);
}

const isNumber = (text) => /^(0|[1-9][0-9]{0,15})$/.test(text ?? "") && Number.isSafeInteger(Number(text));

function headOf(lines) {
    const root = fromBase64(lines[2] ?? "");
    if (!lines[0] || !isNumber(lines[1]) || root?.length !== 32) return null;
    return { origin: lines[0], size: Number(lines[1]), root };
}

function statementOf(note, which) {
    const no = (why) => new Fault("statement", `the statement on the snapshot ${which} cannot be read: ${why}`);
    const lines = note.text.slice(0, -1).split("\n");
    if (lines[0] !== "sayso snapshot v1") throw no("it is no statement of version 1");
    const [, dataset, snapshot, uids, root, manifest, head] = lines;
    const isWhole = (lines.length === 6 || lines.length === 7) && dataset && !/\s/.test(dataset) && isNumber(snapshot)
        && snapshot !== "0" && isNumber(uids) && fromBase64(root)?.length === 32 && fromBase64(manifest)?.length === 32;
    if (!isWhole) throw no("its lines are not those of a statement");
    const registry = head === undefined ? null : headOf(head.split(" "));
    if (head !== undefined && (!registry || head.split(" ").length !== 3)) throw no("its last line is no head of a registry");
    return { dataset, snapshot: Number(snapshot), uids: Number(uids), root: fromBase64(root), registry };
}

/** The root to which a path leads from leaves that stand side by side. */
async function rangeRoot(size, first, leaves, path, code, what) {
    const no = (why) => `${what} does not hold: ${why}`;
    let [low, high, width, row] = [first, first + leaves.length - 1, size, [...leaves]];
    const rest = [...path];
    must(leaves.length > 0 && high < size, code, no("its number lies behind the tree's end"));
    while (width > 1) {
        if (low % 2 === 1) {
            must(rest.length > 0, code, no("its path ends below the root"));
            row.unshift(rest.shift());
        }
        if (high % 2 === 0 && high + 1 < width) {
            must(rest.length > 0, code, no("its path ends below the root"));
            row.push(rest.shift());
        }
        const above = [];
        for (let at = 0; at < row.length; at += 2) {
            above.push(at + 1 < row.length ? await sha256([1], row[at], row[at + 1]) : row[at]);
        }
        row = above;
        [low, high, width] = [Math.floor(low / 2), Math.floor(high / 2), Math.ceil(width / 2)];
    }
    must(rest.length === 0, code, no("its path is longer than the tree is high"));
    return row[0];
}

function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The document, with all of its fields there, and no others. */
function documentOf(text) {
    must(encoder.encode(text).length <= MOST_BYTES, "oversize", `it is longer than ${MOST_BYTES} bytes, which no receipt is`);
    let found;
    try {
        found = JSON.parse(text);
    } catch {
        throw new Fault("truncated", "it breaks off, or is no JSON: the document is not complete");
    }
    must(isObject(found), "malformed", "the document cannot be read: it is no object");
    must(found.format === "sayso-receipt", "not-a-receipt", "it is no receipt of removal");
    must(Number.isSafeInteger(found.version) && found.version >= 1, "not-a-receipt", "it has no version");
    must(found.version === 1, "from-the-future", `it is of version ${found.version}, and this page reads version 1`);
    for (const [part, names] of Object.entries(FIELDS)) {
        const inner = part ? found[part] : found;
        const has = isObject(inner) && Object.keys(inner).length === names.length && names.every((name) => Object.hasOwn(inner, name));
        must(has, "malformed", "the document cannot be read: its fields are not those of version 1");
        for (const name of ["statement", "path", "entry", "checkpoint"].filter((name) => names.includes(name))) {
            must(typeof inner[name] === "string", "malformed", `the document cannot be read: ${name} is no text`);
        }
        must(!part || (Number.isSafeInteger(inner.number) && inner.number >= 0), "malformed", "the document cannot be read: a number is none");
    }
    // Parsers take the last of two fields of one name, or the first.
    const names = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter((match) => match[1]).length;
    must(names === Object.values(FIELDS).flat().length, "malformed", "the document cannot be read: a field stands there twice");
    const { uid, after } = found;
    const isUid = (text) => typeof text === "string" && /^[0-9a-f]{32}$/.test(text);
    const areTwo = Array.isArray(after.between) && after.between.length === 2 && after.between.every((it) => it === null || isUid(it));
    must(isUid(uid) && areTwo, "malformed", "the document cannot be read: a uid is none");
    return found;
}

const uidBytes = (uid) => Uint8Array.from(uid.match(/../g), (pair) => Number.parseInt(pair, 16));
const uidHash = (uid) => sha256([0], uidBytes(uid));

async function checkAbsence(uid, after, path, now) {
    const [left, right] = after.between;
    const what = `the proof that it is not in snapshot ${now.snapshot}`;
    const no = (why) => `${what} does not hold: ${why}`;
    // Hexadecimal digits in lower case stand in the order of their bytes.
    const isBetween = (left === null || left < uid) && (right === null || uid < right);
    must(isBetween, "absence", no("it does not stand between its neighbours"));
    const leaves = await Promise.all([left, right].filter((it) => it !== null).map(uidHash));
    if (leaves.length === 0) {
        const isEmpty = now.uids === 0 && path.length === 0 && isSame(now.root, await sha256());
        must(isEmpty, "absence", no("its neighbours are missing"));
        return;
    }
    const isAtEnds = (left !== null || after.number === 0) && (right !== null || after.number + 1 === now.uids);
    must(isAtEnds, "absence", no("a neighbour is missing"));
    const root = await rangeRoot(now.uids, after.number, leaves, path, "absence", what);
    must(isSame(root, now.root), "absence", no("it leads to another root"));
}

function claimOf(entry) {
    let found;
    try {
        found = JSON.parse(entry);
    } catch {
        throw new Fault("entry", "the entry of the log cannot be read");
    }
    must(isObject(found) && found.version === 1 && typeof found.event === "string", "entry", "the entry of the log cannot be read, or is of a later version");
    must(found.event !== "revoked", "revoked", "the entry of the log takes a claim back, which is no reason to remove anything");
    must(found.event === "asserted", "no-claim", `the entry of the log makes no claim: it is ${found.event}`);
    const wishes = Object.entries(isObject(found.preferences) ? found.preferences : {});
    must(wishes.some(([, wish]) => wish !== "allowed"), "allows", "the claim allows all that it speaks of, which is no reason to remove anything");
    const about = isObject(found.subject) ? found.subject : {};
    const told = about.value ? `${about.kind}:${about.value}` : `a ${about.kind} that the log does not tell`;
    return `a claim of ${found.at} on ${told}: ${wishes.map((wish) => wish.join(" ")).join(", ")}`;
}

/**
 * Verifies a receipt. `held` is called with the sentence of each step that held, `open` with that of each that was not checked.
 *
 * @returns {Promise<{uid: string, isSigned: boolean}>}
 * @throws {Fault} where a step does not hold
 */
async function verifyReceipt(text, { builder, registry, wanted }, held, open) {
    const { uid, before, after, claim } = documentOf(text);
    const [beforeNote, afterNote] = [noteOf(before.statement, "before.statement"), noteOf(after.statement, "after.statement")];
    const [was, now] = [statementOf(beforeNote, "before"), statementOf(afterNote, "after")];
    const paths = [["before", before], ["after", after], ["claim", claim]].map(([name, part]) => pathOf(part.path, `${name}.path`));
    held(`It is a receipt for sample ${uid}.`);
    must(!wanted || wanted === uid, "other-uid", `it is a receipt for ${uid}, and not for ${wanted}`);
    if (wanted) held("That is the sample you asked for.");

    if (builder.length > 0) {
        const signer = await signedBy(beforeNote, builder, `the statement on snapshot ${was.snapshot}`);
        held(`${signer} signed what was in snapshot ${was.snapshot} of ${was.dataset}: ${was.uids} samples.`);
        const later = await signedBy(afterNote, builder, `the statement on snapshot ${now.snapshot}`);
        held(`${later} signed what is in snapshot ${now.snapshot}: ${now.uids} samples.`);
    } else {
        const signers = afterNote.signatures.map(({ name, id }) => `${name}+${id}`).join(", ");
        open(`The statements say that ${signers} signed them. No key was given to check it.`);
    }
    must(was.dataset === now.dataset, "other-dataset", `the snapshots are of two datasets, ${was.dataset} and ${now.dataset}`);
    must(was.snapshot < now.snapshot, "order", `the snapshots are in the wrong order: it was in ${was.snapshot}, and ${now.snapshot} is not later`);
    held(`Snapshot ${now.snapshot} is later than snapshot ${was.snapshot}, of the same dataset.`);

    const what = `the proof that it was in snapshot ${was.snapshot}`;
    const root = await rangeRoot(was.uids, before.number, [await uidHash(uid)], paths[0], "inclusion", what);
    must(isSame(root, was.root), "inclusion", `${what} does not hold: it leads to another root`);
    held(`The sample was in snapshot ${was.snapshot}.`);
    await checkAbsence(uid, after, paths[1], now);
    held(`The sample is not in snapshot ${now.snapshot}.`);

    const claimed = claimOf(claim.entry);
    const isShort = claim.checkpoint.startsWith("\u2014") && now.registry;
    const head = isShort ? `${now.registry.origin}\n${now.registry.size}\n${toBase64(now.registry.root)}\n\n` : "";
    const checkpoint = noteOf(head + claim.checkpoint, "claim.checkpoint");
    const log = headOf(checkpoint.text.split("\n"));
    must(log, "malformed", "claim.checkpoint cannot be read: it is no checkpoint");
    const onLog = `the proof that entry ${claim.number} is on the log`;
    const logRoot = await rangeRoot(log.size, claim.number, [await sha256([0], encoder.encode(claim.entry))], paths[2], "log", onLog);
    must(isSame(logRoot, log.root), "log", `${onLog} does not hold: it leads to another root`);
    if (now.registry?.origin === log.origin) {
        const isFork = now.registry.size === log.size && !isSame(now.registry.root, log.root);
        must(!isFork, "registry-fork", `the registry forks: builder and checkpoint name different roots of ${log.size} entries`);
        must(claim.number < now.registry.size, "entry-too-late", `entry ${claim.number} was not yet on the log when snapshot ${now.snapshot} was judged`);
    }
    held(`Entry ${claim.number} of the log ${log.origin} is ${claimed}.`);
    if (registry.length > 0) {
        const keys = registry.filter(({ name }) => name === log.origin);
        must(keys.length > 0, "checkpoint", `the registry's checkpoint does not hold: it is of the log ${log.origin}, and the key that was given is not`);
        try {
            await signedBy(checkpoint, keys, "the checkpoint");
        } catch (fault) {
            throw new Fault("checkpoint", `the registry's checkpoint does not hold: ${fault.message}`);
        }
        held(`The registry signed its log of ${log.size} entries.`);
    } else {
        open(`The registry's signature on its log of ${log.size} entries was not checked: its key was not given.`);
    }
    return { uid, isSigned: builder.length > 0 };
}
