#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# abi.sh: what programs outside this tree rely on: struct layouts, exported
# symbols, a header that compiles alone, an installed library that links.
# shellcheck disable=SC2317  # check calls the functions
set -euo pipefail

cd "$(dirname "$0")/../../.."
here=userspace/tests/libnpu
build=${BUILD:-build}
cc=${CC:-gcc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
failed=0

# check NAME COMMAND...: one test point
check() {
	local name=$1 rc=0
	shift
	number=$((number + 1))
	("$@") >"$work/log" 2>&1 || rc=$?
	case $rc in
	0) echo "ok $number - $name" ;;
	4) echo "ok $number - $name # SKIP $(tail -1 "$work/log")" ;;
	*)
		sed 's/^/# /' "$work/log"
		echo "not ok $number - $name"
		failed=1
		;;
	esac
}

layouts() {
	"$cc" "$@" -Iuapi -Iuserspace/libnpu -I/usr/include/libdrm -std=c11 -Wall -Werror \
		-fsyntax-only -x c "$here/abi.h"
}

# Freestanding: the headers of a 32-bit C library need not be installed.
layouts_32() {
	layouts -m32 -ffreestanding -isystem "/usr/include/$("$cc" -print-multiarch)"
}

exported() {
	nm -D --defined-only "$build/lib/libnpu.so.0" | awk '$2 != "A" { print $3 }' | LC_ALL=C sort
}

symbols() {
	diff <(sed '/^#/d; s/$/@@LIBNPU_0.1/' "$here/libnpu-symbols.txt") <(exported)
}

# header COMPILER LANGUAGE STANDARD
header() {
	type "$1" || { echo "no $1"; return 4; }
	"$1" -Iuapi -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x "$2" -std="$3" \
		userspace/libnpu/npu.h
}

install_to() {
	make --no-print-directory BUILD="$build" install-libnpu "$@"
}

staged() {
	install_to DESTDIR="$work/stage" PREFIX=/usr
	grep '^prefix=/usr$' "$work/stage/usr/lib/pkgconfig/libnpu.pc"
}

installed() {
	install_to PREFIX="$work/usr"
	cat >"$work/try.c" <<-'END'
		#include <npu.h>
		#include <string.h>

		int main(void)
		{
			struct npu_device *dev;

			if (npu_device_open("sim:generic", NULL, &dev, NULL))
				return 1;
			npu_device_close(dev);
			return strcmp(npu_version(), VERSION) != 0;
		}
	END
	export PKG_CONFIG_PATH="$work/usr/lib/pkgconfig"
	version=$(pkg-config --modversion libnpu)
	read -ra flags < <(pkg-config --cflags --libs libnpu)
	"$cc" -DVERSION="\"$version\"" -o "$work/try" "$work/try.c" "${flags[@]}"
	LD_LIBRARY_PATH="$work/usr/lib" "$work/try"
}

echo 1..7
check "layouts on 64 bits" layouts -m64
check "layouts on 32 bits" layouts_32
check "the library exports what the list says" symbols
check "npu.h compiles alone as C11" header "$cc" c c11
check "npu.h compiles alone as C++11" header g++ c++ c++11
check "a staged installation knows its prefix" staged
check "a program outside links against what was installed" installed
exit $failed
