#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# devices: several devices of one module come, work and go one by one.
cd "$(dirname "$0")" || exit 1
. ./module.inc
driver=/sys/bus/platform/drivers/vnpu

nodes() {
	local n=0 path
	for path in /dev/accel/accel*; do [ -c "$path" ] && n=$((n + 1)); done
	echo $n
}

unload
load devices=3 cores=2 workers=1
[ "$(nodes)" = 3 ]
ok $? "three devices have three nodes"
[ -e $driver/vnpu ] && [ -e $driver/vnpu.1 ] && [ -e $driver/vnpu.2 ]
ok $? "the first one keeps its name"
passes "the first one runs jobs" vnpu_ctx

echo vnpu.1 >$driver/unbind
[ "$(nodes)" = 2 ]
ok $? "one is unbound"
passes "the others go on" vnpu_ctx
echo vnpu >$driver/unbind
[ "$(nodes)" = 1 ]
ok $? "another one, too"
"$(program vnpu_ctx)" >/tmp/log 2>&1
ok $? "the last one runs jobs"
echo vnpu.1 >$driver/bind && echo vnpu >$driver/bind
[ "$(nodes)" = 3 ]
ok $? "all are bound again"
[ "$(cat /sys/bus/platform/devices/vnpu.1/health/completed)" = 0 ]
ok $? "each counts for itself"
unload_soon
ok $? "the module is unloaded"
[ "$(nodes)" = 0 ]
ok $? "no node is left"

for bad in 0 17; do
	! load devices=$bad 2>/dev/null && ! loaded
	ok $? "devices=$bad is refused"
done

# Firmware is loaded over and over while jobs run: each keeps what it began with.
load cores=2
"$(program vnpu_model)" >/tmp/log 2>&1 &
jobs=$!
rounds=0
while kill -0 $jobs 2>/dev/null && [ $rounds -lt 200 ]; do
	echo built-in >/sys/bus/platform/devices/vnpu/firmware || break
	rounds=$((rounds + 1))
done
wait $jobs
ok $? "jobs give the right bits while firmware is loaded $rounds times"
finish
