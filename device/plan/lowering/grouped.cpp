// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/grouped.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace espalier::device {

namespace {

constexpr int leastSizeLog = 3, mostSizeLog = 8;
constexpr int mostMultiplier = 16, mostSteps = 7;

/// The largest multiplier that leaves 4-bit integers of a group whose weights have this common divisor and largest
/// magnitude; 0 where none does.
int multiplierOf(int divisor, int largest)
{
    int multiplier = mostMultiplier;
    while (multiplier > 0 && (divisor % multiplier != 0 || largest > mostSteps * multiplier))
        --multiplier;
    return multiplier;
}

/// One for each group, in the order of reading; nothing where a group has none.
std::optional<std::vector<int>> multipliersOf(std::span<const std::int8_t> weights, std::size_t sizeLog,
                                              std::size_t sideBySide)
{
    const std::size_t spread = sideBySide << sizeLog;
    std::vector<int> multipliers;
    for (std::size_t first = 0; first < weights.size(); first += spread)
        for (std::size_t output = 0; output < sideBySide; ++output) {
            int divisor = 0, largest = 0;
            for (std::size_t i = first + output; i < first + spread; i += sideBySide) {
                const int magnitude = std::abs(int(weights[i]));
                divisor = std::gcd(divisor, magnitude);
                largest = std::max(largest, magnitude);
            }
            multipliers.push_back(multiplierOf(divisor, largest));
            if (multipliers.back() == 0)
                return std::nullopt;
        }
    return multipliers;
}

void putNibble(std::uint8_t *bytes, std::size_t i, int value)
{
    bytes[i / 2] = std::uint8_t(bytes[i / 2] | (value & 15) << (i % 2 * 4));
}

} // namespace

std::optional<std::vector<std::int32_t>> groupedTable(std::span<const std::int8_t> weights, std::size_t perOutput,
                                                      std::size_t sideBySide)
{
    for (std::size_t sizeLog = mostSizeLog; sizeLog >= leastSizeLog; --sizeLog) {
        if (perOutput % (std::size_t(1) << sizeLog) != 0)
            continue;
        const std::optional<std::vector<int>> multipliers = multipliersOf(weights, sizeLog, sideBySide);
        if (!multipliers)
            continue;
        const std::size_t multiplierWords = (multipliers->size() + 7) / 8;
        std::vector<std::int32_t> table(2 + multiplierWords + (weights.size() + 7) / 8, 0);
        if (4 * table.size() > weights.size() / 5 * 4)
            return std::nullopt;
        table[0] = std::int32_t(sizeLog);
        table[1] = std::int32_t(multiplierWords);
        auto *const stored = reinterpret_cast<std::uint8_t *>(table.data() + 2);
        for (std::size_t g = 0; g < multipliers->size(); ++g)
            putNibble(stored, g, (*multipliers)[g] - 1);
        const std::size_t spread = sideBySide << sizeLog;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const int multiplier = (*multipliers)[i / spread * sideBySide + i % sideBySide];
            putNibble(stored + 4 * multiplierWords, i, weights[i] / multiplier);
        }
        return table;
    }
    return std::nullopt;
}

std::optional<UnpackedWeights> compactWeights(const PlanBuilder &builder, ClusteredWords clustered,
                                              std::optional<std::vector<std::int32_t>> grouped)
{
    if (!builder.mayBeCompact())
        return std::nullopt;
    if (grouped && (!clustered || grouped->size() < clustered->size()))
        return UnpackedWeights{*std::move(grouped), "grouped"};
    return clustered ? std::optional(UnpackedWeights{*std::move(clustered), "clustered"}) : std::nullopt;
}

std::optional<UnpackedConstant> unpackedConstant(PlanBuilder &builder, const std::string &role, TensorId weights)
{
    if (builder.stored(weights).type != DType::int8)
        return std::nullopt;
    const Tensor &tensor = builder.tensor(weights);
    const auto all = builder.values<std::int8_t>(weights);
    const std::size_t perOutput = all.size() / std::size_t(tensor.shape[0]);
    const std::optional<UnpackedWeights> made =
        compactWeights(builder, clusteredTable(all), groupedTable(all, perOutput));
    if (!made)
        return std::nullopt;
    const PlanRef table = builder.constant(role, tensor.name + ", " + shapeText(tensor.shape) + ", " + made->form,
                                           DType::int32, sharedBytes(made->words));
    return UnpackedConstant{table, made->form == "grouped" ? "Grouped" : "Clustered"};
}

} // namespace espalier::device
