// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/papertable.h"

namespace espalier {

extern const PaperTable loureiroPruning;
const PaperTable loureiroPruning = {
    .id = "loureiro-2",
    .title = "Loureiro et al., Table 2: pruning",
    .source = "Loureiro et al., Efficient Deployment of Machine Learning Models on Microcontrollers: A Comparative "
              "Study of Quantization and Pruning Strategies, Table 2",
    .published = "each row against the original of the same framework; time of a device that the paper does not name",
    .here = "networks are trained here on the data set given; time is that of one inference on this host",
    .board = "",
    .columns = {{"Inference time", Column::hostMs, PaperMeasure::relative},
                {"Accuracy", Column::accuracy, PaperMeasure::relative},
                {"Sparsity", Column::sparsity, PaperMeasure::absolute},
                {"Model size", Column::sizeBytes, PaperMeasure::relative}},
    .rows = {{"TF Lite, MobileNetV2, low magnitude",
              "mobilenetv2",
              "tflite-low-magnitude",
              {"8 % lower", "0.3 % lower", "60 %", "1.94 times as large"}},
             {"XNNPACK, MobileNetV2, XNNPack",
              "mobilenetv2",
              "xnnpack-sparse",
              {"8 % lower", "0.1 % higher", "75 %", "1.6 times as large"}},
             {"PyTorch, custom CNN, random unstructured",
              "cnn",
              "pytorch-random-unstructured",
              {"20 % higher", "0.1 % higher", "32 %", "1.1 times as large"}},
             {"TinyNeuralNetwork, MobileNetV2, one-shot channel pruner",
              "mobilenetv2",
              "tinynn-oneshot-channel",
              {"70 % higher", "0.1 % lower", "55 %", "1.9 times as large"}}},
};

} // namespace espalier
