#!/usr/bin/env bash
# Writes the whole lineage as CycloneDX and SPDX, and has both judged by their own people's validators.
#
#   scripts/lineage_formats.sh [SAYSO]
#
# Needs python3 with venv; the validators are kept in $TMPDIR/sayso-validators.
set -euo pipefail
cd "$(dirname "$0")/.."

sayso=${1:-${CARGO_TARGET_DIR:-target}/debug/sayso}
work=${TMPDIR:-/tmp}/sayso-validators
if [ ! -x "$work/bin/python" ]; then
  python3 -m venv "$work"
  "$work/bin/pip" install --quiet 'cyclonedx-python-lib[json-validation]>=11.12' 'spdx-python-model>=0.0.6'
fi
"$sayso" lineage export --format cyclonedx -o "$work/lineage.cdx.json"
"$sayso" lineage export --format spdx -o "$work/lineage.spdx.json"
"$work/bin/python" - "$work/lineage.cdx.json" "$work/lineage.spdx.json" <<'PYTHON'
import io
import sys

import spdx_python_model.bindings.v3_0_1 as spdx
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

with open(sys.argv[1]) as file:
    fault = JsonStrictValidator(SchemaVersion.V1_7).validate_str(file.read())
if fault is not None:
    sys.exit(f"CycloneDX 1.7: {fault}")
print("CycloneDX 1.7: valid, strictly")

# Reading checks names and types; writing it again checks that nothing is missing.
objects = spdx.SHACLObjectSet()
with open(sys.argv[2], "rb") as file:
    spdx.JSONLDDeserializer().read(file, objects)
spdx.JSONLDSerializer().write(objects, io.BytesIO())
print(f"SPDX 3.0.1: {sum(1 for _ in objects.foreach())} objects, valid")
PYTHON
