"""Reads all records of a description in Croissant with mlcroissant, and prints some columns as JSON."""

import json
import sys

import mlcroissant

dataset = mlcroissant.Dataset(jsonld=sys.argv[1])
if dataset.metadata.ctx.issues.errors or dataset.metadata.ctx.issues.warnings:
    sys.exit("\n".join([*dataset.metadata.ctx.issues.errors, *dataset.metadata.ctx.issues.warnings]))
rows = []
for record in dataset.records("samples"):
    file = record["samples/record"]["samples/record/file"]
    rows.append([record["samples/uid"].decode(), int(record["samples/captures"]), file.decode()])
json.dump(sorted(rows), sys.stdout)
