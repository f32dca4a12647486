# SPDX-FileCopyrightText: 2026 The Espalier authors
# SPDX-License-Identifier: GPL-3.0-or-later

# What PyTorch makes of a network in as many epochs as `espalier train`, for the table "The same accuracy as PyTorch's".
#
#   torchaccuracy.py prepare SOURCE FOLDER
#   torchaccuracy.py cnn1d|dscnn|autoencoder FOLDER EPOCHS SEED...
#
# `prepare` writes train_x.npy, train_y.npy, test_x.npy and test_y.npy for both programs: of IDX images a 255th, of series in
# such files each channel standardised by the training samples. Adam at a rate of 0.001 that stays,
# batches of 32, the first weights drawn as Espalier draws them. Prints a line for each seed: the last epoch's mean loss and
# the accuracy on the test samples (of the autoencoder the loss alone).

import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional

import torchpeer


def idx(path):
    data = path.read_bytes()
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * data[3]).reshape(
        numpy.frombuffer(data, ">u4", data[3], 4)
    )


def prepare(source, folder):
    folder.mkdir(exist_ok=True)
    for part, files in (("train", "train"), ("test", "t10k")):
        if (source / "train_x.npy").exists():
            train, labels = numpy.load(source / "train_x.npy"), numpy.load(source / f"{part}_y.npy")
            samples = (numpy.load(source / f"{part}_x.npy") - train.mean((0, 1))) / train.std((0, 1))
        else:
            images, classes = (next(source.glob(f"{files}*-{kind}-ubyte")) for kind in ("images-idx3", "labels-idx1"))
            samples, labels = idx(images)[..., None] / 255, idx(classes)
        numpy.save(folder / f"{part}_x.npy", samples.astype(numpy.float32))
        numpy.save(folder / f"{part}_y.npy", labels)


def network(name, shape, classes):
    made = torchpeer.NETWORKS[name][0]()
    if name == "cnn1d":
        made[0] = nn.Conv1d(shape[0], 16, 3)
    if name == "autoencoder":
        made[0] = nn.Linear(shape[0], 128, bias=False)
        classes = shape[0]
    made[-1] = nn.Linear(made[-1].in_features, classes)
    for layer in made.modules() if name != "cnn1d" else []:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return made


def main():
    if sys.argv[1] == "prepare":
        return prepare(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    name, folder, epochs, *seeds = sys.argv[1:]
    images, labels, test_images, test_labels = (
        torch.from_numpy(numpy.load(f"{folder}/{part}.npy")) for part in ("train_x", "train_y", "test_x", "test_y")
    )
    labels, test_labels = labels.long(), test_labels.long()
    if name == "autoencoder":
        images, test_images = images.flatten(1), test_images.flatten(1)
    else:
        images, test_images = images.movedim(-1, 1).contiguous(), test_images.movedim(-1, 1).contiguous()
    torch.set_num_threads(1)
    for seed in seeds:
        torch.manual_seed(int(seed))
        trained = network(name, images.shape[1:], int(labels.max()) + 1).train()
        optimizer = torch.optim.Adam(trained.parameters(), lr=0.001)
        for _ in range(int(epochs)):
            losses = 0.0
            for batch in torch.randperm(len(images)).split(32):
                optimizer.zero_grad()
                made = trained(images[batch])
                if name == "autoencoder":
                    loss = functional.mse_loss(made, images[batch])
                else:
                    loss = functional.cross_entropy(made, labels[batch])
                loss.backward()
                optimizer.step()
                losses += loss.item() * len(batch)
        line = f"seed {seed}: loss {losses / len(images):.4f}"
        if name != "autoencoder":
            trained.eval()
            with torch.no_grad():
                right = (trained(test_images).argmax(1) == test_labels).float().mean().item()
            line += f", accuracy {100 * right:.2f} %"
        print(line, flush=True)


if __name__ == "__main__":
    main()
