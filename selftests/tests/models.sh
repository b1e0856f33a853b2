#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# models.sh: real models through the device, byte for byte what the runtime of
# each personality gave.
exec userspace/tests/cli/models.py --device /dev/accel/accel0 \
	person_detect_int8 resnet8_cifar_int8 kws_dscnn_int8 tf2_mobilenet_v2_1.0_224_int8
