# SPDX-License-Identifier: GPL-2.0-only
# Programs that test /dev/accel from inside a guest: every selftests/X.c becomes
# build/selftests/X, with selftests/lib linked in.  They print TAP; selftests/run-all runs
# them there, and the scripts of selftests/tests.
selftest-bin := $(patsubst selftests/%.c,$(BUILD)/selftests/%,$(wildcard selftests/*.c))
selftest-lib := $(patsubst %.c,$(O)/%.o,$(wildcard selftests/lib/*.c))

# include/ holds headers of the kernel: a style of their own, and fixtures without prototypes
stress-o := $(O)/selftests/stress/acts.o
selftest-o := $(selftest-lib) $(stress-o) $(patsubst $(BUILD)/%,$(O)/%.o,$(selftest-bin))
$(selftest-o): CPPFLAGS += -Iselftests/lib -Idriver/tests -isystem selftests/include
$(selftest-o): CFLAGS += -Wno-missing-prototypes

$(BUILD)/selftests/%: $(O)/selftests/%.o $(selftest-lib)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(selftest-libs) -lpthread -lxxhash

$(BUILD)/selftests/vnpu_stress: $(stress-o)

# compute in this process what the device computes
$(addprefix $(BUILD)/selftests/,vnpu_model vnpu_query): $(model-o)

# looks at the netlink family as the library does
$(BUILD)/selftests/vnpu_netlink: $(BUILD)/lib/libnpu.a
$(BUILD)/selftests/vnpu_netlink: selftest-libs := $(libnpu-libs)

selftests: $(selftest-bin) ## programs that test the device, in build/selftests

.PHONY: selftests
