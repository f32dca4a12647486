// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/papertable.h"

namespace espalier {

extern const PaperTable audiModels;
const PaperTable audiModels = {
    .id = "audi-1",
    .title = "Audi et al., Table 1: a pruned, reshaped and quantized 1D-CNN",
    .source = "Audi et al., optimized TinyML models, Table 1: measured metrics",
    .published = "eight grasped objects, a glove with five IMUs and five force sensors; the last zipped size cannot be "
                 "a zip archive of that file, being larger than it",
    .here = "the same network and steps on another data set of series",
    .board = "",
    .takesSeries = true,
    .epochs = 50,
    .adamRate = 0.001,
    .columns = {{"Accuracy", Column::accuracy, PaperMeasure::absolute},
                {"Size", Column::sizeBytes, PaperMeasure::absolute},
                {"Zipped size", Column::zippedBytes, PaperMeasure::absolute},
                {"FLOPs", Column::macs, PaperMeasure::flops}},
    .rows = {{"Simple-1DCNN", "cnn1d", "", {"97.08 %", "10160 B", "8445 B", "193648"}},
             {"Pruned-1DCNN", "cnn1d", "prune-magnitude epochs=20 batch=32", {"95 %", "10160 B", "5710 B", "193648"}},
             {"Reshaped-1DCNN",
              "cnn1d",
              "prune-magnitude epochs=20 batch=32 | remove-sparsity mode=literal",
              {"93.75 %", "6596 B", "5020 B", "96848"}},
             {"PQT-Reshaped 1DCNN", "cnn1d", "pruned-reshaped-int8", {"93.33 %", "4448 B", "5810 B", ""}}},
};

} // namespace espalier
