// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/packed/packedweights.h"
#include "core/techniques/applymasks.h"
#include "core/techniques/clustering.h"
#include "core/techniques/finetuning.h"
#include "core/techniques/rewrite.h"
#include "core/train/trainingnetwork.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace espalier {

namespace {

// As TF-MOT, for pruning and for sharing: depthwise filters are left alone.
constexpr OpKind compressedKinds[] = {OpKind::conv2D, OpKind::fullyConnected, OpKind::transposeConv};

double deviation(std::span<const float> values)
{
    double sum = 0, squares = 0;
    for (const float v : values)
        sum += double(v);
    const double mean = sum / double(values.size());
    for (const float v : values)
        squares += (double(v) - mean) * (double(v) - mean);
    return std::sqrt(squares / double(values.size()));
}

/// The paper's threshold, in deviations of the layer; the largest magnitude stays whatever it is.
Mask thresholdMask(std::span<const float> values, double quality)
{
    const double threshold = quality * deviation(values);
    double largest = 0;
    for (const float v : values)
        largest = std::max(largest, double(std::abs(v)));
    Mask mask;
    for (const float v : values)
        mask.push_back(double(std::abs(v)) >= std::min(threshold, largest));
    return mask;
}

/// The survivors of one layer and which of its shared values each has.
struct Members
{
    TensorId tensor;
    std::vector<std::size_t> places;
    std::vector<std::uint16_t> clusters;
    std::size_t count = 0; ///< of shared values
};

/// Shares what is not zero among 2^bits - 1 values: the last of the 2^bits is the zero that fillers stand for.
Members share(Tensor &tensor, TensorId id, std::int64_t bits, const Progress &progress)
{
    Members members{id, {}, {}, 0};
    std::vector<float> all = floatValues(tensor), own;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i] != 0) {
            members.places.push_back(i);
            own.push_back(all[i]);
        }
    const std::size_t count = (std::size_t(1) << bits) - 1;
    if (own.empty())
        return members;
    std::vector<float> distinct = own;
    std::ranges::sort(distinct);
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    const std::vector<float> centroids = // the linear start is best in the paper
        distinct.size() <= count ? distinct : refined(own, linearStart(own, count), progress);
    members.clusters = nearestCentroids(own, centroids);
    members.count = centroids.size();
    for (std::size_t k = 0; k < own.size(); ++k)
        all[members.places[k]] = centroids[members.clusters[k]];
    tensor.data = sharedBytes(all);
    return members;
}

/// Before every step: members take the mean of their values and the others stay zero. So a shared value moves by the
/// mean of its members' derivatives: the paper's sum, with a rate that does not grow with the cluster.
StepHook sharedValues(const Graph &graph, const std::vector<Members> &layers)
{
    return [&graph, &layers](std::int64_t, const TrainingNetwork &network, std::span<float> parameters) {
        for (const Members &layer : layers) {
            const std::span<float> values =
                parameters.subspan(std::size_t(network.placeOf(layer.tensor)), graph[layer.tensor].elements());
            std::vector<double> sums(layer.count, 0);
            std::vector<std::size_t> counts(layer.count, 0);
            for (std::size_t k = 0; k < layer.places.size(); ++k) {
                sums[layer.clusters[k]] += double(values[layer.places[k]]);
                ++counts[layer.clusters[k]];
            }
            std::ranges::fill(values, 0.0f);
            for (std::size_t k = 0; k < layer.places.size(); ++k) {
                const std::size_t cluster = layer.clusters[k];
                values[layer.places[k]] = float(sums[cluster] / double(counts[cluster]));
            }
        }
    };
}

