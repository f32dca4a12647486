// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/highbias.h"
#include "core/techniques/quantizationparameters.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/technique.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

constexpr OpKind layerKinds[] = {OpKind::conv2D, OpKind::depthwiseConv2D, OpKind::transposeConv};

/// Cross-layer equalization (AIMET; Nagel et al. 2019): what a channel is divided by in one layer it is multiplied by
/// in the next, across an activation that scales with its input. The network computes the same, and the ranges of the
/// channels' weights come near each other.
class Equalizer
{
public:
    explicit Equalizer(Graph &graph) : m_graph(graph), m_uses(useCounts(graph)) {}

    std::size_t replaceRelu6();
    /// Equalizes pair after pair until none changes any more, at most so many times. Gives the pairs that there are, of
    /// which a triple holds two; too few where the work was cancelled.
    std::vector<LayerPair> run(std::int64_t passes, const Progress &progress);

private:
    using Scales = std::vector<float>; ///< per channel

    Operator &op(std::size_t index) { return m_graph.operators[index]; }
    bool isLayer(const Operator &op) const;
    bool isDepthwise(const Operator &op) const { return op.kind == OpKind::depthwiseConv2D; }
    /// The layer that alone reads this one's output, directly or through RELU or PRELU; the number of operators if
    /// none.
    std::size_t next(std::size_t index) const;
    /// Layers that hand their output to the next one, from the first on.
    std::vector<std::vector<std::size_t>> groups();
    void equalizeGroup(const std::vector<std::size_t> &group, std::vector<LayerPair> &pairs);
    LayerPair pairOf(std::size_t first, std::size_t second);

    Tensor &weights(std::size_t index) { return m_graph[op(index).inputs[weightLayout(op(index).kind)->weights]]; }
    /// By channels that leave the layer, or by channels that enter it.
    ChannelSlices outgoing(std::size_t index);
    ChannelSlices incoming(std::size_t index) { return channelSlices(weights(index).shape, 3); }
    /// A scale for a channel, 1 where there is no sound one; notes how much it changes.
    float scale(float numerator, float denominator);
    void multiply(Tensor &tensor, const ChannelSlices &slices, const Scales &scales);
    void multiplyOutgoing(std::size_t index, const Scales &scales);

    Graph &m_graph;
    std::vector<int> m_uses;
    float m_change = 0; ///< the largest magnitude of a scale's logarithm in this pass
};

std::vector<float> inverse(std::vector<float> scales)
{
    for (float &scale : scales)
        scale = 1 / scale;
    return scales;
}

std::size_t Equalizer::replaceRelu6()
{
    std::size_t replaced = 0;
    for (Operator &each : m_graph.operators) {
        Activation *const fused = fusedActivation(each);
        if (isLayer(each) && fused && *fused == Activation::relu6) {
            *fused = Activation::relu;
            ++replaced;
        } else if (each.kind == OpKind::relu6) {
            each = plainOperator(OpKind::relu, 1, each.inputs[0], each.outputs[0]);
            ++replaced;
        }
    }
    return replaced;
}

bool Equalizer::isLayer(const Operator &each) const
{
    if (std::ranges::find(layerKinds, each.kind) == std::end(layerKinds))
        return false;
    const auto *const depthwise = std::get_if<DepthwiseConv2DOptions>(&each.options);
    if (depthwise && depthwise->depthMultiplier != 1)
        return false;
    const WeightLayout layout = *weightLayout(each.kind);
    for (const TensorId id : {each.input(layout.weights), each.input(layout.bias)}) {
        if (!id.valid() && id == each.input(layout.bias))
            continue;
        const bool isOwn = id.valid() && m_graph[id].isConstant() && m_graph[id].type == DType::float32 &&
                           m_uses[std::size_t(id.index)] == 1;
        if (!isOwn)
            return false;
    }
    return m_graph[each.input(layout.weights)].shape.size() == 4;
}

