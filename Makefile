# SPDX-License-Identifier: GPL-2.0-only OR MIT
# vnpu: everything lands in build/.  `make help` lists the targets.

VERSION := $(shell cat VERSION)
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vnpu

# Kernel headers the module is built for: the newest installed ones.
KDIR ?= $(lastword $(shell ls -d /usr/src/linux-headers-*-amd64 2>/dev/null | sort -V))

all: userspace module ## libraries, tools and the kernel module

include userspace/build.mk
include tools/build.mk
include driver/module.mk
include selftests/build.mk
include scripts/targets.mk

help: ## this list
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | sort | \
		awk -F'\t' '{printf "  %-16s %s\n", $$1, $$2}'

clean: ## remove build/
	rm -rf $(BUILD)

.PHONY: all help clean
.DEFAULT_GOAL := all
