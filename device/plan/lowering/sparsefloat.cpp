// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/sparsefloat.h"

#include "device/plan/lowering/clustered.h"

#include <espalier/sparsefloat.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

namespace espalier::device {

namespace {

// As espalier/sparsefloat.h reads them.
struct Streams
{
    std::vector<float> weights;
    std::vector<std::int8_t> gaps;
    std::size_t bytes() const { return 4 * weights.size() + gaps.size(); }
};

std::optional<Streams> streamsOf(std::span<const float> weights, std::size_t outputs)
{
    const std::size_t taps = weights.size() / outputs;
    Streams streams;
    for (std::size_t o = 0; o < outputs; ++o) {
        const std::size_t head = streams.gaps.size();
        streams.gaps.resize(head + 2);
        std::size_t count = 0, gap = 0;
        const auto put = [&](float weight, std::size_t zeros) {
            streams.weights.push_back(weight);
            streams.gaps.push_back(std::int8_t(std::uint8_t(zeros)));
            ++count;
        };
        for (const float weight : weights.subspan(o * taps, taps)) {
            if (weight == 0.0f) {
                ++gap;
                continue;
            }
            for (; gap > 255; gap -= 256)
                put(0.0f, 255);
            put(weight, gap);
            gap = 0;
        }
        if (count > 0xffff)
            return std::nullopt;
        streams.gaps[head] = std::int8_t(std::uint8_t(count & 255));
        streams.gaps[head + 1] = std::int8_t(std::uint8_t(count >> 8));
    }
    return streams;
}

// A weight that is not finite makes a number of no zero. Of a product too small for a float only the sign stays, which
// a bias of -0 would let be seen.
bool hasTheSameBits(std::span<const float> weights, std::span<const float> bias)
{
    return std::ranges::all_of(weights, [](float w) { return std::isfinite(w); }) &&
           std::ranges::none_of(bias, [](float b) { return b == 0.0f && std::signbit(b); });
}

// The layer's streams where their form may be taken and is the smallest.
std::optional<Streams> smallestStreams(const PlanBuilder &builder, const Operator &op)
{
    const TensorId filter = op.input(1), bias = op.input(2);
    const auto isFloat = [&](TensorId id) { return builder.stored(id).type == DType::float32; };
    if (!builder.mayBeCompact() || !isFloat(filter) || (bias.valid() && !isFloat(bias)))
        return std::nullopt;
    const auto weights = builder.values<float>(filter);
    const auto biases = bias.valid() ? builder.values<float>(bias) : std::span<const float>();
    if (2 * std::ranges::count(weights, 0.0f) < std::ptrdiff_t(weights.size()) || !hasTheSameBits(weights, biases))
        return std::nullopt;
    std::optional<Streams> streams = streamsOf(weights, std::size_t(builder.tensor(filter).shape[0]));
    const ClusteredWords clustered = clusteredWords(builder, filter);
    const std::size_t others = clustered ? 4 * clustered->size() : 4 * weights.size();
    return streams && streams->bytes() < others ? streams : std::nullopt;
}

// What the step reads behind its input: weights, gaps, bias.
std::vector<PlanRef> storedStreams(PlanBuilder &builder, const std::string &role, const Operator &op,
                                   const Streams &streams)
{
    const Tensor &tensor = builder.tensor(op.input(1));
    const std::string note = tensor.name + ", " + shapeText(tensor.shape) + ", without zeros";
    return {builder.constant(role, note, DType::float32, sharedBytes(streams.weights)),
            builder.constant(role, note + ": how many before each", DType::int8, sharedBytes(streams.gaps)),
            biasOrNone(builder, op.input(2))};
}

} // namespace

bool lowerSparseFloatConvolution(PlanBuilder &builder, const Operator &op, const ConvolutionGeometry &g)
{
    const std::optional<Streams> streams = smallestStreams(builder, op);
    if (!streams)
        return false;
    const std::size_t outputs = std::size_t(g.filter.shape[0]), all = g.filter.elements(), taps = all / outputs;
    const auto pixels = std::size_t(rt::sparse::floatPixels(std::uint32_t(taps)));
    // Instructions for a group of pixels, as the kernels are compiled for an FPU. Without one a multiplication is most
    // of all work.
    const double pairs = double(streams->weights.size());
    const double filling = 6.0 * double(pixels * taps), finishing = double(outputs) * (40.0 + 2.0 * double(pixels));
    if (builder.family() != KernelFamily::thumb &&
        (6.0 + double(pixels)) * pairs + filling + finishing > 1.9 * double(pixels * all))
        return false;
    const PlanRef scratch = builder.scratch(DType::float32, pixels * taps);
    const std::vector<PlanRef> constants = storedStreams(builder, "filter", op, *streams);
    PlanStep &step = builder.call("espalier/sparsefloat.h", "sparse::convolutionFloat", "ConvolutionLayer");
    describeFloat(step, g, {.hasBias = op.input(2).valid(), .activation = op.as<Conv2DOptions>().activation});
    step.arguments = {builder.input(op.input(0)),   constants[0], constants[1], constants[2], scratch,
                      builder.output(op.outputs[0])};
    builder.mayOverlap(op.input(0), op.outputs[0], rasterLead(g, pixels));
    return true;
}

bool lowerSparseFloatFullyConnected(PlanBuilder &builder, const Operator &op)
{
    const std::optional<Streams> streams = smallestStreams(builder, op);
    const Tensor &weights = builder.tensor(op.input(1));
    if (!streams || (builder.family() != KernelFamily::thumb &&
                     7.2 * double(streams->weights.size()) > 2.8 * double(weights.elements())))
        return false;
    const std::vector<PlanRef> constants = storedStreams(builder, "weights", op, *streams);
    PlanStep &step = builder.call("espalier/sparsefloat.h", "sparse::fullyConnectedFloat", "FullyConnectedLayer");
    const std::int32_t outputs = weights.shape[0], inputs = weights.shape[1];
    describeFullyConnected(step, {.rows = std::int64_t(builder.tensor(op.input(0)).elements()) / inputs,
                                  .inputs = inputs,
                                  .outputs = outputs,
                                  .hasBias = op.input(2).valid(),
                                  .activation = op.as<FullyConnectedOptions>().activation});
    step.arguments = {builder.input(op.input(0)), constants[0], constants[1], constants[2],
                      builder.output(op.outputs[0])};
    return true;
}

} // namespace espalier::device
