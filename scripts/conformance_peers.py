#!/usr/bin/env python3
"""Runs the conformance cases through other readers of the same signals, and prints docs/conformance.md.

    conformance_peers.py FOLDER_OF_CASES

The readers must be installed; `scripts/conformance_peers.sh` does that, and checks ours first.
"""
import contextlib
import datetime
import http.client
import importlib.metadata
import io
import json
import logging
import os
import pathlib
import sys
import urllib.parse
import urllib.robotparser

import c2pa
import gpyrobotstxt.robots_cc
import protego
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image
from requests.structures import CaseInsensitiveDict

# What they print and ask the network for as they are imported is no part of the page.
os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
with contextlib.redirect_stdout(sys.stderr):
    import img2dataset.downloader
    from datadiligence.evaluators import HttpEvaluator
    from datadiligence.rules import C2PAMetadataRule

RIGHT, PERMISSIVE, RESTRICTIVE, UNREAD = "right", "lets through", "refuses", "not read"
AGENT = "examplebot"


def header_names(given):
    return {name.lower() for name, _ in given.get("headers", [])}


class Datadiligence:
    name = "datadiligence"

    def __init__(self):
        self.signer = signer()

    def reads(self, given):
        # Its rule names this label alone; the newer one it does not claim to read.
        has_old_label = given.get("training_mining", {}).get("label") == C2PAMetadataRule.assertion_label
        return bool(header_names(given) & {"x-robots-tag", "tdm-reservation"}) or has_old_label

    def allows(self, given):
        allowed = True
        if given.get("headers"):
            # What `requests` makes of an answer, which is what it asks with: fields of one name are one.
            fields = {}
            for name, value in given["headers"]:
                fields.setdefault(name.lower(), []).append(value)
            headers = CaseInsensitiveDict({name: ", ".join(values) for name, values in fields.items()})
            allowed &= HttpEvaluator(user_agent=given.get("agent", AGENT)).is_allowed(headers=headers)
        if "training_mining" in given:
            allowed &= C2PAMetadataRule().is_allowed(body=signed(given["training_mining"], self.signer))
        return allowed


class Img2dataset:
    name = "img2dataset"
    # The default of `disallowed_header_directives` in its `main.py`.
    directives = ["noai", "noimageai", "noindex", "noimageindex"]

    def reads(self, given):
        return "x-robots-tag" in header_names(given)

    def allows(self, given):
        message = http.client.HTTPMessage()
        for name, value in given.get("headers", []):
            message.add_header(name, value)
        token = given.get("agent", AGENT).lower()
        return not img2dataset.downloader.is_disallowed(message, token, self.directives)


def signer():
    """Of manifests, by a certificate that nobody trusts: whether one verifies is not what the cases are about."""
    now = datetime.datetime(2026, 1, 1)
    long = datetime.timedelta(days=3650)

    def certificate(name, key, issuer, issuer_key, is_ca):
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name),
                             x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Example")])
        issued_by = issuer.subject if issuer else subject
        use = dict.fromkeys(["content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                             "encipher_only", "decipher_only"], False)
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(issued_by).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + long)
            .add_extension(x509.BasicConstraints(is_ca, None), True)
            .add_extension(x509.KeyUsage(digital_signature=not is_ca, key_cert_sign=is_ca, crl_sign=is_ca, **use), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
        )
        if not is_ca:
            use = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(use, False)
        return builder.sign(issuer_key, hashes.SHA256())

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("Example root", root_key, None, root_key, True)
    own = certificate("Example signer", key, root, root_key, False)
    pem = serialization.Encoding.PEM
    chain = own.public_bytes(pem) + root.public_bytes(pem)
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", chain, secret, None))


def signed(assertion, by):
    """A PNG whose manifest holds the assertion of a case."""
    content = assertion["assertion"] if "assertion" in assertion else {"entries": assertion["entries"]}
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalArt"
    created = {"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": source}]}}
    manifest = {"title": "a", "format": "image/png", "claim_generator_info": [{"name": "cases", "version": "1"}],
                "assertions": [created, {"label": assertion["label"], "data": content}]}
    picture, out = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    c2pa.Builder(json.dumps(manifest)).sign(by, "image/png", picture, out)
    return out.getvalue()


def asked(case):
    """What training is expected to be: of the categories that a case names, by that which says the most of it.

    None where a case says nothing of training, or is about policies, which the peers have not.
    """
    expected = case.get("expected", {})
    for category in ("train-genai", "train-ai"):
        if category in expected:
            return expected[category]
    # Data mining includes training; of an unknown whole the part may still be reserved.
    return {"disallowed": "disallowed", "allowed": "allowed"}.get(expected.get("data-mining"))


def judged(stance, allows):
    """They opt out: what is not reserved is let through."""
    if (stance == "disallowed") == (not allows):
        return RIGHT
    return PERMISSIVE if allows else RESTRICTIVE


def answer(peer, case, stance):
    if not peer.reads(case["input"]):
        return UNREAD
    try:
        return judged(stance, peer.allows(case["input"]))
    except c2pa.C2paError as error:
        # The library writes no such manifest, so that nobody will meet one that it wrote.
        print(f"{case['id']}: {error}", file=sys.stderr)
        return UNREAD


def urllib_allows(file, agent, url):
    parser = urllib.robotparser.RobotFileParser()
    parser.parse(file.splitlines())
    return parser.can_fetch(agent, url)


def google_allows(file, agent, url):
    return gpyrobotstxt.robots_cc.RobotsMatcher().allowed_by_robots(file.encode(), [agent], url)


