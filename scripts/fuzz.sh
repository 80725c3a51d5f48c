#!/usr/bin/env bash
# fuzz.sh TIME: every fuzz target of every module in go.work, each for TIME (3s, 1m, 1000x). Fails if any target does,
# after all have had their turn.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:?usage: scripts/fuzz.sh TIME}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# targets: a line for each, its package and its name.
targets() {
	local format='{{$p := .}}{{range .TestGoFiles}}{{$p.ImportPath}} {{$p.Dir}}/{{.}}{{"\n"}}{{end}}'
	format+='{{range .XTestGoFiles}}{{$p.ImportPath}} {{$p.Dir}}/{{.}}{{"\n"}}{{end}}'
	go list -f "$format" work | while read -r package file; do
		[ -n "$file" ] || continue
		sed -nE "s|^func (Fuzz[A-Za-z0-9_]*)\(.*|$package \1|p" "$file"
	done
}

fuzz() { go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" -parallel 2 "$1" >"$log" 2>&1 </dev/null; }

# out_of_time: whether the target failed only because its time ended while a worker was busy, which Go before 1.27 can
# take for a failure (go.dev/issue/75804). A real one says where it wrote its input.
out_of_time() { grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input written' "$log"; }

list=$(targets)
failed=0
while read -r package name; do
	[ -n "$name" ] || continue
	if fuzz "$package" "$name" || { out_of_time && fuzz "$package" "$name"; }; then
		echo "fuzz: $name in $package: held for $time"
	else
		cat "$log"
		echo "fuzz: $name in $package: FAILED"
		failed=1
	fi
done <<<"$list"
exit $failed
