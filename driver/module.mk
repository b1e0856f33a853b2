# SPDX-License-Identifier: GPL-2.0-only
# vnpu.ko for any number of kernels side by side: each build gets a farm of
# links to the sources, so that its objects do not lie in the tree.

module-sources := VERSION $(shell find Kbuild driver uapi -type f)
kmod := $(BUILD)/kmod

# $(1) tag (folder under build/kmod), $(2) kernel build folder, $(3) more make arguments,
# $(4) what runs make, when not this machine
define module-build
	@mkdir -p $(kmod)/$(1)
	@cp -asfu $(addprefix $(CURDIR)/,VERSION Kbuild driver uapi) $(kmod)/$(1)/
	+$(4) make --no-print-directory -C $(2) M=$(abspath $(kmod)/$(1)) $(3) modules
endef

module: $(BUILD)/vnpu.ko ## vnpu.ko for KDIR

$(BUILD)/vnpu.ko: $(module-sources)
	@test -n "$(KDIR)" || { echo "no kernel headers: run scripts/setup.sh or give KDIR=" >&2; exit 1; }
	$(call module-build,host,$(KDIR),W=1)
	@cp $(kmod)/host/vnpu.ko $@

# the same build again, for sparse
module-sparse:
	$(call module-build,sparse,$(KDIR),C=2 CHECK=$(CURDIR)/scripts/sparse CF=-D__CHECK_ENDIAN__)

# kernels that scripts/kernel-build makes
$(kmod)/um612/vnpu.ko: module-arch := ARCH=um
# of a kernel that is not built nobody knows the symbols
$(kmod)/arm64/vnpu.ko: module-arch := ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- \
	KBUILD_MODPOST_WARN=1 W=1
$(kmod)/um612/vnpu.ko $(kmod)/x86dbg612/vnpu.ko $(kmod)/arm64/vnpu.ko: $(kmod)/%/vnpu.ko: $(module-sources)
	scripts/kernel-build $*
	$(call module-build,$*,$(CACHE)/kernel/$*,$(module-arch))

# 7.3 comes with its own compiler, in a small Debian of its own
$(kmod)/73/vnpu.ko: $(module-sources)
	$(call module-build,73,/usr/src/linux-7.3,W=1,scripts/trixie-run)

# the oldest 6.12 that the distribution still has: distributions backport within a series
$(kmod)/oldest/vnpu.ko: $(module-sources)
	$(call module-build,oldest,$(shell scripts/kernel-oldest),W=1)

module-um612: $(kmod)/um612/vnpu.ko ## vnpu.ko for User Mode Linux (builds that kernel first)
module-x86dbg612: $(kmod)/x86dbg612/vnpu.ko ## vnpu.ko for the debug kernel (builds that kernel first)
module-73: $(kmod)/73/vnpu.ko ## vnpu.ko for Linux 7.3 (fetches its headers first)

module-arm64: $(kmod)/arm64/vnpu.ko ## vnpu.ko for arm64, compiled only
module-oldest: $(kmod)/oldest/vnpu.ko ## vnpu.ko for the oldest 6.12 headers to be had

.PHONY: module module-sparse module-um612 module-x86dbg612 module-73 module-arm64 module-oldest
