#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# instruction_sets: the same bytes from every instruction set this machine has, with one and several workers.
cd "$(dirname "$0")" || exit 1
. ./module.inc

# what /proc/cpuinfo calls the last of the features that a variant needs
declare -A flag=([generic]="" [avx2]=avx2 [avx512vnni]=avx512_vnni)

unload_soon
for isa in generic avx2 avx512vnni; do
	for workers in 1 3; do
		name="$isa, $workers workers"
		if ! grep -qw -- "${flag[$isa]}" /proc/cpuinfo; then
			skip "this CPU does not have it" "$name"
			continue
		fi
		load isa=$isa workers=$workers
		passes "$name" vnpu_model -t every_op_has_its_digest -t other_data
		unload
	done
done
finish
