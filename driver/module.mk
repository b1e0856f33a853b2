# SPDX-License-Identifier: GPL-2.0-only
# vnpu.ko for any number of kernels side by side: each build gets a farm of
# links to the sources, so that its objects do not lie in the tree.

module-sources := $(shell find Kbuild driver uapi -type f)

# $(1) tag (folder under build/kmod), $(2) kernel build folder, $(3) more make arguments
define module-build
	@mkdir -p $(BUILD)/kmod/$(1)
	@cp -asfu $(CURDIR)/Kbuild $(CURDIR)/driver $(CURDIR)/uapi $(BUILD)/kmod/$(1)/
	$(MAKE) --no-print-directory -C $(2) M=$(CURDIR)/$(BUILD)/kmod/$(1) $(3) modules
endef

module: $(BUILD)/vnpu.ko ## vnpu.ko for KDIR

$(BUILD)/vnpu.ko: $(module-sources)
	@test -n "$(KDIR)" || { echo "no kernel headers: run scripts/setup.sh or give KDIR=" >&2; exit 1; }
	$(call module-build,host,$(KDIR),)
	@cp $(BUILD)/kmod/host/vnpu.ko $@

.PHONY: module
