# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What people ask for: set-up, demonstration, checks.

setup: ## install what this machine lacks
	@scripts/setup.sh

demo: setup ## run a real model through /dev/accel in a virtual machine
	@scripts/demo

check: setup ## all tests, with short fuzzing
	@scripts/check

check-full: setup ## all tests, long fuzzing, and the debug kernel
	@scripts/check --full

# one stage of the checks, e.g. `make check-kselftest`
check-%: setup
	@scripts/check --only $*

kunit: check-kunit ## unit tests in the kernel, under User Mode Linux
kselftest: check-kselftest ## device tests in a virtual machine
fuzz: check-fuzz ## fuzzers, a fixed sequence of inputs each

bench: userspace module-um612 ## speed beside TensorFlow Lite, and of the kernel path beside sim
	scripts/bench
	userspace/tests/bench/compile.py --strict

docs: ## the manual as HTML, in build/docs/html
	@scripts/docs $(BUILD)/docs

.PHONY: docs setup demo check check-full kunit kselftest fuzz bench
