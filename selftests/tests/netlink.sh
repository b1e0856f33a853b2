#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# netlink: what `npu top` and `npu events` show of a device that comes, works, hangs and goes.
# shellcheck source-path=SCRIPTDIR
cd "$(dirname "$0")" || exit 1
. ./module.inc

npu=../../build/bin/npu
loaded || load
device=$(basename "$(echo /sys/bus/platform/devices/vnpu*)")

# sees PATTERN NAME: a line of the events that came matches
sees() {
	local left=100 result=1
	while [ $((left -= 1)) -gt 0 ] && [ $result = 1 ]; do
		grep -qE "$1" /tmp/events && result=0
		sleep 0.1
	done
	ok $result "$2"
	[ $result = 0 ] || sed 's/^/# /' /tmp/events
}

"$npu" events --json >/tmp/events 2>&1 &
reader=$!
# a socket of the generic family (16) that is in a group
for _ in $(seq 300); do
	awk '$2 == 16 && $4 !~ /^0*$/ { found = 1 } END { exit !found }' /proc/net/netlink && break
	sleep 0.1
done
echo "$device" >/sys/bus/platform/drivers/vnpu/unbind
sees '"type":"removed"' "a device that goes is told"
echo "$device" >/sys/bus/platform/drivers/vnpu/bind
sees '"type":"added"' "a device that comes is told"
echo built-in >/sys/bus/platform/devices/"$device"/firmware
sees '"type":"firmware"' "firmware is told"
passes "jobs hang" vnpu_fault
sees '"error":-62.*"fault":"hang".*"op":' "a hang is told, with its op"
passes "a core dies and is reset" vnpu_reset -t dead_core_comes_back
sees '"type":"wedged"' "a device without a core that answers is told"
sees '"type":"reset"' "its reset is told"
kill $reader

# A client that stays until it is sent away.
"$npu" bench ../../models/digits/digits_int8.tflite --device "$(node)" --min_secs=300 \
	--max_secs=300 >/tmp/bench 2>&1 &
client=$!
sleep 2
"$npu" top --json --count 2 --delay 1 >/tmp/top 2>&1
ok $? "npu top says who works"
tail -1 /tmp/top | grep -qE "\"pid\":$client,.*\"command\":\"npu\",\"busy\":[0-9.]*[1-9]"
ok $? "the process is listed, and busy"
"$npu" top --batch --count 1 --delay 1 >/tmp/top 2>&1
grep -qE "^ *$client .* npu$" /tmp/top && grep -q "^accel.*% busy" /tmp/top
result=$?
ok $result "as text, too"
[ $result = 0 ] || sed 's/^/# /' /tmp/top
kill $client
wait $client

unload_soon
"$npu" top >/tmp/top 2>&1
[ $? = 4 ] && grep -q "the module is not loaded" /tmp/top
ok $? "without the module it says so"

finish
