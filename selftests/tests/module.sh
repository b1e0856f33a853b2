#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# module: loading, unloading and parameters.
cd "$(dirname "$0")" || exit 1
. ./module.inc

device=$(node)
ok $? "the module makes a node"

exec 3<>"$device"
! unload 2>/dev/null && loaded
ok $? "refuses to be unloaded while the node is open"
exec 3>&-

unload
ok $? "is unloaded when the node is closed"
! node
ok $? "no node is left"
! ls -d /sys/kernel/debug/accel/*/inject 2>/dev/null
ok $? "no debugfs file is left"
! grep -l '^vnpu' /proc/[0-9]*/comm 2>/dev/null
ok $? "no thread is left"

for _ in $(seq 15); do
	load && node >/dev/null && unload || break
done
! loaded
ok $? "is loaded and unloaded again and again"

# A device for bad parameters there is not; the module itself is loaded and goes as ever.
for bad in cores=0 cores=17 workers=65 isa=nonsense cpus=4000 cpus=x nice=20 cpu_share=0 cpu_share=101; do
	load "$bad" && ! node && unload
	ok $? "$bad makes no device"
done
! load no_such_parameter=1 cores=x 2>/dev/null
ok $? "cores=x is refused"
loaded && unload

for good in "cores=16 workers=1" "cores=1 workers=64" workers=0 isa=generic; do
	# shellcheck disable=SC2086  # parameters
	load $good
	passes "$good runs jobs" vnpu_ctx
	unload
done

# status PID KEY: a line of a thread's status
status() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

# workers: the device's threads
workers() {
	grep -l '^vnpu/' /proc/[0-9]*/comm | cut -d/ -f3
}

load cpus=0 nice=7 cpu_share=50
# a thread chooses its CPUs when it first runs
sleep 0.5
[ "$(workers | wc -l)" = 1 ]
ok $? "cpus=0 makes one worker"
[ "$(for pid in $(workers); do status "$pid" Cpus_allowed_list; done | sort -u)" = 0 ]
ok $? "which is bound to CPU 0"
[ "$(for pid in $(workers); do cut -d' ' -f19 "/proc/$pid/stat"; done | sort -u)" = 7 ]
ok $? "with the nice value asked for"
[ "$(cat /sys/kernel/debug/accel/*/cpu_share)" = 50 ]
ok $? "and the cap"
passes "and runs jobs" vnpu_ctx
unload

# Jobs in flight when their process is killed: unloading waits for them.
for after in 0.05 0.2 0.5; do
	load cores=2
	echo 40 >"$(echo /sys/kernel/debug/accel/*/inject/slow_tile_ms)"
	setsid "$(program vnpu_submit)" -t batch_runs_in_order >/dev/null 2>&1 &
	sleep $after
	kill -9 -- -$! 2>/dev/null
	wait $! 2>/dev/null
	unload_soon
	ok $? "is unloaded right after a process with jobs was killed, $after s into them"
done

finish
