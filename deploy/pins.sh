#!/bin/sh
# Writes constraints.txt anew: the newest versions that pyproject.toml allows, as one plain list.
# Run the tests afterwards; what they pass with is what a fresh machine gets.
set -eu
cd "$(dirname "$0")/.."

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

"${PYTHON:-python3}" -m venv "$fresh"
"$fresh/bin/pip" install --quiet --disable-pip-version-check --editable '.[test]'
{
    echo "# What was tested: every runtime and test dependency at one version. Made by \`make pins\`; pip reads it with -c."
    "$fresh/bin/pip" freeze --all --exclude-editable | grep -vE '^(pip|wheel)==' | sort -f
} > "$fresh/constraints.txt"
mv "$fresh/constraints.txt" constraints.txt
