# SPDX-FileCopyrightText: 2026 The Espalier authors
# SPDX-License-Identifier: GPL-3.0-or-later

# PyTorch's side of espalier_training_benchmark: reads commands from standard input, answers each with one line.
#
#   prepare NETWORK BATCH THREADS LAYOUT    makes a network and random data; LAYOUT is nchw or nhwc
#   run STEPS                               seconds of one of so many training steps, on average; of one thread those
#                                           that it had a processor
#   memory                                  the most memory that this process has had, in bytes

import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional


def same(kernel):
    return tuple((k - 1) // 2 for k in kernel)


class Normalized(nn.Sequential):
    """A convolution without bias, its batch norm and, unless told otherwise, a ReLU."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1, relu=True):
        layers = [
            nn.Conv2d(inputs, outputs, kernel, stride, same(kernel), groups=groups, bias=False),
            nn.BatchNorm2d(outputs, momentum=0.01, eps=1e-3),
        ]
        super().__init__(*layers, *([nn.ReLU(inplace=True)] if relu else []))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = Normalized(inputs, outputs, (3, 3), stride)
        self.second = Normalized(outputs, outputs, (3, 3), relu=False)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return functional.relu(self.second(self.first(x)) + self.shortcut(x))


def pooled(channels, classes):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]


def separable(inputs, outputs, stride=1):
    return [Normalized(inputs, inputs, (3, 3), stride, groups=inputs), Normalized(inputs, outputs, (1, 1))]


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def dscnn():
    layers = [nn.ZeroPad2d((1, 1, 4, 5)), nn.Conv2d(1, 64, (10, 4), 2, bias=False), nn.BatchNorm2d(64, eps=1e-3)]
    layers += [nn.ReLU(inplace=True), nn.Dropout(0.2)]
    for _ in range(4):
        layers += separable(64, 64)
    return nn.Sequential(*layers, nn.Dropout(0.4), *pooled(64, 12))


def resnet8():
    return nn.Sequential(
        Normalized(3, 16, (3, 3)), Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2), *pooled(64, 10)
    )


def mobilenetv1():
    layers, channels = [Normalized(3, 8, (3, 3), 2)], 8
    blocks = [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2)] + 5 * [(128, 1)] + [(256, 2), (256, 1)]
    for outputs, stride in blocks:
        layers += separable(channels, outputs, stride)
        channels = outputs
    return nn.Sequential(*layers, *pooled(channels, 2))


def cnn1d():
    return nn.Sequential(nn.Conv1d(35, 16, 3), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 8))


def autoencoder():
    layers, inputs = [], 640
    for outputs in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        layers += [nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs, eps=1e-3), nn.ReLU(inplace=True)]
        inputs = outputs
    return nn.Sequential(*layers, nn.Linear(inputs, 640))


# The network, the shape of a sample, the number of classes (0: it is to reproduce its input).
NETWORKS = {
    "lenet": (lenet, (1, 28, 28), 10),
    "dscnn": (dscnn, (1, 49, 10), 12),
    "resnet8": (resnet8, (3, 32, 32), 10),
    "mobilenetv1": (mobilenetv1, (3, 96, 96), 2),
    "cnn1d": (cnn1d, (35, 100), 8),
    "autoencoder": (autoencoder, (640,), 0),
}


class Training:
    def __init__(self, name, batch, threads, layout):
        torch.manual_seed(1)
        build, shape, classes = NETWORKS[name]
        self.threads = threads
        self.network = build().train()
        self.images = torch.randn(batch, *shape)
        if layout == "nhwc":
            self.network = self.network.to(memory_format=torch.channels_last)
            self.images = self.images.to(memory_format=torch.channels_last)
        self.wanted = torch.randint(classes, (batch,)) if classes else self.images
        self.loss = functional.cross_entropy if classes else functional.mse_loss
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.01, momentum=0.9)

    def run(self, steps):
        torch.set_num_threads(self.threads)
        clock = time.process_time if self.threads == 1 else time.perf_counter
        start = clock()
        for _ in range(steps):
            self.optimizer.zero_grad(set_to_none=True)
            self.loss(self.network(self.images), self.wanted).backward()
            self.optimizer.step()
        return (clock() - start) / steps


def main():
    training = None
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "prepare":
            name, batch, threads, layout = arguments
            training = Training(name, int(batch), int(threads), layout)
            answer = torch.__version__
        elif command == "run":
            answer = training.run(int(arguments[0]))
        else:
            answer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(answer, flush=True)


if __name__ == "__main__":
    main()
