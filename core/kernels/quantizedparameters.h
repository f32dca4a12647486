// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/operator.h"

#include <espalier/elementwise.h>
#include <espalier/interpolation.h>

#include <optional>

namespace espalier {

/// The parameters of the formulas in <espalier/elementwise.h>, from the scales and zero points of an operator's
/// tensors, computed as TensorFlow Lite Micro prepares its kernels (float or double division as there). The host engine
/// and the code generator both use these. The tensors are int8, uint8 or int16; an error says in a clause what does not
/// fit: not quantized per tensor, a scale that is not positive, a zero point outside the type.

struct IntegerRange
{
    std::int32_t low = 0, high = 0;
};
struct FloatRange
{
    float low = 0, high = 0;
};

/// One positive, finite scale and a zero point inside the type's range.
Result<void> checkQuantized(const Tensor &tensor);

/// The range of int8, uint8, int16 or int32.
IntegerRange typeRange(DType type);

/// The range of a quantized result after a fused activation; an error for TANH and SIGN_BIT.
Result<IntegerRange> activationRange(Activation activation, const Tensor &output);
/// The same for float: infinite where there is no bound.
Result<FloatRange> floatRange(Activation activation);

/// QUANTIZE from integers. With `floatRatio` the ratio of the scales is rounded to float first, as RELU does.
Result<rt::RequantizeParameters> requantizeParameters(const Tensor &input, const Tensor &output,
                                                      bool floatRatio = false);
/// RELU and RELU6 with their own scale change: `bound` is the upper bound, or infinity.
Result<rt::RequantizeParameters> reluParameters(const Tensor &input, const Tensor &output, float bound);
/// MEAN over `count` elements: applies to the sum of the raw values.
Result<rt::RequantizeParameters> meanParameters(const Tensor &input, const Tensor &output, std::int64_t count);
Result<rt::AddParameters> addParameters(const Tensor &a, const Tensor &b, const Tensor &output, Activation activation);
/// SUB divides its scales in float where ADD does in double.
Result<rt::AddParameters> subtractParameters(const Tensor &a, const Tensor &b, const Tensor &output,
                                             Activation activation);
Result<rt::MultiplyParameters> multiplyParameters(const Tensor &a, const Tensor &b, const Tensor &output,
                                                  Activation activation);
Result<rt::LeakyReluParameters> leakyReluParameters(const Tensor &input, const Tensor &output, float alpha);
Result<rt::PreluParameters> preluParameters(const Tensor &input, const Tensor &slope, const Tensor &output);
/// int8 and uint8.
Result<rt::HardSwishParameters> hardSwishParameters(const Tensor &input, const Tensor &output);
/// int8 and uint8; the output's scale is 1/256, its zero point the type's lowest value.
Result<rt::SigmoidParameters> logisticParameters(const Tensor &input, const Tensor &output);
/// int8 and uint8; the output's scale is 1/128, its zero point the type's middle.
Result<rt::SigmoidParameters> tanhParameters(const Tensor &input, const Tensor &output);
/// int8 or uint8 to the same (scale 1/256) or from int8 to int16 (scale 1/65536), zero point the type's lowest value.
Result<rt::SoftmaxParameters> softmaxParameters(const Tensor &input, const Tensor &output, float beta);

/// LOGISTIC and TANH of int16; the output's scale is 1/32768. An input scale that is the power of two of TFLite's LSTMs
/// (1/4096, for TANH 1/2048 too) is met exactly.
Result<rt::WideSigmoidParameters> wideLogisticParameters(const Tensor &input, const Tensor &output);
Result<rt::WideSigmoidParameters> wideTanhParameters(const Tensor &input, const Tensor &output);
/// SOFTMAX of int16, to the place in the table of exponentials; the output's scale is 1/32768.
Result<rt::QuantizedMultiplier> wideSoftmaxScale(const Tensor &input, const Tensor &output, float beta);

} // namespace espalier
