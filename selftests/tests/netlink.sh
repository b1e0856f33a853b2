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
readers=$!
"$npu" events >/tmp/lines 2>&1 &
readers="$readers $!"
# sockets of the generic family (16) that are in a group
for _ in $(seq 300); do
	awk '$2 == 16 && $4 !~ /^0*$/ { found += 1 } END { exit found < 2 }' /proc/net/netlink && break
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
grep -qE '^\[ *[0-9]+\.[0-9]{6}\] accel[0-9]+ fault hang, core [0-9]+, op [0-9]+, job' /tmp/lines
ok $? "as a line, too"
passes "a core dies and is reset" vnpu_reset -t dead_core_comes_back
sees '"type":"wedged"' "a device without a core that answers is told"
sees '"type":"reset"' "its reset is told"
# shellcheck disable=SC2086  # two of them
kill $readers

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

# On a terminal it is a screen, which q ends.
if [ -c /dev/ptmx ]; then
	result=0
	/usr/bin/python3 - "$npu" "$client" <<'END' >/tmp/screen || result=1
import os, pty, select, sys, time
npu, client = sys.argv[1:]
child, terminal = pty.fork()
if not child:
    os.environ.update(TERM="xterm", LINES="24", COLUMNS="100")
    os.execv(npu, [npu, "top", "--delay", "0.5"])
seen, end = b"", time.monotonic() + 60
while not (b"COMMAND" in seen and client.encode() in seen) and time.monotonic() < end:
    if select.select([terminal], [], [], 1)[0]:
        seen += os.read(terminal, 4096)
shown = time.monotonic() < end
os.write(terminal, b"q")
try:
    while os.read(terminal, 4096):
        pass
except OSError:
    pass
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(seen, shown, code)
sys.exit(not shown or code)
END
	ok $result "and as a screen until q is pressed"
	[ $result = 0 ] || sed 's/^/# /' /tmp/screen
else
	skip "a kernel without terminals" "and as a screen until q is pressed"
fi
kill $client
wait $client

unload_soon
"$npu" top >/tmp/top 2>&1
[ $? = 4 ] && grep -q "the module is not loaded" /tmp/top
ok $? "without the module it says so"

finish
