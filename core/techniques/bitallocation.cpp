// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/bitallocation.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

namespace espalier {

namespace {

/// Bits for the layers so far.
struct Partial
{
    double weightBits = 0, macBits = 0, error = 0;
    std::size_t before = 0; ///< the partial assignment that it extends
    int bits = 0;           ///< of the last layer

    bool isBetterThan(const Partial &other) const
    {
        return std::tie(error, weightBits, macBits) < std::tie(other.error, other.weightBits, other.macBits);
    }
};

double mostBits(std::span<const LayerBits> layers, double LayerBits::*cost)
{
    double sum = 0;
    for (const LayerBits &layer : layers)
        sum += layer.*cost * double(layer.errors.size() + 1);
    return sum;
}

} // namespace

std::optional<std::vector<int>> allocateBits(std::span<const LayerBits> layers, double weightBits, double macBits)
{
    const bool both =
        mostBits(layers, &LayerBits::weights) > weightBits && mostBits(layers, &LayerBits::macs) > macBits;
    const double weightGrain = weightBits / (both ? 512 : 4096), macGrain = macBits / (both ? 64 : 4096);
    const bool weighsMacs = both || mostBits(layers, &LayerBits::weights) <= weightBits;
    double leastWeightBits = 0, leastMacBits = 0; // of the layers to come
    for (const LayerBits &layer : layers) {
        leastWeightBits += 2 * layer.weights;
        leastMacBits += 2 * layer.macs;
    }
    std::vector<std::vector<Partial>> stages = {{Partial()}};
    for (const LayerBits &layer : layers) {
        leastWeightBits -= 2 * layer.weights;
        leastMacBits -= 2 * layer.macs;
        std::map<std::pair<long, long>, Partial> best;
        for (std::size_t i = 0; i < stages.back().size(); ++i)
            for (std::size_t k = 0; k < layer.errors.size(); ++k) {
                const Partial &from = stages.back()[i];
                const auto bits = double(k + 2);
                const Partial next{from.weightBits + layer.weights * bits, from.macBits + layer.macs * bits,
                                   from.error + layer.errors[k], i, int(k + 2)};
                if (next.weightBits + leastWeightBits > weightBits * (1 + 1e-12) ||
                    next.macBits + leastMacBits > macBits * (1 + 1e-12))
                    continue;
                const std::pair key(both || !weighsMacs ? long(next.weightBits / weightGrain) : 0,
                                    weighsMacs ? long(next.macBits / macGrain) : 0);
                const auto [place, isNew] = best.try_emplace(key, next);
                if (!isNew && next.isBetterThan(place->second))
                    place->second = next;
            }
        if (best.empty())
            return std::nullopt;
        std::vector<Partial> &stage = stages.emplace_back();
        for (const auto &entry : best)
            stage.push_back(entry.second);
    }
    const Partial *last = &stages.back().front();
    for (const Partial &each : stages.back())
        if (each.isBetterThan(*last))
            last = &each;
    std::vector<int> bits(layers.size());
    for (std::size_t i = layers.size(); i > 0; --i) {
        bits[i - 1] = last->bits;
        last = &stages[i - 1][last->before];
    }
    return bits;
}

} // namespace espalier
