# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Training of a float graph as a classifier."""

from __future__ import annotations

import numpy as np

import float_kernels
from dataset import distort
from graph import Array, Graph, evaluate


class Adam:
    """The optimiser of Kingma and Ba, 2015, on the constants of a graph."""

    MOMENT, POWER, EPSILON = 0.9, 0.999, 1e-8

    def __init__(self) -> None:
        self._steps = 0
        self._moments: dict[str, Array] = {}
        self._powers: dict[str, Array] = {}

    def step(self, graph: Graph, gradients: dict[str, Array], rate: float) -> None:
        """Move every tensor against its gradient, in place."""
        self._steps += 1
        rate *= np.sqrt(1 - self.POWER ** self._steps) / (1 - self.MOMENT ** self._steps)
        for name, g in gradients.items():
            m = self._moments.setdefault(name, np.zeros_like(g))
            v = self._powers.setdefault(name, np.zeros_like(g))
            m += (1 - self.MOMENT) * (g - m)
            v += (1 - self.POWER) * (g * g - v)
            graph.tensors[name].contents()[...] -= np.float32(rate) * m / (np.sqrt(v) + self.EPSILON)


def normalise(images: Array) -> Array:
    """[count, 28, 28] pixels of 0..255 -> the float network's input."""
    return images[..., None].astype(np.float32) / np.float32(255)


def train(graph: Graph, images: Array, labels: Array, epochs: int, seed: int,
          batch: int = 32, rate: float = 4e-3) -> None:
    """Minimise the cross entropy; distorts the images anew each epoch; rate falls to zero."""
    random = np.random.default_rng(seed)
    optimiser = Adam()
    steps = epochs * (len(images) // batch)
    step = 0
    for epoch in range(epochs):
        order = random.permutation(len(images))
        loss = 0.0
        for start in range(0, len(images) - batch + 1, batch):
            chosen = order[start:start + batch]
            x = normalise(distort(images[chosen], random))
            values = evaluate(graph, float_kernels.KERNELS, x)
            wanted = np.arange(batch), labels[chosen]
            likely = np.maximum(values[graph.output][wanted], np.float32(1e-12))
            gradient = np.zeros_like(values[graph.output])
            gradient[wanted] = -1 / (batch * likely)
            optimiser.step(graph, float_kernels.backpropagate(graph, values, gradient),
                           rate * (1 + np.cos(np.pi * step / steps)) / 2)
            loss -= float(np.log(likely).sum())
            step += 1
        print(f"epoch {epoch + 1}: loss {loss / len(images):.4f}", flush=True)


def accuracy(probabilities: Array, labels: Array) -> float:
    """Share of digits whose greatest output is the right one; the first of equals counts."""
    return float((probabilities.argmax(axis=-1) == labels).mean())
