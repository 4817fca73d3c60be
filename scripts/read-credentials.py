#!/usr/bin/env python3
"""Reads the credentials of pictures with c2pa-python, a reader that is not ours, and prints a line of JSON for each.

    pip install c2pa-python
    scripts/read-credentials.py PICTURE...
"""

import json
import sys

from c2pa import Reader

FORMATS = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}


def assertion(manifest, label):
    found = [it["data"] for it in manifest.get("assertions", []) if it["label"].startswith(label)]
    return found[0] if found else {}


def main():
    for name in sys.argv[1:]:
        with open(name, "rb") as file:
            store = json.loads(Reader(FORMATS[name.rsplit(".", 1)[-1].lower()], file).json())
        manifest = store["manifests"][store["active_manifest"]]
        actions = assertion(manifest, "c2pa.actions").get("actions", [])
        mining = assertion(manifest, "cawg.training-mining").get("entries", {})
        print(json.dumps({
            "file": name,
            "state": store.get("validation_state"),
            "codes": sorted({it["code"] for it in store.get("validation_status", [])}),
            "actions": [it["action"] for it in actions],
            "source": next((it["digitalSourceType"] for it in actions if "digitalSourceType" in it), None),
            "ingredients": [(it.get("title"), it.get("relationship")) for it in manifest.get("ingredients", [])],
            "base": assertion(manifest, "sayso.generation").get("base", {}).get("name"),
            "generative_training": mining.get("cawg.ai_generative_training", {}).get("use"),
        }))


if __name__ == "__main__":
    main()
