#!/usr/bin/env python3
"""Verifies receipts of removal and of deletion, from docs/specs/receipt.md and docs/specs/registry.md alone: no line of Sayso's own
code takes part.

    scripts/verify_receipt.py RECEIPT --key VKEY [--registry-key VKEY]
    scripts/verify_receipt.py DELETION --registry-key VKEY [--log-proof PROOF]
    scripts/verify_receipt.py --cases crates/sayso-registry/tests/fixtures/receipt-v1-cases.jsonl
    scripts/verify_receipt.py --cases crates/sayso-registry/tests/fixtures/deletion-v1-cases.jsonl

The first form verifies a file with a receipt of removal on each line, the second the receipt of a studio's deletion; exit status 0 if
all hold, 1 if one does not. The others run the frozen cases and compare what comes of each. SHA-256 is Python's; Ed25519 is that of the package `cryptography`, or of the
program `openssl` where that is not installed.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

MOST_BYTES = 8192
FIELDS = {
    "": {"format", "version", "uid", "before", "after", "claim"},
    "before": {"statement", "number", "path"},
    "after": {"statement", "number", "between", "path"},
    "claim": {"entry", "number", "path", "checkpoint"},
}


class Fault(Exception):
    """Why a receipt does not hold: a code of the specification, and a sentence."""

    def __init__(self, code, why):
        super().__init__(f"{why} ({code})")
        self.code = code


def require(holds, code, why):
    if not holds:
        raise Fault(code, why)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def ed25519(key, message, signature):
    """Whether a signature is that of a key."""
    if len(signature) != 64:
        return False
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return ed25519_by_openssl(key, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def ed25519_by_openssl(key, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("key", "message", "signature")]
        # RFC 8410: SubjectPublicKeyInfo of an Ed25519 key.
        for name, content in zip(names, (bytes.fromhex("302a300506032b6570032100") + key, message, signature)):
            with open(name, "wb") as file:
                file.write(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names[0], "-rawin"]
        return subprocess.run(command + ["-in", names[1], "-sigfile", names[2]], capture_output=True).returncode == 0


class Key:
    """A key that verifies notes: NAME+ID+KEY."""

    def __init__(self, text):
        self.name, key_id, key = text.strip().split("+", 2)
        key = base64.b64decode(key, validate=True)
        if len(key) != 33 or key[0] != 1 or sha256(self.name.encode(), b"\n", key)[:4].hex() != key_id:
            raise ValueError(f"`{text}` is no key of Ed25519")
        self.key_id, self.key = bytes.fromhex(key_id), key[1:]


def note(text, field):
    """The text and the signatures of a signed note."""
    at = text.rfind("\n\n")
    require(at >= 0 and text.endswith("\n"), "malformed", f"{field} is no signed note")
    signatures = []
    for line in text[at + 2 : -1].split("\n"):
        match = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/]+=*)", line)
        require(match, "malformed", f"{field} has a line that is no signature")
        raw = base64.b64decode(match[2], validate=True)
        signatures.append((match[1], raw[:4], raw[4:]))
    return text[: at + 1], signatures


def signed(text, signatures, keys, which):
    """Checks that one of the keys signed a text."""
    known = [(key, raw) for key in keys for name, key_id, raw in signatures if (name, key_id) == (key.name, key.key_id)]
    require(known, "wrong-key", f"the statement {which} is signed by no key that was given")
    holds = any(ed25519(key.key, text.encode(), raw) for key, raw in known)
    require(holds, "forged", f"the statement {which} is not what the builder signed")


def number(text):
    require(re.fullmatch("0|[1-9][0-9]{0,19}", text) and int(text) < 2**64, "statement", "a number is none")
    return int(text)


def root_of(text):
    root = base64.b64decode(text, validate=True)
    require(len(root) == 32 and base64.b64encode(root).decode() == text, "statement", "a root is none")
    return root


def statement(text):
    lines = text.split("\n")[:-1]
    require(6 <= len(lines) <= 7 and lines[0] == "sayso snapshot v1", "statement", "it is no statement of version 1")
    try:
        found = {"dataset": lines[1], "snapshot": number(lines[2]), "uids": number(lines[3])}
        found.update(root=root_of(lines[4]), manifest=root_of(lines[5]), head=None)
        if len(lines) == 7:
            origin, size, root = lines[6].split(" ")
            found["head"] = (origin, number(size), root_of(root))
    except ValueError as error:
        raise Fault("statement", str(error)) from error
    return found


def hashes(text, field):
    try:
        require(len(text) % 40 == 0, "malformed", f"{field} is not whole hashes")
        raw = base64.b85decode(text)
    except ValueError as error:
        raise Fault("malformed", f"{field}: {error}") from error
    return [raw[at : at + 32] for at in range(0, len(raw), 32)]


def range_root(size, first, leaves, path, code):
    """The root to which a path leads from leaves that stand side by side."""
    low, high, width, row, path = first, first + len(leaves) - 1, size, list(leaves), list(path)
    require(leaves and high < size, code, "the number lies behind the tree's end")
    while width > 1:
        if low % 2 == 1:
            require(path, code, "the path ends below the root")
            row.insert(0, path.pop(0))
        if high % 2 == 0 and high + 1 < width:
            require(path, code, "the path ends below the root")
            row.append(path.pop(0))
        pairs = [row[at : at + 2] for at in range(0, len(row), 2)]
        row = [sha256(b"\1", *pair) if len(pair) == 2 else pair[0] for pair in pairs]
        low, high, width = low // 2, high // 2, (width + 1) // 2
    require(not path, code, "the path is longer than the tree is high")
    return row[0]


def once(pairs):
    require(len({name for name, _ in pairs}) == len(pairs), "malformed", "a field stands there twice")
    return dict(pairs)


def uid_of(text):
    require(isinstance(text, str) and re.fullmatch("[0-9a-f]{32}", text), "malformed", "a uid is none")
    return bytes.fromhex(text)


def document(raw):
    require(len(raw) <= MOST_BYTES, "oversize", "it is longer than any receipt")
    try:
        found = json.loads(raw.decode(), object_pairs_hook=once)
    except ValueError as error:
        raise Fault("malformed", str(error)) from error
    require(isinstance(found, dict), "malformed", "it is no object")
    require(found.get("format") == "sayso-receipt", "not-a-receipt", "it is no receipt")
    version = found.get("version")
    require(type(version) is int and version >= 1, "not-a-receipt", "it has no version")
    require(version == 1, "from-the-future", "it is of a later version")
    for part, fields in FIELDS.items():
        inner = found[part] if part else found
        require(isinstance(inner, dict) and set(inner) == fields, "malformed", "its fields are not those of version 1")
        for name in fields & {"statement", "path", "entry", "checkpoint"}:
            require(isinstance(inner[name], str), "malformed", f"{name} is no text")
        if part:
            is_number = type(inner["number"]) is int and 0 <= inner["number"] < 2**64
            require(is_number, "malformed", "a number is none")
    between = found["after"]["between"]
    require(isinstance(between, list) and len(between) == 2, "malformed", "there are not two neighbours")
    return found


def verify(raw, builder, registry, wanted=None):
    """Verifies a receipt by the keys of the builder and, if there are any, of the registry; says what it says."""
    found = document(raw)
    before, after, claim = found["before"], found["after"], found["claim"]
    (before_text, before_signed), (after_text, after_signed) = note(before["statement"], "before"), note(after["statement"], "after")
    was, now = statement(before_text), statement(after_text)
    uid, left, right = uid_of(found["uid"]), *(None if it is None else uid_of(it) for it in after["between"])
    paths = [hashes(part["path"], name) for name, part in (("before", before), ("after", after), ("claim", claim))]
    require(wanted in (None, found["uid"]), "other-uid", "it is a receipt for another sample")
    signed(before_text, before_signed, builder, "before")
    signed(after_text, after_signed, builder, "after")
    require(was["dataset"] == now["dataset"], "other-dataset", "the snapshots are of two datasets")
    require(was["snapshot"] < now["snapshot"], "order", "the snapshots are in the wrong order")

    root = range_root(was["uids"], before["number"], [sha256(b"\0", uid)], paths[0], "inclusion")
    require(root == was["root"], "inclusion", "it was not in the snapshot before")

    ordered = (left is None or left < uid) and (right is None or uid < right)
    require(ordered, "absence", "it does not stand between its neighbours")
    leaves = [sha256(b"\0", it) for it in (left, right) if it is not None]
    if not leaves:
        require(now["uids"] == 0 and not paths[1] and now["root"] == sha256(), "absence", "neighbours are missing")
    else:
        require(left is not None or after["number"] == 0, "absence", "a neighbour before it is missing")
        require(right is not None or after["number"] + 1 == now["uids"], "absence", "a neighbour behind it is missing")
        root = range_root(now["uids"], after["number"], leaves, paths[1], "absence")
        require(root == now["root"], "absence", "its neighbours do not stand side by side")

    try:
        entry = json.loads(claim["entry"])
        event, wishes = entry["event"], entry.get("preferences", {})
        require(entry["version"] == 1, "entry", "the entry is of a later version")
    except (ValueError, KeyError, TypeError) as error:
        raise Fault("entry", f"the entry cannot be read: {error}") from error
    require(event != "revoked", "revoked", "the entry takes a claim back")
    require(event == "asserted", "no-claim", "the entry makes no claim")
    require(any(wish != "allowed" for wish in wishes.values()), "allows", "the claim allows all that it speaks of")
    text = claim["checkpoint"]
    if now["head"] and text.startswith("\u2014"):
        origin, size, root = now["head"]
        text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n\n{text}"
    text, signatures = note(text, "the checkpoint")
    origin, size, root, *_ = text.split("\n")
    origin, size, root = head = origin, number(size), root_of(root)
    leaf = sha256(b"\0", claim["entry"].encode())
    require(range_root(size, claim["number"], [leaf], paths[2], "log") == root, "log", "the entry is not on the log")
    if now["head"] and now["head"][0] == origin:
        require(now["head"][1] != size or now["head"] == head, "registry-fork", "the registry forks")
        require(claim["number"] < now["head"][1], "entry-too-late", "the entry came after the snapshot was judged")
    if registry:
        try:
            signed(text, signatures, [key for key in registry if key.name == origin], "of the registry")
        except Fault as fault:
            raise Fault("checkpoint", str(fault)) from fault
    return (
        f"sample {found['uid']} was in snapshot {was['snapshot']} of {was['dataset']} and is not in snapshot {now['snapshot']}, "
        f"because of entry {claim['number']} of {origin}"
    )


MOST_DELETION_BYTES = 1 << 20
KINDS = ("upload", "weights", "paper", "picture")


def is_deletion(raw):
    """Whether it looks like a receipt of deletion, whole or not."""
    return b'"sayso-deletion"' in raw


def content(line):
    """A line of what was brought or made, in the order in which it is committed to."""
    match = re.fullmatch("([a-z]+) ([0-9a-f]{64}) (0|[1-9][0-9]{0,19})", line) if isinstance(line, str) else None
    is_line = match and match[1] in KINDS and int(match[3]) < 2**64
    require(is_line, "malformed", "a line of the contents is none")
    return KINDS.index(match[1]), match[2], int(match[3])


def deletion(raw, proof=None):
    """Reads a receipt of deletion, completed by a proof of the log that was fetched later: its commitment, and that proof."""
    require(len(raw) <= MOST_DELETION_BYTES, "oversize", "it is longer than any receipt of deletion")
    try:
        found = json.loads(raw.decode(), object_pairs_hook=once)
    except ValueError as error:
        raise Fault("malformed", str(error)) from error
    require(isinstance(found, dict) and found.get("format") == "sayso-deletion", "not-a-receipt", "it is no receipt of deletion")
    version = found.get("version")
    require(type(version) is int and version >= 1, "not-a-receipt", "it has no version")
    require(version == 1, "from-the-future", "it is of a later version")
    needed = {"format", "version", "commitment", "salt", "contents"}
    require(needed <= set(found) <= needed | {"log"}, "malformed", "its fields are not those of version 1")
    is_salt = isinstance(found["salt"], str) and re.fullmatch("[0-9a-f]{64}", found["salt"])
    require(is_salt and isinstance(found["contents"], list), "malformed", "salt or contents are none")
    lines = sorted(content(line) for line in found["contents"])
    value = "".join(f"{KINDS[kind]} {digest} {size}\n" for kind, digest, size in lines)
    commitment = sha256(bytes.fromhex(found["salt"]), b"contents\0", value.encode()).hex()
    require(found["commitment"] == commitment, "commitment", "salt and contents lead to another commitment than it names")
    return commitment, lines, found.get("log") or proof


def verify_deletion(raw, registry, proof=None):
    """Verifies a receipt of deletion by the registry's keys; says what it says."""
    commitment, lines, log = deletion(raw, proof)
    require(log is not None, "not-yet", "it is from before the deletion, and nothing proves that there was one")
    try:
        entry_text, inclusion, note_text = log["entry"], log["inclusion"], log["checkpoint"]
        entry, path = json.loads(entry_text), [base64.b64decode(it, validate=True) for it in inclusion["path"]]
        event, version = entry["event"], entry["version"]
        at, size = inclusion["number"], inclusion["size"]
    except (ValueError, KeyError, TypeError) as error:
        raise Fault("entry", f"the entry or its proof cannot be read: {error}") from error
    require(event == "deleted" and version == 2, "entry", f"the entry is no deletion: {event}")
    require(entry.get("contents") == commitment, "other-contents", f"entry {at} is about something else")
    try:
        text, signatures = note(note_text, "the checkpoint")
        origin, tree_size, root, *_ = text.split("\n")
        tree_size, root = number(tree_size), root_of(root)
    except (Fault, ValueError) as fault:
        raise Fault("checkpoint", str(fault)) from fault
    leaf = sha256(b"\0", entry_text.encode())
    is_in = size == tree_size and all(len(it) == 32 for it in path) and range_root(tree_size, at, [leaf], path, "log") == root
    require(is_in, "log", f"entry {at} is not on the log")
    require(registry, "no-key", f"no key was given by which {origin} signs")
    try:
        signed(text, signatures, [key for key in registry if key.name == origin], "of the registry")
    except Fault as fault:
        raise Fault("checkpoint", str(fault)) from fault
    return (
        f"entry {at} of {origin} says that {entry['files']} files were deleted at {entry['deleted_at']}; {len(lines)} of them were "
        "brought or made, and are those of this receipt"
    )


