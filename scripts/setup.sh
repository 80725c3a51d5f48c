#!/usr/bin/env bash
# Everything the checks need on a fresh Debian 12 with Go, as root or with sudo. Run it as often as you like: it does
# only what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .cache

packages=(
	gcc libc6-dev        # go test -race
	python3 python3-venv # the Flask lab
	redis-server         # the tests start their own, of this and the next three
	memcached
	postgresql mariadb-server
	nginx                # a shared cache
	chromium             # browser tests
)
lab=interop/lab/flask

say() { printf 'setup: %s\n' "$*"; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# without_services COMMAND...: packages that it installs start no service. A policy of the host's own stands as it is.
without_services() (
	policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then
		trap 'as_root rm -f "$policy"' EXIT
		printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
	fi
	"$@"
)

# install_packages NAME...: Debian packages, those that are not there yet.
install_packages() {
	local name missing=()
	for name in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing ${missing[*]}"
	as_root apt-get -qq -o DPkg::Lock::Timeout=300 update
	without_services as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >.cache/apt.log
}

# make_venv FOLDER PINS: a Python in .cache/FOLDER with what a file pins, anew whenever that changes. Fails where it can't
# be had.
make_venv() {
	local venv=.cache/$1 pins=$2
	if [ -x "$venv/bin/python" ] && cmp -s "$pins" "$venv/requirements.txt"; then return 0; fi
	say "making $venv with what $pins pins"
	rm -rf "$venv"
	/usr/bin/python3 -m venv "$venv" &&
		"$venv/bin/pip" install --quiet --timeout 15 --retries 1 -r "$pins" >".cache/pip-$1.log" 2>&1 &&
		cp "$pins" "$venv/requirements.txt" # the stamp comes last: half a venv is made again
}

# choose_python: the interpreter that runs the Flask lab, its path in .cache/python, and the one of the lab with
# Flask-Session 0.3 in .cache/python-0.3.
choose_python() {
	if make_venv venv-0.3 "$lab/requirements-0.3.txt"; then
		printf '%s\n' "$PWD/.cache/venv-0.3/bin/python" >.cache/python-0.3
	else
		say "Flask-Session 0.3 can't be had (.cache/pip-venv-0.3.log says why): its tests fail with CI=true, and else are skipped"
	fi
	if make_venv venv "$lab/requirements.txt"; then
		printf '%s\n' "$PWD/.cache/venv/bin/python" >.cache/python
		return
	fi
	install_packages python3-flask
	printf '%s\n' /usr/bin/python3 >.cache/python
	say "the pinned Flask can't be had (.cache/pip-venv.log says why): the tests use Debian's own," \
		"version $(dpkg-query -W -f '${Version}' python3-flask), which differs from it in places"
}

# make_mongo: the server that the tests take for a MongoDB, in .cache/venv-mongo. No mongod can be had from a registry.
make_mongo() {
	make_venv venv-mongo interop/mongo/requirements.txt ||
		say "the stand-in for MongoDB can't be had (.cache/pip-venv-mongo.log says why): its tests fail with CI=true, and else are skipped"
}

# install_tools: the Go programs that tools/go.mod pins, into .bin/, anew whenever the pins or Go change.
install_tools() {
	local stamp
	stamp=$(go version && cat tools/go.mod tools/go.sum)
	[ "$stamp" != "$(cat .bin/stamp 2>/dev/null)" ] || return 0
	say "building the Go tools into .bin/"
	GOWORK=off GOBIN=$PWD/.bin go -C tools install tool
	printf '%s\n' "$stamp" >.bin/stamp
}

command -v go >/dev/null || { say "Go is missing: see the go line in go.mod for the version"; exit 1; }
install_packages "${packages[@]}"
choose_python
make_mongo
install_tools
say "ready; Flask runs on $(cat .cache/python)"
