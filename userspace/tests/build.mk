# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Test programs.  In userspace/tests/DIR every test_X.c becomes build/test/DIR_X and every
# fuzz_X.c the libFuzzer program build/fuzz/bin/DIR_X (seeds in DIR/seeds_X); the folder's
# other C files are linked into each of them.  Test programs print TAP and exit non-zero on failure.

test-dirs := $(patsubst userspace/tests/%/,%,$(wildcard userspace/tests/*/))
test-shared = $(patsubst %.c,$(O)/%.o,$(filter-out %/bench_%.c %/peer_%.c,$(foreach f, \
	$(wildcard userspace/tests/$(1)/*.c),$(if $(filter test_% fuzz_%,$(notdir $(f))),,$(f)))))
test-libs := $(BUILD)/lib/libnpuc.a $(BUILD)/lib/libnpu.a

# $(1) kind (test or fuzz), $(2) folder, $(3) X, $(4) goal folder, $(5) more link arguments
define test-program
$(1)-programs: $(4)/$(2)_$(3)
$(4)/$(2)_$(3): $(O)/userspace/tests/$(2)/$(1)_$(3).o $(call test-shared,$(2)) $(test-libs)
	@mkdir -p $$(@D)
	$$(call say,LD)$$(CC) $$(LDFLAGS) -o $$@ $$^ $(5) $$(libnpu-libs) $$(libnpuc-libs)
endef
names = $(patsubst $(1)_%.c,%,$(notdir $(wildcard userspace/tests/$(2)/$(1)_*.c)))
$(foreach d,$(test-dirs),$(foreach x,$(call names,test,$d), \
	$(eval $(call test-program,test,$d,$x,$(BUILD)/test,-lcmocka))))
$(foreach d,$(test-dirs),$(foreach x,$(call names,fuzz,$d), \
	$(eval $(call test-program,fuzz,$d,$x,$(BUILD)/bin,-fsanitize=fuzzer -lcmocka -lyaml -ljansson))))

# the ioctl() of an older driver, for programs that are not linked with it
test-programs: $(BUILD)/test/preload/older_driver.so
$(BUILD)/test/preload/older_driver.so: $(O)/userspace/tests/libnpu/older_driver.o
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -shared -o $@ $^

tests: test-programs ## test programs, in build/test

sanitised := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
tests-asan: ## the same and the tool with ASAN and UBSAN, in build/asan
	$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN="$(sanitised)" OPT=-O1 test-programs $(BUILD)/asan/bin/npu

fuzzers: ## fuzzers with ASAN and UBSAN, in build/fuzz/bin
	$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=clang-14 OPT=-O1 \
		SAN="$(sanitised) -fsanitize=fuzzer-no-link" fuzz-programs

bench-conv: $(BUILD)/bin/bench_conv ## speed of the convolution kernels, layer by layer
	$<

$(BUILD)/bin/bench_conv: $(O)/userspace/tests/bench/bench_conv.o \
		$(O)/userspace/tests/model/conv_case.o \
		$(O)/userspace/tests/model/personality_case.o $(test-libs)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(libnpu-libs) $(libnpuc-libs)

test-programs fuzz-programs:

.PHONY: tests tests-asan bench-conv fuzzers test-programs fuzz-programs
