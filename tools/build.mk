# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The npu tool, one binary with the libraries inside, and its accuracy laboratory.
npu-o := $(patsubst %.c,$(O)/%.o,$(wildcard tools/*.c userspace/lab/*.c))
npu-libs := -ljansson -lncurses -ltinfo -lpng -lz -lyaml

$(npu-o): CPPFLAGS += -Iuserspace/lab

userspace: $(BUILD)/bin/npu

$(BUILD)/bin/npu: $(npu-o) $(BUILD)/lib/libnpuc.a $(BUILD)/lib/libnpu.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(LDFLAGS) -o $@ $^ $(npu-libs) $(sort $(libnpu-libs) $(libnpuc-libs))

# Help, manual page and completion come from one table of options.
userspace: $(BUILD)/man/npu.1

$(BUILD)/man/npu.1: tools/man/npu.1.in $(BUILD)/bin/npu
	@mkdir -p $(@D)
	@$(BUILD)/bin/npu help --mdoc > $@.commands
	$(call say,GEN)sed -e '/@COMMANDS@/{r $@.commands' -e 'd}' $< > $@

# The tool carries the descriptions with it, as C strings.
shipped := $(sort $(wildcard firmware/*.yaml))
$(O)/tools/shipped.o: CPPFLAGS += -I$(O)/tools
$(O)/tools/shipped.o: $(O)/tools/descriptions.inc

$(O)/tools/descriptions.inc: $(shipped) tools/build.mk
	@mkdir -p $(@D)
	$(call say,GEN)for f in $(shipped); do \
		echo "{ \"$$(basename $$f .yaml)\","; \
		sed -e 's/[\\"]/\\&/g' -e 's/^.*$$/"&\\n"/' "$$f"; \
		echo ", $$(wc -c < "$$f") },"; \
	done > $@

# The default firmware: an image for the module to load, and the copy that is built in.
descriptions := $(wildcard firmware/*.yaml)
userspace: $(BUILD)/vnpu.fw

$(BUILD)/vnpu.fw: $(descriptions) $(BUILD)/bin/npu
	$(call say,GEN)$(BUILD)/bin/npu fw build firmware/vnpu.yaml -o $@ --quiet

firmware: $(BUILD)/bin/npu ## bring the built-in personalities up to date with firmware/*.yaml
	$(BUILD)/bin/npu fw build firmware/vnpu.yaml -o $(BUILD)/vnpu.fw \
		--source driver/model/npum_builtin.c
	$(MAKE) --no-print-directory userspace

supported-ops: $(BUILD)/bin/npu ## bring the manual's page of operators up to date with the constraints
	$(BUILD)/bin/npu check --supported-ops > Documentation/supported-ops.rst

UDEVDIR ?= /etc/udev/rules.d
FIRMWAREDIR ?= /lib/firmware/vnpu
npu-share = $(DESTDIR)$(PREFIX)/share

install-npu: $(BUILD)/bin/npu $(BUILD)/man/npu.1 $(BUILD)/vnpu.fw ## tool, manual page, completion, udev rule, firmware
	$(INSTALL) -D -m 755 $(BUILD)/bin/npu $(DESTDIR)$(PREFIX)/bin/npu
	$(INSTALL) -D -m 644 $(BUILD)/man/npu.1 $(npu-share)/man/man1/npu.1
	$(INSTALL) -d $(npu-share)/bash-completion/completions
	$(BUILD)/bin/npu completion bash > $(npu-share)/bash-completion/completions/npu
	$(INSTALL) -D -m 644 tools/udev/60-vnpu.rules $(DESTDIR)$(UDEVDIR)/60-vnpu.rules
	$(INSTALL) -D -m 644 $(BUILD)/vnpu.fw $(DESTDIR)$(FIRMWAREDIR)/default.fw
	$(INSTALL) -d $(npu-share)/vnpu/firmware
	$(INSTALL) -m 644 $(descriptions) $(npu-share)/vnpu/firmware

install: install-npu

.PHONY: install-npu firmware supported-ops
