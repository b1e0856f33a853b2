#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# no_alloc: nothing is allocated where jobs start, end and hang: memory may be freed only when
# they have ended.  The kernel's call graphs of these functions are looked through.
cd "$(dirname "$0")" || exit 1
# shellcheck source-path=SCRIPTDIR
. ./module.inc

tracing=/sys/kernel/tracing
[ -e $tracing/events ] || tracing=/sys/kernel/debug/tracing
if ! grep -qw function_graph $tracing/available_tracers 2>/dev/null; then
	echo "1..0 # SKIP a kernel without function_graph"
	exit 4
fi

# What all allocations go through that may wait for memory, and those that may not.
allocations='\b(__)?(kmalloc|kvmalloc|vmalloc|kmem_cache_alloc|alloc_pages|krealloc)[a-z_]*'

# graph FUNCTION...: what they call, and what that calls, while jobs are made, run and hang.
# Tracing is switched on twice in all: an emulated machine rewrites its kernel slowly.
graph() {
	local function result=0
	echo >$tracing/set_graph_function
	for function; do
		echo "$function" >>$tracing/set_graph_function || result=1
	done
	echo function_graph >$tracing/current_tracer
	"$(program vnpu_fault)" -t fault_names_the_op >/dev/null 2>&1
	# With the tracer goes what it has seen.
	cat $tracing/trace >/tmp/graph
	echo nop >$tracing/current_tracer
	return $result
}

# calls FUNCTION: it is in the graph
calls() {
	grep -q "$1" /tmp/graph
	ok $? "$1 is called"
}

# That this would find one: a job's memory is allocated here.
graph vnpu_job_alloc
ok $? "the jobs' making is traced"
grep -qE "$allocations" /tmp/graph
ok $? "and allocates"

graph vnpu_core_run_job vnpu_core_job_done vnpu_core_timedout_job
ok $? "their start, end and timeout are traced"
for function in vnpu_core_run_job virt_run vnpu_core_job_done dma_fence_signal \
	vnpu_core_timedout_job virt_cancel; do
	calls "$function"
done
! grep -E "$allocations" /tmp/graph
ok $? "nothing is allocated there"

finish
