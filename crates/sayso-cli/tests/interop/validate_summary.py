"""Validates a summary on standard input by the schema in the file that is named."""

import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as schema:
    jsonschema.Draft202012Validator(json.load(schema)).validate(json.load(sys.stdin))
