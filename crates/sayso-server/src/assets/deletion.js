// Verifies a receipt of deletion in this page, as docs/specs/registry.md says: nothing of it is sent anywhere. It stands behind receipt.js.

const DELETION_FORMAT = "sayso-deletion";
const MOST_DELETION_BYTES = 1 << 20;
const CONTENT_KINDS = ["upload", "weights", "paper", "picture"];

/** Whether a text is meant to be a receipt of deletion. */
const isDeletion = (text) => text.includes(`"${DELETION_FORMAT}"`);

function fromHex(text) {
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function contentsOf(lines) {
    const contents = lines.map((line) => {
        const match = typeof line === "string" && /^(upload|weights|paper|picture) ([0-9a-f]{64}) (0|[1-9][0-9]{0,15})$/.exec(line);
        must(match, "malformed", "a line of the contents cannot be read");
        return { line, kind: CONTENT_KINDS.indexOf(match[1]), sha256: match[2], bytes: Number(match[3]) };
    });
    contents.sort((a, b) => a.kind - b.kind || (a.sha256 < b.sha256 ? -1 : a.sha256 > b.sha256 ? 1 : a.bytes - b.bytes));
    return contents.map(({ line }) => `${line}\n`).join("");
}

function deletionOf(text) {
    must(encoder.encode(text).length <= MOST_DELETION_BYTES, "oversize", "it is larger than any receipt of deletion");
    let found;
    try {
        found = JSON.parse(text);
    } catch {
        throw new Fault("malformed", "it cannot be read: it is no JSON, or not whole");
    }
    must(isObject(found) && found.format === DELETION_FORMAT, "not-a-receipt", "it is no receipt of deletion");
    must(!(found.version > 1), "from-the-future", `it is of version ${found.version}, which this page does not know`);
    const isHex = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
    const isWhole = found.version === 1 && isHex(found.salt) && isHex(found.commitment) && Array.isArray(found.contents)
        && Object.keys(found).every((name) => ["format", "version", "commitment", "salt", "contents", "log"].includes(name));
    must(isWhole, "malformed", "it cannot be read: its fields are not those of a receipt of deletion");
    return found;
}

function deletedEntry(text, number) {
    let entry;
    try {
        entry = JSON.parse(text);
    } catch {
        throw new Fault("entry", "the entry of the log cannot be read");
    }
    const isKnown = isObject(entry) && entry.version === 2 && entry.event === "deleted";
    must(isKnown, "entry", `entry ${number} of the log is none of a deletion, or of a later version`);
    return entry;
}

/**
 * Verifies a receipt of deletion. `held` is called with the sentence of each step that held, `open` with that of each that was not checked.
 *
 * @returns {Promise<boolean>} whether the log's signature was checked
 * @throws {Fault} where a step does not hold
 */
async function verifyDeletion(text, registry, held, open) {
    const { commitment, salt, contents, log } = deletionOf(text);
    const value = contentsOf(contents);
    const opened = toHex(await sha256(fromHex(salt), encoder.encode("contents"), [0], encoder.encode(value)));
    must(opened === commitment, "commitment", "salt and contents lead to another commitment than it names: something in it was changed");
    held(`It is a receipt of deletion for ${contents.length} files, whose digests lead to its commitment.`);
    must(isObject(log), "not-yet", "it is from before the deletion, and nothing proves that there was one");
    const { number, size, path } = isObject(log.inclusion) ? log.inclusion : {};
    const hashes = Array.isArray(path) ? path.map((hash) => fromBase64(hash)) : [null];
    const isProof = typeof log.entry === "string" && typeof log.checkpoint === "string" && Number.isSafeInteger(number) && number >= 0
        && Number.isSafeInteger(size) && hashes.length <= 130 && hashes.every((hash) => hash?.length === 32);
    must(isProof, "malformed", "the proof of its entry cannot be read");
    const entry = deletedEntry(log.entry, number);
    must(entry.contents === commitment, "other-contents", `entry ${number} of the log is about something else`);
    held(`Entry ${number} says that ${entry.files} files were deleted at ${entry.deleted_at}, from ${entry.made_at} on (${entry.cause}), and that these were among them.`);
    const checkpoint = noteOf(log.checkpoint, "log.checkpoint");
    const head = headOf(checkpoint.text.split("\n"));
    must(head, "checkpoint", "the checkpoint cannot be read");
    const onLog = `the proof that entry ${number} is on the log`;
    must(size === head.size, "log", `${onLog} does not hold: it is of another size than the tree`);
    const root = await rangeRoot(head.size, number, [await sha256([0], encoder.encode(log.entry))], hashes, "log", onLog);
    must(isSame(root, head.root), "log", `${onLog} does not hold: it leads to another root`);
    held(`The entry is on the log ${head.origin}.`);
    if (registry.length === 0) {
        open(`The signature on the log of ${head.size} entries was not checked: the registry’s key was not given.`);
        return false;
    }
    const keys = registry.filter(({ name }) => name === head.origin);
    must(keys.length > 0, "checkpoint", `the registry's checkpoint does not hold: it is of the log ${head.origin}, and the key that was given is not`);
    try {
        await signedBy(checkpoint, keys, "the checkpoint");
    } catch (fault) {
        throw new Fault("checkpoint", `the registry's checkpoint does not hold: ${fault.message}`);
    }
    held(`The registry signed its log of ${head.size} entries.`);
    return true;
}
