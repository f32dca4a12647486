// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/quantizedmultiplier.h"
#include "device/plan/planbuilder.h"

#include <cstdint>
#include <string>
#include <vector>

namespace espalier::device {

/// The quantized values that a fused activation lets through.
struct QuantizedRange
{
    std::int32_t low = 0, high = 0;
};
QuantizedRange activationRange(Activation activation, const Tensor &output);

/// Zero point and scale of a tensor with one of each.
inline std::int32_t zeroPoint(const Tensor &tensor)
{
    return tensor.quantization.empty() ? 0 : std::int32_t(tensor.quantization.zeroPoint.front());
}
inline float scale(const Tensor &tensor)
{
    return tensor.quantization.empty() ? 1.0f : tensor.quantization.scale.front();
}

inline bool isQuantized8(DType type)
{
    return type == DType::int8 || type == DType::uint8;
}
inline bool isQuantized(DType type)
{
    return isQuantized8(type) || type == DType::int16;
}

/// Extents of a window that slides in one direction.
struct Window
{
    std::int32_t input, filter, stride, dilation, output;
    Padding padding;
    /// Cells of padding in front of the first input.
    std::int32_t before() const;
};

/// Describes a step's layer: the fields of its struct in espalier/layers.h, all of them, in their order.
class Settings
{
public:
    explicit Settings(PlanStep &step) : m_step(step) {}
    Settings &add(std::string name, std::int64_t value)
    {
        m_step.settings.push_back({std::move(name), std::int32_t(value)});
        return *this;
    }
    Settings &addReal(std::string name, float value)
    {
        m_step.settings.push_back({std::move(name), value});
        return *this;
    }

private:
    PlanStep &m_step;
};

/// Where a convolution's window starts, and how it moves.
struct ConvolutionGeometry
{
    const Tensor &input, &filter, &output;
    std::int32_t strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft, depthMultiplier;
};
/// The fields of rt::ConvolutionLayer for quantized values, and for floats (over float or, hybrid, int8 weights).
void describeQuantized(PlanStep &step, const ConvolutionGeometry &geometry, QuantizedRange range, bool perChannel);
struct FloatConvolution
{
    bool perChannel = false, asymmetric = false; ///< hybrid
    bool hasBias = false;
    Activation activation = Activation::none;
};
void describeFloat(PlanStep &step, const ConvolutionGeometry &geometry, const FloatConvolution &layer);

/// How far ahead of its input the output of a kernel that goes through pixels in raster order gets: the lead for
/// PlanBuilder::mayOverlap().
/// `pixelsReadFirst`: so many pixels' windows are read before their outputs are written; 0: outputs are written while
/// the pixel's own window is still read.
std::size_t rasterLead(const ConvolutionGeometry &geometry, std::size_t pixelsReadFirst = 0);

/// The same for a kernel that makes `pixels` outputs at a time and reads their windows until the last is written.
std::size_t groupLead(const ConvolutionGeometry &geometry, std::size_t pixels);

/// The same for a kernel that makes `bandRows` rows of the output at a time, channel by channel.
std::size_t bandLead(const ConvolutionGeometry &geometry, std::int32_t bandRows);

/// The fields of rt::FullyConnectedLayer.
struct FullyConnectedDescription
{
    std::int64_t rows = 0, inputs = 0, outputs = 0;
    std::int32_t filterZeroPoint = 0, outputZeroPoint = 0;
    QuantizedRange range = {};
    bool perChannel = false, asymmetric = false, hasBias = true;
    Activation activation = Activation::none;
};
void describeFullyConnected(PlanStep &step, const FullyConnectedDescription &layer);

/// A fused activation's number in the runtime. The host engine has refused those that it does not run.
std::int32_t activationNumber(Activation activation);

/// Multipliers input * weight[c] / output for every channel, as two constants and whether there is more than one.
/// `floatProduct`: with one scale for all weights, input * weight is rounded to float first (FULLY_CONNECTED and uint8
/// in TFLite).
std::vector<rt::QuantizedMultiplier> multipliersOf(const Tensor &input, const Tensor &weights, const Tensor &output,
                                                   bool floatProduct);
struct ChannelMultipliers
{
    PlanRef multiplier, shift;
    bool perChannel = false;
};
ChannelMultipliers channelMultipliers(PlanBuilder &builder, const Tensor &input, const Tensor &weights,
                                      const Tensor &output, bool floatProduct);

/// For float activations over int8 weights: the weights' scales, as a constant.
PlanRef weightScales(PlanBuilder &builder, const Tensor &weights);

/// A bias of zeros, of the type that goes with the input's.
inline PlanRef zeroBias(PlanBuilder &builder, TensorId input, std::int32_t outputs);

/// bias[o] - zeroPoint(input) * (sum of output o's weights), wrapping; bias may be absent. `outputOf` maps the index
/// of a weight to its output. Int16 inputs have no zero point, and a bias of 64 bits.
template <class OutputOf>
PlanRef foldedBias(PlanBuilder &builder, TensorId input, TensorId weights, TensorId bias, std::int32_t outputs,
                   OutputOf outputOf);

} // namespace espalier::device

#include "device/plan/lowering/foldedbias.h"
