#!/usr/bin/env bash
# Stops what start.sh started, by the numbers of its processes.
set -u
here=$(cd "$(dirname "$0")" && pwd)
state=${STATE:-$here/target/cluster}
for file in "$state"/node-*/pid; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    # Ours: its number may have gone to another process.
    if cat "/proc/$pid/cmdline" "/proc/$pid/environ" 2>/dev/null | tr "\0" " " | grep -qF "${file%/pid}/config"; then
        kill "$pid" 2>/dev/null
        for ((i = 0; i < 100; i++)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2>/dev/null
    fi
    rm -f "$file"
done
exit 0
