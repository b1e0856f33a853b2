# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The digits network: what is connected to what, with fresh random weights."""

from __future__ import annotations

import numpy as np

from graph import Graph, Op, Tensor, window_output

IMAGE_SIZE = 28
CLASSES = 10


class Builder:
    """Appends layers to a float graph; each method returns the name of its output."""

    def __init__(self, seed: int) -> None:
        self.graph = Graph(input="image", output="probabilities")
        self.graph.add(Tensor("image", (1, IMAGE_SIZE, IMAGE_SIZE, 1)))
        self._random = np.random.default_rng(seed)

    def _weights(self, layer: str, shape: tuple[int, ...], fan_in: int, outputs: int) -> list[str]:
        """Weights by He et al. 2015 and a zero bias."""
        values = self._random.normal(0, np.sqrt(2 / fan_in), shape).astype(np.float32)
        return [
            self.graph.add(Tensor(f"{layer}/weights", shape, data=values)),
            self.graph.add(Tensor(f"{layer}/bias", (outputs,),
                                  data=np.zeros(outputs, np.float32))),
        ]

    def _append(self, code: str, layer: str, inputs: list[str], shape: tuple[int, ...],
                **options: object) -> str:
        output = self.graph.add(Tensor(layer, shape))
        self.graph.ops.append(Op(code, inputs, output, options))
        return output

    def _shape(self, name: str) -> tuple[int, ...]:
        return self.graph.tensors[name].shape

    def _window(self, source: str, kernel: int, stride: int, padding: str) -> tuple[int, int]:
        _, height, width, _ = self._shape(source)
        return (window_output(height, kernel, stride, padding)[0],
                window_output(width, kernel, stride, padding)[0])

    def conv(self, layer: str, source: str, channels: int, kernel: int, stride: int = 1,
             activation: str = "RELU") -> str:
        """Convolution with SAME padding."""
        depth = self._shape(source)[3]
        weights = self._weights(layer, (channels, kernel, kernel, depth), kernel * kernel * depth,
                                channels)
        size = self._window(source, kernel, stride, "SAME")
        return self._append("CONV_2D", layer, [source, *weights], (1, *size, channels),
                            padding="SAME", stride_w=stride, stride_h=stride,
                            fused_activation_function=activation)

    def depthwise(self, layer: str, source: str, stride: int = 1) -> str:
        """3x3 depthwise convolution with SAME padding and RELU."""
        depth = self._shape(source)[3]
        weights = self._weights(layer, (1, 3, 3, depth), 9, depth)
        size = self._window(source, 3, stride, "SAME")
        return self._append("DEPTHWISE_CONV_2D", layer, [source, *weights], (1, *size, depth),
                            padding="SAME", stride_w=stride, stride_h=stride, depth_multiplier=1,
                            fused_activation_function="RELU")

    def add(self, layer: str, first: str, second: str) -> str:
        """Sum with RELU."""
        return self._append("ADD", layer, [first, second], self._shape(first),
                            fused_activation_function="RELU")

    def pool(self, layer: str, kind: str, source: str) -> str:
        """2x2 pooling with stride 2."""
        size = self._window(source, 2, 2, "VALID")
        return self._append(kind, layer, [source], (1, *size, self._shape(source)[3]),
                            padding="VALID", stride_w=2, stride_h=2, filter_width=2,
                            filter_height=2, fused_activation_function="NONE")

    def flatten(self, layer: str, source: str) -> str:
        """Everything but the batch in one axis."""
        shape = (1, int(np.prod(self._shape(source))))
        target = self.graph.add(Tensor(f"{layer}/shape", (2,), np.int32,
                                       data=np.array(shape, np.int32)))
        return self._append("RESHAPE", layer, [source, target], shape, new_shape=list(shape))

    def dense(self, layer: str, source: str, outputs: int) -> str:
        """Fully connected layer without activation."""
        depth = self._shape(source)[1]
        weights = self._weights(layer, (outputs, depth), depth, outputs)
        return self._append("FULLY_CONNECTED", layer, [source, *weights], (1, outputs),
                            fused_activation_function="NONE")

    def softmax(self, layer: str, source: str) -> str:
        """Probabilities from logits."""
        return self._append("SOFTMAX", layer, [source], self._shape(source), beta=1.0)


def digits_network(seed: int) -> Graph:
    """28x28 grey image in 0..1 -> ten probabilities."""
    net = Builder(seed)
    stem = net.conv("stem", "image", channels=16, kernel=3, stride=2)
    x = net.depthwise("block1/depthwise", stem)
    x = net.conv("block1/pointwise", x, channels=16, kernel=1, activation="NONE")
    x = net.add("block1/add", stem, x)
    pooled = net.pool("pool1", "MAX_POOL_2D", x)
    x = net.depthwise("block2/depthwise", pooled)
    x = net.conv("block2/pointwise", x, channels=32, kernel=1)
    narrow = net.depthwise("block3/depthwise", x, stride=2)
    narrow = net.conv("block3/pointwise", narrow, channels=64, kernel=1)
    x = net.depthwise("block4/depthwise", narrow)
    x = net.conv("block4/pointwise", x, channels=64, kernel=1, activation="NONE")
    x = net.add("block4/add", narrow, x)
    x = net.pool("pool2", "AVERAGE_POOL_2D", x)
    x = net.flatten("flatten", x)
    x = net.dense("logits", x, CLASSES)
    net.softmax("probabilities", x)
    return net.graph
