// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/papertable.h"

namespace espalier {

extern const PaperTable audiBoard;
const PaperTable audiBoard = {
    .id = "audi-2",
    .title = "Audi et al., Table 2: the same models on a board",
    .source = "Audi et al., optimized TinyML models, Table 2: performance on the Arduino Nano 33 BLE Sense",
    .published = "Arduino Nano 33 BLE Sense (Cortex-M4F at 64 MHz), by Edge Impulse; KB as printed",
    .here = "the same processor, emulated; a time that is estimated for its clock assumes memory without wait states",
    .board = "qemu-m4:clock=64",
    .takesSeries = true,
    .epochs = 50,
    .adamRate = 0.001,
    .columns = {{"Processing time", Column::latencyMs, PaperMeasure::time},
                {"RAM", Column::ramBytes, PaperMeasure::absolute},
                {"Flash", Column::flashBytes, PaperMeasure::absolute}},
    .rows = {{"Simple-1DCNN", "cnn1d", "", {"410 ms", "17.6 KB", "32.2 KB"}},
             {"Pruned-1DCNN", "cnn1d", "prune-magnitude epochs=20 batch=32", {"410 ms", "17.6 KB", "32.2 KB"}},
             {"Reshaped-1DCNN",
              "cnn1d",
              "prune-magnitude epochs=20 batch=32 | remove-sparsity mode=literal",
              {"328 ms", "17.6 KB", "28.6 KB"}},
             {"PQT-Reshaped model", "cnn1d", "pruned-reshaped-int8", {"9 ms", "6.2 KB", "33.8 KB"}}},
};

} // namespace espalier
