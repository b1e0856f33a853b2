# SPDX-License-Identifier: GPL-2.0-only OR MIT
# libnpu (runtime, with the model as its `sim` device) and libnpuc (compiler).
include driver/model/model.mk

WARN := -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-Wno-missing-field-initializers -Wno-unused-parameter -Wvla
WERROR ?= -Werror
OPT ?= -O2
INCLUDES := -Iuapi -Idriver/model -Iuserspace/libnpu -Iuserspace/compiler -I/usr/include/libdrm \
	-I/usr/include/libnl3
CPPFLAGS += -D_GNU_SOURCE -DNPU_VERSION='"$(VERSION)"' $(INCLUDES) -MMD -MP
CFLAGS += -std=c11 -g $(OPT) $(WARN) $(WERROR) -fPIC -fvisibility=hidden $(SAN)
LDFLAGS += $(SAN)

O := $(BUILD)/obj

# One line for each file; V=1 shows the commands.
ifeq ($(V),)
say = @printf '  %-7s %s\n' $(1) $@;
endif

model-o := $(addprefix $(O)/driver/model/,$(model-objs) $(model-fpu-objs) $(model-x86-objs) npum_cpu.o)
# Fused multiply-add would round once where the kernels of the model round twice, and so does
# what the compiler computes as a runtime does.
$(O)/userspace/compiler/fuse_norm.o: CFLAGS += -ffp-contract=off
$(model-o): CFLAGS += -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-strict-aliasing
$(addprefix $(O)/driver/model/,$(model-avx2-objs)): CFLAGS += -mavx2 -mfma
$(addprefix $(O)/driver/model/,$(model-avx512-objs)): CFLAGS += -mavx512f -mavx512bw \
	-mavx512vl -mavx512dq -mavx512vnni
# Sanitisers turn the unrolled register blocks into minutes of compilation; what these two touch
# in memory is watched by the guard pages of model_conv.
$(addprefix $(O)/driver/model/,npum_avx512_product.o npum_avx512_depthwise.o): CFLAGS += \
	-fno-sanitize=all

libnpu-o := $(patsubst %.c,$(O)/%.o,$(wildcard userspace/libnpu/*.c userspace/libnpu/fallback/*.c)) $(model-o)
libnpuc-o := $(patsubst %.c,$(O)/%.o,$(wildcard userspace/compiler/*.c userspace/compiler/onnx/*.c))
libnpu-libs := -ldrm -lxxhash -lnl-genl-3 -lnl-3 -lpthread -lm
libnpuc-libs := -lxxhash -lm

userspace: $(BUILD)/lib/libnpu.so $(BUILD)/lib/libnpu.a $(BUILD)/lib/libnpuc.a ## libraries

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/lib/libnpu.so.0: $(libnpu-o) userspace/libnpu/libnpu.map
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -shared -Wl,-soname,libnpu.so.0 -Wl,-z,defs \
		-Wl,--version-script=userspace/libnpu/libnpu.map -o $@ $(libnpu-o) $(libnpu-libs)

$(BUILD)/lib/libnpu.so: $(BUILD)/lib/libnpu.so.0
	@ln -sf libnpu.so.0 $@

$(BUILD)/lib/libnpu.a: $(libnpu-o)
	@mkdir -p $(@D)
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/lib/libnpuc.a: $(libnpuc-o)
	@mkdir -p $(@D)
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^

# What a program needs that is built against the library: header, library, .pc file.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INSTALL ?= install
libnpu-headers := userspace/libnpu/npu.h userspace/libnpu/npu_monitor.h uapi/vnpu_program.h

install-libnpu: $(BUILD)/lib/libnpu.so $(BUILD)/lib/libnpu.a ## library, headers, pkg-config file
	$(INSTALL) -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(PREFIX)/include/npu
	$(INSTALL) -m 755 $(BUILD)/lib/libnpu.so.0 $(DESTDIR)$(LIBDIR)
	ln -sf libnpu.so.0 $(DESTDIR)$(LIBDIR)/libnpu.so
	$(INSTALL) -m 644 $(BUILD)/lib/libnpu.a $(DESTDIR)$(LIBDIR)
	sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|' \
		userspace/libnpu/libnpu.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/libnpu.pc
	$(INSTALL) -m 644 $(libnpu-headers) $(DESTDIR)$(PREFIX)/include/npu

install: install-libnpu

-include userspace/tests/build.mk

# This test counts the library's allocations and lets them fail.
$(BUILD)/test/libnpu_session: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc

-include $(shell find $(O) -name '*.d' 2>/dev/null)

.PHONY: userspace install install-libnpu
