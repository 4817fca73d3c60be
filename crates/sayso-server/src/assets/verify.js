// The page that verifies receipts. It stands behind receipt.js in one file; nothing that is chosen or pasted leaves the page.

const file = document.getElementById("file");
const pasted = document.getElementById("receipt");
const drop = document.getElementById("drop");
const verdict = document.getElementById("verdict");
const steps = document.getElementById("steps");

// Receipts of one file that are looked at: each is shown on a line of its own.
const MOST_RECEIPTS = 1000;
const MOST_BYTES_OF_FILE = MOST_RECEIPTS * (MOST_BYTES + 1);

/** What the browser lacks for it; nothing where it has all. */
async function lacking() {
    if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) {
        return "This page did not come over https, so the browser keeps its cryptography from it. Open it over https, or verify on the command line.";
    }
    try {
        await crypto.subtle.importKey("raw", new Uint8Array(32).fill(1), { name: "Ed25519" }, false, ["verify"]);
    } catch (error) {
        if (error.name === "NotSupportedError") {
            return "This browser cannot check signatures of Ed25519, so nothing can be verified here. Take a newer one, or verify on the command line.";
        }
    }
    return "";
}

function say(state, text, fault = "") {
    verdict.dataset.state = state;
    verdict.dataset.fault = fault;
    verdict.textContent = text;
}

function step(kind, text) {
    const line = document.createElement("li");
    line.className = kind;
    const mark = document.createElement("span");
    mark.className = "sign";
    mark.textContent = { held: "\u2713", open: "?", failed: "\u2717" }[kind];
    const spoken = document.createElement("span");
    spoken.className = "hidden";
    spoken.textContent = { held: "Holds: ", open: "Not checked: ", failed: "Does not hold: " }[kind];
    const words = document.createElement("bdi");
    words.textContent = text;
    line.append(mark, spoken, words);
    steps.append(line);
}

async function keysOf(id, whose) {
    const lines = document.getElementById(id).value.split("\n").map((line) => line.trim()).filter((line) => line);
    try {
        return await Promise.all(lines.map(keyOf));
    } catch (error) {
        throw new TypeError(`The ${whose}’s key cannot be read: ${error.message}.`);
    }
}

/** Verifies one receipt and shows each step. */
async function one(text, keys) {
    try {
        const { isSigned } = await verifyReceipt(text, keys, (words) => step("held", words), (words) => step("open", words));
        if (isSigned) return say("holds", "The receipt holds.");
        say("unknown", "It is not known whether the builder signed it: give the builder’s key, which you have from the builder and not from whoever gave you the receipt.", "no-key");
    } catch (fault) {
        if (!(fault instanceof Fault)) throw fault;
        step("failed", `${fault.message}.`);
        say("fails", `The receipt does not hold: ${fault.message}.`, fault.code);
    }
}

/** Verifies a receipt of deletion and shows each step. */
async function deletion(text, keys) {
    try {
        const isSigned = await verifyDeletion(text, keys.registry, (words) => step("held", words), (words) => step("open", words));
        if (isSigned) return say("holds", "The receipt holds.");
        say("unknown", "It is not known whether the registry signed it: give the registry’s key, which you have from whoever keeps it.", "no-key");
    } catch (fault) {
        if (!(fault instanceof Fault)) throw fault;
        step("failed", `${fault.message}.`);
        say("fails", `The receipt does not hold: ${fault.message}.`, fault.code);
    }
}

/** Verifies many and shows one line for each; where a sample is named, for its own alone. */
async function many(lines, keys) {
    const sum = { held: 0, open: 0, failed: 0 };
    let others = 0;
    for (const [at, line] of lines.entries()) {
        let [kind, words] = ["failed", ""];
        try {
            const { uid, isSigned } = await verifyReceipt(line, keys, () => {}, () => {});
            [kind, words] = isSigned ? ["held", `sample ${uid}`] : ["open", `sample ${uid}: the builder’s key was not given`];
        } catch (fault) {
            if (!(fault instanceof Fault)) throw fault;
            if (fault.code === "other-uid") {
                others += 1;
                continue;
            }
            words = `${fault.message}.`;
        }
        sum[kind] += 1;
        step(kind, `Receipt ${at + 1}: ${words}`);
    }
    if (others === lines.length) return say("fails", `None of the ${lines.length} receipts is for ${keys.wanted}.`, "other-uid");
    const state = sum.failed > 0 ? "fails" : sum.open > 0 ? "unknown" : "holds";
    const open = sum.open > 0 ? `, ${sum.open} were not checked against a key` : "";
    const skipped = others > 0 ? `, ${others} are for other samples` : "";
    say(state, `${lines.length} receipts: ${sum.held} hold, ${sum.failed} do not${open}${skipped}.`);
}

async function check() {
    steps.replaceChildren();
    say("busy", "Verifying …");
    try {
        const missing = await lacking();
        if (missing) return say("unable", missing, "unable");
        const [url, caption] = ["url", "caption"].map((id) => document.getElementById(id).value);
        const wanted = document.getElementById("uid").value.trim() || (url.trim() && uidOf(url.trim(), caption));
        const keys = { builder: await keysOf("key", "builder"), registry: await keysOf("registry-key", "registry"), wanted };
        const text = pasted.value;
        if (isDeletion(text)) return await deletion(text, keys);
        const lines = text.split("\n").filter((line) => line.trim());
        if (lines.length === 0) return say("unable", "Choose a receipt, or paste one.", "unable");
        if (lines.length > MOST_RECEIPTS) return say("unable", `There are more than ${MOST_RECEIPTS} receipts: verify them on the command line.`, "unable");
        // One receipt may be broken into lines; many stand one on each.
        const areMany = lines.length > 1 && lines.every((line) => line.startsWith("{") && line.trimEnd().endsWith("}"));
        await (areMany ? many(lines, keys) : one(text, keys));
    } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        say("unable", error.message, "unable");
    }
}

async function take(files) {
    const [chosen] = files;
    if (!chosen) return;
    if (chosen.size > MOST_BYTES_OF_FILE) {
        steps.replaceChildren();
        return say("fails", "The file is larger than any receipt.", "oversize");
    }
    pasted.value = await chosen.text();
    await check();
}

file.addEventListener("change", () => take(file.files));
document.getElementById("check").addEventListener("click", check);
for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
    });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files);
});
document.documentElement.classList.add("scripted");
lacking().then((missing) => {
    if (missing) say("unable", missing, "unable");
});
