# SPDX-License-Identifier: GPL-2.0-only
# Programs that test /dev/accel from inside a guest: every selftests/X.c becomes
# build/selftests/X.  They print TAP; selftests/run-all runs them there.
selftest-bin := $(patsubst selftests/%.c,$(BUILD)/selftests/%,$(wildcard selftests/*.c))

$(BUILD)/selftests/%: $(O)/selftests/%.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -ldrm -lpthread

selftests: $(selftest-bin) ## programs that test the device, in build/selftests

.PHONY: selftests
