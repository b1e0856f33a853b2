#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# setup.sh: install what building and testing needs and this machine lacks (Debian bookworm).
# Asks nothing, changes nothing when everything is there; --list only names what is missing.
set -euo pipefail

packages=(
	# build
	make gcc libc6-dev pkg-config libdrm-dev libxxhash-dev libjansson-dev libpng-dev zlib1g-dev
	libyaml-dev libnl-genl-3-dev libncurses-dev
	# the module, and kernels to test it
	linux-headers-6.12-amd64 linux-source-6.12 kmod xz-utils cpio flex bison bc libelf-dev ccache
	gcc-aarch64-linux-gnu
	# virtual machines
	qemu-system-x86 busybox-static mmdebstrap trace-cmd
	# checks
	libcmocka-dev clang-14 libclang-rt-14-dev clang-format-14 sparse shellcheck perl python3 git
	python3-numpy python3-yaml python3-jsonschema mandoc libonnx-testdata
	# the manual
	python3-sphinx python3-sphinx-rtd-theme
)

missing=()
for p in "${packages[@]}"; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true)
	[ "$status" = installed ] || missing+=("$p")
done
if [ "${1:-}" = --list ]; then
	printf '%s\n' "${missing[@]}"
	exit 0
fi
[ ${#missing[@]} -gt 0 ] || exit 0

echo "setup: missing: ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
	if ! sudo -n true 2>/dev/null; then
		echo "setup: not root, and sudo wants a password.  Please run as root, then try again:" >&2
		echo "    apt-get install --no-install-recommends ${missing[*]}" >&2
		exit 1
	fi
	as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" </dev/null >"$log" 2>&1; }
install() { apt install -y --no-install-recommends "${missing[@]}"; }

if ! install; then
	echo "setup: refreshing the package lists"
	if ! apt update || ! install; then
		tail -20 "$log" >&2
		echo "setup: apt-get could not install what is missing; this wants Debian bookworm" >&2
		exit 1
	fi
fi
echo "setup: installed"