std::size_t Equalizer::next(std::size_t index) const
{
    const std::size_t none = m_graph.operators.size();
    const Operator *from = &m_graph.operators[index];
    while (true) {
        if (from->outputs.size() != 1 || m_uses[std::size_t(from->outputs[0].index)] != 1)
            return none;
        const TensorId value = from->outputs[0];
        const auto reader = std::ranges::find_if(m_graph.operators, [&](const Operator &each) {
            return std::ranges::find(each.inputs, value) != each.inputs.end();
        });
        if (reader == m_graph.operators.end())
            return none; // the model's output
        if (isLayer(*reader))
            return reader->input(weightLayout(reader->kind)->data) == value
                       ? std::size_t(reader - m_graph.operators.begin())
                       : none;
        if ((reader->kind != OpKind::relu && reader->kind != OpKind::prelu) || reader->inputs[0] != value)
            return none;
        from = &*reader;
    }
}

ChannelSlices Equalizer::outgoing(std::size_t index)
{
    return channelSlices(weights(index).shape, weightLayout(op(index).kind)->channelAxis);
}

float Equalizer::scale(float numerator, float denominator)
{
    const float scale = numerator / denominator;
    if (!std::isfinite(scale) || scale <= 0 || !std::isfinite(1 / scale))
        return 1;
    m_change = std::max(m_change, std::abs(std::log(scale)));
    return scale;
}

void Equalizer::multiply(Tensor &tensor, const ChannelSlices &slices, const Scales &scales)
{
    const std::span<const float> before = values<float>(tensor);
    std::vector<float> after(before.begin(), before.end());
    for (std::size_t i = 0; i < after.size(); ++i)
        after[i] *= scales[slices.of(i)];
    tensor.data = sharedBytes(after);
}

void Equalizer::multiplyOutgoing(std::size_t index, const Scales &scales)
{
    multiply(weights(index), outgoing(index), scales);
    const TensorId bias = op(index).input(weightLayout(op(index).kind)->bias);
    if (bias.valid())
        multiply(m_graph[bias], {scales.size(), 1}, scales);
}

LayerPair Equalizer::pairOf(std::size_t first, std::size_t second)
{
    // Between the two is nothing but RELU or PRELU, fused or not.
    Operator &from = op(first), &to = op(second);
    return {first, second,
            *fusedActivation(from) == Activation::relu || to.inputs[weightLayout(to.kind)->data] != from.outputs[0]};
}

void Equalizer::equalizeGroup(const std::vector<std::size_t> &group, std::vector<LayerPair> &pairs)
{
    const auto magnitudes = [&](std::size_t index, const ChannelSlices &slices) {
        return largestMagnitudes(values<float>(weights(index)), slices);
    };
    for (std::size_t i = 0; i + 1 < group.size(); ++i) {
        const std::size_t first = group[i], second = group[i + 1];
        const Scales r1 = magnitudes(first, outgoing(first));
        if (!isDepthwise(op(second))) {
            const Scales r2 = magnitudes(second, incoming(second));
            if (r1.size() != r2.size())
                continue;
            Scales scales;
            for (std::size_t c = 0; c < r1.size(); ++c)
                scales.push_back(scale(std::sqrt(r1[c]), std::sqrt(r2[c]))); // r1 / sqrt(r1 r2)
            multiplyOutgoing(first, inverse(scales));
            multiply(weights(second), incoming(second), scales);
            pairs.push_back(pairOf(first, second));
        } else if (i + 2 < group.size() && !isDepthwise(op(first)) && !isDepthwise(op(group[i + 2]))) {
            const std::size_t third = group[i + 2];
            const Scales r2 = magnitudes(second, outgoing(second)), r3 = magnitudes(third, incoming(third));
            if (r1.size() != r2.size() || r2.size() != r3.size())
                continue;
            Scales before, across, after; // S12, S12 / S23 for the weights between, S23
            for (std::size_t c = 0; c < r1.size(); ++c) {
                const float common = std::cbrt(r1[c]) * std::cbrt(r2[c]) * std::cbrt(r3[c]);
                before.push_back(scale(r1[c], common));
                after.push_back(scale(common, r3[c]));
                across.push_back(before.back());
            }
            multiplyOutgoing(first, inverse(before));
            multiplyOutgoing(second, inverse(after));
            multiply(weights(second), outgoing(second), across);
            multiply(weights(third), incoming(third), after);
            pairs.push_back(pairOf(first, second));
            pairs.push_back(pairOf(second, third));
            ++i; // the third layer starts the next set
        }
    }
}

