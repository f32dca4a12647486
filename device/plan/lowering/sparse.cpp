// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/sparse.h"

#include "device/plan/lowering/int8layer.h"

#include <cstdlib>
#include <limits>

namespace espalier::device {

namespace {

// As espalier/sparse.h reads them.
struct Streams
{
    std::vector<std::int8_t> bytes;
    std::size_t pairs = 0, segments = 0;
};

Streams streamsOf(const Int8Layer &layer, std::int64_t largestSum)
{
    Streams streams;
    auto &bytes = streams.bytes;
    for (std::int32_t c = 0; c < layer.outputs; ++c) {
        std::size_t head = 0;
        std::int64_t length = 0, sum = 0, gap = 0;
        const auto put = [&](std::int8_t weight, std::int64_t zeros) {
            sum += std::abs(std::int32_t(weight));
            if (length == 0 || length == 255 || sum > largestSum) {
                head = bytes.size();
                bytes.push_back(0);
                ++streams.segments;
                length = 0;
                sum = std::abs(std::int32_t(weight));
            }
            bytes.push_back(weight);
            bytes.push_back(std::int8_t(std::uint8_t(zeros)));
            bytes[head] = std::int8_t(std::uint8_t(++length));
            ++streams.pairs;
        };
        for (std::int64_t i = 0; i < layer.weightsOfOutput; ++i) {
            const std::int8_t weight = layer.weight(c, i);
            if (weight == 0) {
                ++gap;
                continue;
            }
            for (; gap > 255; gap -= 256)
                put(0, 255);
            put(weight, gap);
            gap = 0;
        }
        bytes.push_back(0);
    }
    return streams;
}

// Instructions of the kernels' loops, as they are compiled: for a pair, for a segment, and what an output and a tap of
// the window take more than in the dense kernel.
struct Cost
{
    double pair, segment, output, tap;
    double of(const Streams &streams, const Int8Layer &layer) const
    {
        return pair * double(streams.pairs) + segment * double(streams.segments) + output * layer.outputs +
               tap * double(layer.weightsOfOutput);
    }
};

bool isSmallerAndNoSlower(const Streams &streams, const Cost &cost, const Int8Layer &layer, const DenseForm &dense)
{
    return streams.bytes.size() < dense.bytes && cost.of(streams, layer) <= dense.instructions;
}

// The layer in the model's own order: a row of weights for each output.
Int8Layer layerOf(const PlanBuilder &builder, const Operator &op, Activation activation, bool floatProduct)
{
    const std::vector<std::int8_t> values = int8Weights(builder, op.input(1));
    const std::int32_t outputs = builder.tensor(op.input(1)).shape[0];
    const std::int64_t taps = std::int64_t(values.size()) / outputs;
    return {op.input(0),
            op.input(1),
            op.input(2),
            op.outputs[0],
            activation,
            floatProduct,
            outputs,
            taps,
            [=](std::int32_t output, std::int64_t place) { return values[std::size_t(output * taps + place)]; }};
}

PlanRef storedStreams(PlanBuilder &builder, const std::string &role, TensorId weights, const Streams &streams)
{
    const Tensor &tensor = builder.tensor(weights);
    return builder.constant(role, tensor.name + ", " + shapeText(tensor.shape) + ", without zeros", DType::int8,
                            sharedBytes(streams.bytes));
}

} // namespace

bool lowerSparseConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g,
                            const DenseForm &dense)
{
    if (!builder.mayBeCompact())
        return false;
    const Int8Layer layer = layerOf(builder, op, op.as<Conv2DOptions>().activation, false);
    const bool isThumb = builder.family() == KernelFamily::thumb;
    const Streams streams = streamsOf(layer, isThumb ? 255 : std::numeric_limits<std::int64_t>::max());
    const Cost cost = isThumb ? Cost{12, 27, 0, 0} : Cost{10, 3, 56, 16};
    const auto channels = channelTable(builder, layer, 1);
    if (!channels || !isSmallerAndNoSlower(streams, cost, layer, dense))
        return false;
    constexpr std::size_t pixels = 4; // rt::thumb::detail::pixelsAtOnce
    const PlanRef scratch = builder.scratch(DType::int32, std::size_t(layer.weightsOfOutput) * pixels / 2);
    const PlanRef filter = storedStreams(builder, "filter", layer.filter, streams);
    const PlanRef table = builder.constant("channels", DType::int32, *channels);
    PlanStep &step = builder.call("espalier/sparse.h", "sparse::convolution", "ConvolutionLayer");
    describeQuantized(step, g, activationRange(layer.activation, g.output), true);
    step.arguments = {builder.input(layer.input), filter, table, scratch, builder.output(layer.output)};
    builder.mayOverlap(layer.input, layer.output, rasterLead(g, pixels));
    return true;
}

bool lowerSparseFullyConnected(PlanBuilder &builder, const Operator &op, const DenseForm &dense)
{
    if (!builder.mayBeCompact())
        return false;
    const Int8Layer layer = layerOf(builder, op, op.as<FullyConnectedOptions>().activation, true);
    const Streams streams = streamsOf(layer, std::numeric_limits<std::int64_t>::max());
    const Cost cost = builder.family() == KernelFamily::thumb ? Cost{12.3, 10, 20, 0} : Cost{8, 6, 15, 0};
    const auto channels = channelTable(builder, layer, 1);
    if (!channels || !isSmallerAndNoSlower(streams, cost, layer, dense))
        return false;
    const Tensor &output = builder.tensor(layer.output);
    const PlanRef weights = storedStreams(builder, "weights", layer.filter, streams);
    const PlanRef table = builder.constant("channels", DType::int32, *channels);
    PlanStep &step = builder.call("espalier/sparse.h", "sparse::fullyConnected", "FullyConnectedLayer");
    describeFullyConnected(step, {.rows = std::int64_t(builder.tensor(layer.input).elements()) / layer.weightsOfOutput,
                                  .inputs = layer.weightsOfOutput,
                                  .outputs = layer.outputs,
                                  .outputZeroPoint = zeroPoint(output),
                                  .range = activationRange(layer.activation, output),
                                  .perChannel = true});
    step.arguments = {builder.input(layer.input), weights, table, builder.output(layer.output)};
    return true;
}

} // namespace espalier::device
