#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What the tool says to command lines that make no sense.
# shellcheck source=userspace/tests/cli/tap.inc
. "$(dirname "$0")/tap.inc"

model=$DIGITS/digits_int8.tflite

refused "no command" 2 "npu: a command is missing; 'npu help' lists them"
refused "unknown command" 2 "npu: xyzzy: unknown command; 'npu help' lists them" xyzzy
refused "mistyped command" 2 "npu: rnu: unknown command, did you mean run?" rnu
refused "mistyped command of help" 2 "npu help: bnech: unknown command, did you mean bench?" \
	help bnech
refused "mistyped option" 2 "npu run: --devcie: unknown option, did you mean --device?" \
	run --devcie sim "$model"
refused "mistyped option with argument" 2 \
	"npu bench: --num_rums=3: unknown option, did you mean --num_runs?" bench --num_rums=3 "$model"
refused "unknown option" 2 "npu run: --frobnicate: unknown option; 'npu help run' lists those it takes" \
	run --frobnicate "$model"
refused "unknown letter" 2 "npu run: -z: unknown option; 'npu help run' lists those it takes" \
	run -z "$model"
refused "option of another command" 2 \
	"npu info: --seed: unknown option; 'npu help info' lists those it takes" info --seed 3
refused "option without its argument" 2 "npu run: --threads: needs an argument" run --threads
refused "flag with an argument" 2 "npu run: --json=yes: takes no argument" run --json=yes "$model"
refused "no number" 2 "npu run: --threads: many is no whole number from 0 to 64" \
	run --threads many "$model"
refused "number out of range" 2 "npu run: --threads: 65 is no whole number from 0 to 64" \
	run --threads 65 "$model"
refused "negative number" 2 "npu bench: --num_runs: -1 is no whole number from 0 to 4294967295" \
	bench --num_runs=-1 "$model"
refused "no seconds" 2 "npu bench: --max_secs: nan is no number of seconds" \
	bench --max_secs=nan "$model"
refused "no truth value" 2 "npu bench: --enable_op_profiling: perhaps is neither true nor false" \
	bench --enable_op_profiling=perhaps "$model"
refused "unknown profiling mode" 2 \
	"npu bench: --op_profiling_output_mode: proto is neither stdout nor csv" \
	bench --op_profiling_output_mode=proto "$model"
refused "no model" 2 "npu run: MODEL|X.npu is missing; 'npu help run' says more" run
refused "two models" 2 "npu check: b: one argument too many; 'npu help check' says more" check a b
refused "no model for bench" 2 "npu bench: give one model, as MODEL or as --graph MODEL" bench
refused "two models for bench" 2 "npu bench: give one model, as MODEL or as --graph MODEL" \
	bench --graph a b
refused "compile to nowhere" 2 "npu compile: --output: is missing: where to write the .npu" \
	compile "$model"
refused "mistyped personality" 2 \
	"npu run: tflite-fer: unknown personality, did you mean tflite-ref?" \
	run --personality tflite-fer "$model"
refused "unknown personality" 2 "npu check: zx81: unknown personality; 'npu info' lists them" \
	check --personality zx81 "$model"
refused "unknown personality to compare" 2 \
	"npu compare: tflite-singel: unknown personality, did you mean tflite-single?" \
	compare --personality tflite-ref,tflite-singel "$model"
refused "nothing to compare" 2 \
	"npu compare: both sides are the same; give --personality A,B or --device A,B" compare "$model"
refused "three sides to compare" 2 "npu compare: --device: sim,sim,sim is neither A nor A,B" \
	compare --device sim,sim,sim "$model"
refused "half a side to compare" 2 "npu compare: --device: sim, is neither A nor A,B" \
	compare --device sim, "$model"
refused "more inputs than the model has" 2 \
	"npu run: --input: digits_int8.tflite has 1 inputs, but 2 files were given" \
	run --device sim -i a -i b "$model"
refused "unknown shell" 2 "npu completion: fish: is no shell we complete for; bash is" completion fish

"$NPU" run --device simm "$model" >stdout 2>stderr
ok $(($? != 2)) "unknown device is a usage error"
grep -q '^npu run: .*simm' stderr
ok $? "unknown device is named"

runs "help" 0 help
mapfile -t commands < <(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' stdout)
for command in "${commands[@]}"; do
	runs "help of $command" 0 help "$command"
	mv stdout help
	runs "--help of $command" 0 "$command" --help
	same "both are the same" help stdout
done
runs "--version" 0 --version
prints "version of the tree" "npu $(cat "$ROOT/VERSION")"

finish