std::vector<std::vector<std::size_t>> Equalizer::groups()
{
    std::vector<bool> seen(m_graph.operators.size(), false);
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (seen[i] || !isLayer(op(i)))
            continue;
        std::vector<std::size_t> &group = groups.emplace_back();
        for (std::size_t at = i; at < seen.size() && !seen[at];) {
            seen[at] = true;
            group.push_back(at);
            const Activation fused = *fusedActivation(op(at));
            at = fused == Activation::none || fused == Activation::relu ? next(at) : seen.size();
        }
    }
    return groups;
}

std::vector<LayerPair> Equalizer::run(std::int64_t passes, const Progress &progress)
{
    // What a layer is divided by for the next one is seen by the one before it: channels that are scaled very badly
    // take several passes, the others one and a little.
    constexpr float settled = 0.01f;
    const std::vector<std::vector<std::size_t>> all = groups();
    std::vector<LayerPair> pairs;
    for (std::int64_t pass = 0; pass < passes && (pass == 0 || m_change > settled); ++pass) {
        m_change = 0;
        pairs.clear();
        for (const std::vector<std::size_t> &group : all) {
            if (progress.cancelled())
                return pairs;
            equalizeGroup(group, pairs);
        }
    }
    return pairs;
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    auto result = std::make_shared<Model>(withFloat32Constants(*model));
    Graph &graph = result->main();
    if (const Result<std::vector<Weights>> weights = floatWeights(graph, layerKinds); !weights)
        return weights.error();
    if (context.progress.cancelled())
        return cancelled();
    Equalizer equalizer(graph);
    if (settings.flag("replace_relu6"))
        if (const std::size_t replaced = equalizer.replaceRelu6(); replaced > 0)
            context.notes.push_back(std::to_string(replaced) +
                                    " RELU6 became RELU, which scales with its input: outputs differ where a value "
                                    "exceeds 6");
    const std::vector<LayerPair> pairs = equalizer.run(settings.integer("passes"), context.progress);
    if (context.progress.cancelled())
        return cancelled();
    if (pairs.empty())
        context.notes.emplace_back("No convolution hands its output to another one alone, through nothing but RELU or "
                                   "PRELU: there was nothing to equalize.");
    if (settings.flag("absorb_bias") && !pairs.empty()) {
        const Result<std::size_t> moved = absorbHighBiases(*result, pairs, context);
        if (!moved)
            return moved.error();
        context.notes.push_back(*moved == 0 ? "No channel lies so far above 0 that a part of its bias could move into "
                                              "the next layer."
                                            : "A part of the bias of " + std::to_string(*moved) +
                                                  " channels moved into the next layer.");
    }
    context.progress.report("equalizing", 1, 1);
    return ModelPtr(result);
}

} // namespace

extern const Technique equalize;
const Technique equalize = {
    "equalize",
    "Cross-layer equalization",
    "Evens out the ranges of channels between consecutive convolutions, so that one scale per layer suffices for 8 "
    "bits; "
    "the float model computes the same.",
    "AIMET, cross-layer equalization; Nagel et al. 2019, arXiv 1906.04721",
    TechniqueFamily::quantization,
    TechniqueNeeds::nothing,
    {{.key = "replace_relu6",
      .title = "Replace RELU6",
      .description = "Whether RELU6 becomes RELU first, since layers around RELU6 cannot be equalized.",
      .defaultValue = true},
     {.key = "passes",
      .title = "Passes",
      .description = "How often all pairs of layers are equalized at most; it ends when nothing changes. AIMET makes "
                     "one pass, Nagel et al. go on until it settles.",
      .defaultValue = std::int64_t(20),
      .minimum = 1,
      .maximum = 1000},
     {.key = "absorb_bias",
      .title = "Absorb high biases",
      .description = "Whether what a channel has in nearly every calibration sample (three deviations below its mean) "
                     "moves into the bias of the next layer, so that the range between them gets smaller. Outputs "
                     "differ a little where a value is lower than that, or at a border padded with zeros.",
      .defaultValue = false}},
    apply,
    [](const ParameterValues &settings) {
        return std::string(settings.flag("absorb_bias") ? "equalized, biases absorbed" : "equalized");
    },
    [](const ParameterValues &settings) {
        return settings.flag("absorb_bias") ? TechniqueNeeds::calibration : TechniqueNeeds::nothing;
    },
};

} // namespace espalier