ROBOTS = {
    "Protego": lambda file, agent, url: protego.Protego.parse(file).can_fetch(url, agent),
    "gpyrobotstxt": google_allows,
    "urllib.robotparser": urllib_allows,
}


def crawling(cases):
    """The cases of access to a path: what the builder's agent may not fetch is reserved from data mining."""
    for case in cases:
        given, expected = case["input"], case.get("expected", {})
        others = set(given) - {"robots_txt", "url", "agent"}
        if not others and "data-mining" in expected and "content-" not in given.get("robots_txt", "").lower():
            yield case, expected["data-mining"]


def cell(text):
    return text.replace("|", "\\|").replace("\n", "⏎")


def shown(given):
    headers = [f"{name}: {value}" for name, value in given.get("headers", [])]
    if "training_mining" in given:
        headers.append(json.dumps(given["training_mining"], ensure_ascii=False))
    if "robots_txt" in given:
        headers.append(given["robots_txt"].strip())
    return cell("; ".join(headers))


def table_of_training(suites, peers):
    totals = {peer.name: dict.fromkeys([RIGHT, PERMISSIVE, RESTRICTIVE, UNREAD], 0) for peer in peers}
    honoured = {peer.name: 0 for peer in peers}
    wrong, rows, all_asked, all_reserved = [], [], 0, 0
    for vocabulary, cases in suites.items():
        questions = [(case, asked(case)) for case in cases if asked(case)]
        reserved = sum(stance == "disallowed" for _, stance in questions)
        row = [vocabulary, len(cases), len(questions), reserved, len(questions)]
        all_asked, all_reserved = all_asked + len(questions), all_reserved + reserved
        answers = {peer.name: [answer(peer, case, stance) for case, stance in questions] for peer in peers}
        for name, given in answers.items():
            counts = {kind: given.count(kind) for kind in totals[name]}
            honoured[name] += sum(a == RIGHT and s == "disallowed" for a, (_, s) in zip(given, questions))
            for kind, count in counts.items():
                totals[name][kind] += count
            row += list(counts.values())
        rows.append(row)
        for number, (case, stance) in enumerate(questions):
            given = [answers[peer.name][number] for peer in peers]
            if {PERMISSIVE, RESTRICTIVE} & set(given):
                wrong.append([case["id"], cell(case["says"]), f"`{shown(case['input'])}`", stance, *given])
    rows.append(["all", sum(map(len, suites.values())), all_asked, all_reserved, all_asked]
                + [count for peer in peers for count in totals[peer.name].values()])
    return rows, wrong, honoured, all_reserved


def table_of_crawling(cases):
    questions = list(crawling(cases))
    rows, wrong = [["ours", len(questions), len(questions), 0, 0]], {}
    for name, allows in ROBOTS.items():
        counts = dict.fromkeys([RIGHT, PERMISSIVE, RESTRICTIVE], 0)
        for case, stance in questions:
            given = case["input"]
            url, agent = given.get("url", "https://example.org/a.jpg"), given.get("agent", AGENT)
            found = judged(stance, allows(given.get("robots_txt", ""), agent, url))
            counts[found] += 1
            if found != RIGHT:
                wrong.setdefault(case["id"], (case, {}))[1][name] = found
        rows.append([f"{name} {version(name)}", len(questions), *counts.values()])
    lines = [[key, cell(case["says"]), f"`{shown(case['input'])}`", *[found.get(name, RIGHT) for name in ROBOTS]]
             for key, (case, found) in sorted(wrong.items())]
    return rows, lines


def version(name):
    return f"of Python {sys.version.split()[0]}" if name.startswith("urllib") else importlib.metadata.version(name)


def print_table(head, rows, numbers_from=1):
    print("|", " | ".join(head), "|")
    print("|" + "|".join("---" if column < numbers_from else "--:" for column in range(len(head))) + "|")
    for row in rows:
        print("|", " | ".join(map(str, row)), "|")
    print()


TEXT = pathlib.Path(__file__).with_suffix(".md")


def main():
    # It logs what it cannot read, and lets it pass; the answer is what counts here.
    logging.disable(logging.ERROR)
    folder = pathlib.Path(sys.argv[1])
    suites = {file.stem: json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))}
    peers = [Datadiligence(), Img2dataset()]
    rows, wrong, honoured, reserved = table_of_training(suites, peers)
    crawl_rows, crawl_wrong = table_of_crawling(suites["robots-txt"])
    parts = TEXT.read_text().format(
        date=datetime.date.today().isoformat(), datadiligence=version("datadiligence"),
        img2dataset=version("img2dataset"), c2pa=version("c2pa-python"), reserved=reserved,
        by_datadiligence=honoured["datadiligence"], by_img2dataset=honoured["img2dataset"],
    ).split("<!-- table -->\n")
    print(parts[0], end="")
    kinds = ["right", "lets&nbsp;through", "refuses", "not&nbsp;read"]
    head = ["vocabulary", "cases", "on training", "reserved", "ours right"]
    print_table(head + [f"{peer.name}: {kinds[0]}" if kind == kinds[0] else kind for peer in peers for kind in kinds], rows)
    print(parts[1], end="")
    print_table(["case", "what it is about", "input", "training is", *[peer.name for peer in peers]], wrong, 9)
    print(parts[2], end="")
    print_table(["reader", "cases", "right", "lets through", "refuses"], crawl_rows)
    print(parts[3], end="")
    print_table(["case", "what it is about", "robots.txt", *ROBOTS], crawl_wrong, 9)
    print(parts[4].rstrip("\n"))


main()
