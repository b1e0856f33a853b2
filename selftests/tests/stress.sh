#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# stress: test programs get in each other's way, are killed, and lose their device, for
# STRESS_SECONDS (10).  They may fail; the kernel may not: the machine's runner reads its log.
cd "$(dirname "$0")" || exit 1
. ./module.inc

# Its flush_tlb_mm() walks into what fork() leaves of an address space when it is killed half way.
if grep -q "User Mode Linux" /proc/cpuinfo; then
	echo "1..0 # SKIP User Mode Linux 6.12 dies when a process is killed while it forks"
	exit 4
fi

end=$((SECONDS + ${STRESS_SECONDS:-10}))
rounds=0
while [ $SECONDS -lt $end ]; do
	groups=()
	for name in lifetime submit sync model isolation ctx fault lifetime; do
		setsid "$(program vnpu_$name)" >/dev/null 2>&1 &
		groups+=($!)
	done
	sleep $((RANDOM % 3 + 1))
	if [ $((RANDOM % 3)) = 0 ]; then
		echo vnpu >/sys/bus/platform/drivers/vnpu/unbind
		sleep 0.1
		echo vnpu >/sys/bus/platform/drivers/vnpu/bind
	fi
	for group in "${groups[@]}"; do
		kill -9 -- "-$group" 2>/dev/null
	done
	wait 2>/dev/null
	rounds=$((rounds + 1))
done
unload_soon
ok $? "the module is unloaded after $rounds rounds"

load
passes "jobs run again" vnpu_ctx
finish
