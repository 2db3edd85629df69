#!/usr/bin/env bash
# Instructions per byte of the hot path, which do not depend on the machine's load.
#
#   benches/instructions.sh
#
# Runs the benchmark under callgrind with one pass over the postings and with four, and
# takes the difference, which leaves out startup and the first lookup of every word.
# Callgrind has no AVX-512, so the code for AVX2 is measured.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null; then
    echo "valgrind is not installed; nothing is measured" >&2
    exit 0
fi
program=$(cargo bench --bench classify --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*classify-[^"]*\)".*/\1/p' | tail -1)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

instructions() {
    valgrind --tool=callgrind --callgrind-out-file="$folder/out" "$program" --passes "$1" "$2" \
        2>"$folder/log" >"$folder/bytes"
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$folder/log"
}

for kind in label evidence verdict; do
    one=$(instructions 1 "$kind")
    four=$(instructions 4 "$kind")
    bytes=$(cat "$folder/bytes")
    awk -v one="$one" -v four="$four" -v bytes="$bytes" -v kind="$kind" \
        'BEGIN { printf "%-8s %6.1f instructions per byte\n", kind, (four - one) / 3 / bytes }'
done