/// The weights' storage after each stage, in one sentence.
std::string storageText(const Graph &graph, std::span<const Weights> weights)
{
    StorageBits all;
    std::uint64_t entries = 0, survivors = 0;
    for (const Weights &w : weights) {
        const std::vector<float> values = floatValues(graph[w.tensor]);
        const std::optional<PackedWeights> packed = packedWeights(values, indexBitsFor(graph[w.tensor].shape));
        if (!packed)
            continue; // never: they share few values by now
        all += storageBits(*packed);
        entries += packed->symbols.size();
        survivors += packed->symbols.size() - std::size_t(std::ranges::count(packed->symbols, 0));
    }
    const auto bytes = [](std::uint64_t bits) { return std::to_string((bits + 7) / 8); };
    char ratio[32];
    std::snprintf(ratio, sizeof ratio, "%.1f", double(all.dense) / double(std::max<std::uint64_t>(all.coded, 1)));
    return "these weights take " + bytes(all.dense) + " B, pruned " + bytes(all.pruned) + " B, shared " +
           bytes(all.shared) + " B, Huffman-coded " + bytes(all.coded) + " B: " + ratio + " times less, with " +
           std::to_string(survivors) + " survivors and " + std::to_string(entries - survivors) +
           " fillers; a .tflite file holds them decoded, a .packed file as they are";
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    const auto pruned = std::make_shared<Model>(withFloat32Constants(*model));
    Result<std::vector<Weights>> weights = floatWeights(pruned->main(), compressedKinds);
    if (!weights)
        return weights.error();
    const Result<std::vector<std::string>> names = layerNames(pruned->main(), settings.text("layers"));
    if (!names)
        return names.error();
    std::erase_if(*weights,
                  [&](const Weights &w) { return !isMeant(pruned->main(), pruned->main().operators[w.op], *names); });
    if (weights->empty())
        return unusableInput("the settings leave no layer that this technique changes: name others in layers, or none");
    for (const Weights &w : *weights) {
        if (context.progress.cancelled())
            return cancelled();
        Tensor &tensor = pruned->main()[w.tensor];
        tensor.data = masked(tensor, thresholdMask(floatValues(tensor), settings.real("quality")));
    }
    const Result<ModelPtr> retrained = fineTune(pruned, settings, context, zeroKeeper(pruned->main(), *weights));
    if (!retrained)
        return retrained;

    auto result = std::make_shared<Model>(**retrained);
    Graph &graph = result->main();
    std::vector<Members> layers;
    for (const Weights &w : *weights) {
        if (context.progress.cancelled())
            return cancelled();
        context.progress.report("sharing weights", std::int64_t(layers.size()), std::int64_t(weights->size()));
        Tensor &tensor = graph[w.tensor];
        const std::int64_t bits = settings.integer(tensor.shape.size() == 2 ? "dense_bits" : "conv_bits");
        layers.push_back(share(tensor, w.tensor, bits, context.progress));
    }
    if (context.progress.cancelled())
        return cancelled();
    const Result<ModelPtr> trained = fineTune(result, settings, context, sharedValues(graph, layers));
    if (trained)
        context.notes.push_back(storageText((*trained)->main(), *weights));
    return trained;
}

} // namespace

extern const Technique deepCompression;
const Technique deepCompression = {
    "deep-compression",
    "Deep Compression",
    "Small weights become zero and the others share few values, each step retrained where epochs are given; a "
    "Huffman-coded file of them is far smaller, but no faster.",
    "Han et al., arXiv 1510.00149: prune, share, Huffman-code",
    TechniqueFamily::quantization,
    TechniqueNeeds::nothing,
    withFineTuning(
        {{"quality", "Quality", "Weights below so many standard deviations of their layer become zero.", 1.0, 0, 10},
         {.key = "conv_bits",
          .title = "Bits in convolutions",
          .description = "A layer's weights share 2^bits values, zero among them.",
          .defaultValue = std::int64_t(8),
          .minimum = 2,
          .maximum = 8},
         {.key = "dense_bits",
          .title = "Bits in dense layers",
          .description = "The same for fully connected layers.",
          .defaultValue = std::int64_t(5),
          .minimum = 2,
          .maximum = 8},
         layersParameter()}),
    apply,
    [](const ParameterValues &settings) { return "deep compression" + epochsText(settings); },
    [](const ParameterValues &settings) { return needsOfFineTuning(settings); },
};

} // namespace espalier