# What cannot be read as JSON is told apart by parsers in their own ways.
UNREADABLE = {"truncated", "trailing-data", "malformed"}


def run_cases(file):
    lines = [json.loads(line) for line in open(file, encoding="utf-8")]
    builder, registry = ([Key(lines[0][who])] if who in lines[0] else [] for who in ("builder", "registry"))
    wrong = 0
    for case in lines[1:]:
        try:
            if builder:
                fault = verify(case["receipt"].encode(), builder, registry, case["uid"]) and None
            else:
                fault = verify_deletion(case["receipt"].encode(), registry) and None
        except Fault as error:
            fault = error.code
        if fault != case["fault"] and not {fault, case["fault"]} <= UNREADABLE:
            wrong += 1
            print(f"{case['case']}: {fault}, and not {case['fault']}")
    print(f"{len(lines) - 1} cases, {wrong} of them come out otherwise")
    return wrong == 0


def deletion_holds(raw, registry, log_proof):
    proof = None
    if log_proof:
        with open(log_proof, encoding="utf-8") as file:
            proof = json.load(file)
    try:
        print("holds:", verify_deletion(raw, registry, proof))
    except Fault as fault:
        print("does not hold:", fault)
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description="Verifies receipts of removal and of deletion.")
    parser.add_argument("receipt", nargs="?")
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--registry-key", action="append", default=[])
    parser.add_argument("--log-proof")
    parser.add_argument("--cases")
    arguments = parser.parse_args()
    if arguments.cases:
        return run_cases(arguments.cases)
    if not arguments.receipt or not (arguments.key or arguments.registry_key):
        parser.error("name a receipt, and the builder's key or, of a deletion, the registry's")
    builder, registry = ([Key(text) for text in keys] for keys in (arguments.key, arguments.registry_key))
    with open(arguments.receipt, "rb") as file:
        whole = file.read(MOST_DELETION_BYTES + 1)
    if is_deletion(whole):
        return deletion_holds(whole, registry, arguments.log_proof)
    if not arguments.key:
        parser.error("name the builder's key")
    holds = True
    with open(arguments.receipt, "rb") as file:
        for line in file:
            try:
                print("holds:", verify(line, builder, registry))
            except Fault as fault:
                holds = False
                print("does not hold:", fault)
    return holds


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
