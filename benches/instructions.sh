#!/usr/bin/env bash
# Instructions a byte of the hot path, which do not depend on how busy the machine is.
#
#   benches/instructions.sh
#
# Runs the bench's program under callgrind, one pass over the postings and four, and
# takes the difference: start-up and the first sight of every word are left out. It knows
# no AVX-512, so that what is counted are the instructions with AVX2.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null; then
    echo "valgrind is not installed: instructions are not counted" >&2
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
        'BEGIN { printf "%-8s %6.1f instructions a byte\n", kind, (four - one) / 3 / bytes }'
done
