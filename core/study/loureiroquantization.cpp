// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/papertable.h"

namespace espalier {

extern const PaperTable loureiroQuantization;
const PaperTable loureiroQuantization = {
    .id = "loureiro-3",
    .title = "Loureiro et al., Table 3: quantization",
    .source = "Loureiro et al., Efficient Deployment of Machine Learning Models on Microcontrollers: A Comparative "
              "Study of Quantization and Pruning Strategies, Table 3",
    .published = "each row against the original of the same framework; time of a device that the paper does not name; "
                 "the text's \"65 % smaller\" for PyTorch contradicts the table; \"0.53x\" is new size by old",
    .here = "the paper's MobileNetV2 is a small CNN here; time is that of one inference on this host; PyTorch's row is "
            "run by TFLite's dynamic kernels",
    .board = "",
    .columns = {{"Inference time", Column::hostMs, PaperMeasure::relative},
                {"Accuracy", Column::accuracy, PaperMeasure::relative},
                {"Model size", Column::sizeBytes, PaperMeasure::relative}},
    .rows =
        {{"TF Lite, MobileNetV2, post-training int8",
          "cnn",
          "tflite-ptq-int8",
          {"75 % lower", "10 % lower", "4 times smaller"}},
         {"PyTorch, custom CNN, dynamic quantization",
          "cnn",
          "pytorch-dynamic",
          {"14 % lower", "0 %", "1.65 times smaller"}},
         {"PyTorch-playground, custom MLP, linear quantization",
          "mlp",
          "playground-linear",
          {"32 % higher", "0.07 % higher", "unchanged (\"0x\")"}},
         {"AIMET, MobileNetV2, post-training int8",
          "cnn",
          "aimet-ptq",
          {"90 % lower", "1 % lower", "3.5 times smaller"}},
         {"OpenVINO, MobileNetV2, post-training int8", "cnn", "openvino-ptq", {"0 %", "0 %", "0.53 times as large"}}},
};

} // namespace espalier
