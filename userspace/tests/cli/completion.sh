#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Completion in a real bash, and the manual page; both come from the option tables.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

# completes NAME WANT WORD...: what bash offers behind these words, sorted, on one line
completes() {
	local name=$1 want=$2 got
	shift 2
	got=$(bash -c '
		eval "$("$0" completion bash)"
		compopt() { COMPREPLY+=("files"); }
		COMP_WORDS=("$0" "$@")
		COMP_CWORD=$#
		_npu
		printf "%s\n" "${COMPREPLY[@]}" | sort | tr "\n" " "' "$NPU" "$@")
	[ "${got% }" = "$want" ]
	ok $? "$name"
	echo "# npu $*: $got"
}

"$NPU" completion bash >script
bash -n script
ok $? "the script is bash"
bash -c 'source ./script; complete -p npu' >stdout 2>&1
ok $? "and it completes npu"

completes "commands" "compare compile completion" com
completes "no such command" "" xyz
completes "options" "--dump-tensors" run --dump-t
completes "options that all commands have" "--json" check --js
completes "options that commands share" "--opt-accuracy --opt-level" compile --opt
completes "passes" "fuse-pad" compile --disable-pass fuse-p
completes "personalities" "tflite-opt tflite-ref tflite-single" run --personality tflite
completes "personalities behind the letter" "axera ethosu mdla nvdla ort ort-o0 rknpu tflite-opt tflite-ref tflite-single tosa vip7 vip8 xnnpack" run -p ""
completes "personalities behind an equals sign" "tflite-single" run --personality = tflite-s
completes "devices" "sim" run --device s
completes "files for models" "files" run ""
completes "files for inputs" "files" run -i ""
completes "nothing where a number belongs" "" run --threads ""
completes "commands to explain" "doctor" help "do"
completes "what to do with firmware" "build diff show verify" fw ""
completes "files for firmware" "files" fw show ""
completes "nothing behind info" "" info ""

"$NPU" help --mdoc >commands
sed -e '/@COMMANDS@/{r commands' -e 'd}' "$ROOT/tools/man/npu.1.in" >npu.1
if command -v mandoc >/dev/null; then
	mandoc -Tlint npu.1 >stdout 2>&1
	ok $? "mandoc finds no fault with the manual page"
	say stdout
	mandoc -Tascii npu.1 | col -b >text
	grep -q -- '--dump-tensors DIR' text
	ok $? "which explains the options"
else
	ok 0 "manual page # SKIP mandoc is not installed"
fi

finish
