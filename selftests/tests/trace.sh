#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# trace: the tracepoints tell the way of a job, and trace-cmd reads them.
cd "$(dirname "$0")" || exit 1
# shellcheck source-path=SCRIPTDIR
. ./module.inc

tracing=/sys/kernel/tracing
[ -e $tracing/events ] || tracing=/sys/kernel/debug/tracing
if [ ! -d $tracing/events/vnpu ]; then
	echo "1..0 # SKIP a kernel without tracepoints"
	exit 4
fi

# trace TEST: what the tracepoints say of one test of vnpu_fault
trace() {
	echo >$tracing/trace
	echo 1 >$tracing/events/vnpu/enable
	"$(program vnpu_fault)" -t "$1" >/dev/null 2>&1
	echo 0 >$tracing/events/vnpu/enable
	cat $tracing/trace >/tmp/trace
}

# says NAME PATTERN: a line of the trace matches
says() {
	grep -qE "$2" /tmp/trace
	ok $? "$1"
}

for event in job_queue job_start op_start op_end job_done fault ctx; do
	[ -e $tracing/events/vnpu/vnpu_$event/format ]
	ok $? "there is a tracepoint vnpu_$event"
done

trace slow_job_lives
says "a context is created" 'vnpu_ctx: dev=vnpu client=[0-9]+ ctx=[0-9]+ priority=1 timeout_ms=2000 created'
says "a job is queued" 'vnpu_job_queue: dev=vnpu client=[0-9]+ ctx=[0-9]+ job=[0-9]+ ops=13 macs=0 buffers=3'
says "it starts" 'vnpu_job_start: dev=vnpu client=[0-9]+ ctx=[0-9]+ job=[0-9]+ core=[0-9]+ queued_ns=[0-9]+'
says "its last op starts" 'vnpu_op_start: job=[0-9]+ op=12 opcode=10 tiles=1'
says "and ends" 'vnpu_op_end: job=[0-9]+ op=12 opcode=10 tiles=1'
says "it is done" 'vnpu_job_done: dev=vnpu client=[0-9]+ ctx=[0-9]+ job=[0-9]+ error=0 busy_ns=[0-9]+ tiles=13'
says "the context is closed" 'vnpu_ctx: dev=vnpu .* closed'
! grep -q vnpu_fault: /tmp/trace
ok $? "nothing is wrong with it"

trace fault_names_the_op
says "a hang is a fault" 'vnpu_fault: dev=vnpu client=[0-9]+ ctx=[0-9]+ job=[0-9]+ fault=hang error=-62 op=2'
says "its job is done, too" 'vnpu_job_done: .* error=-62 busy_ns=[0-9]+ tiles=2'

if command -v trace-cmd >/dev/null; then
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
	(cd /tmp && trace-cmd record -q -e vnpu "$(program vnpu_fault)" -t fault_names_the_op &&
		trace-cmd report -q) >/tmp/trace 2>/tmp/trace.err
	ok $? "trace-cmd records and reports"
	says "trace-cmd decodes a fault" 'vnpu_fault: +dev=vnpu .* fault=hang error=-62 op=2'
	says "trace-cmd decodes a job" 'vnpu_job_queue: +dev=vnpu client=[0-9]+ ctx=[0-9]+ job=[0-9]+ ops=4'
else
	skip "no trace-cmd" "trace-cmd records and reports"
fi

finish
