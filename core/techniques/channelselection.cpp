// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/channelselection.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace espalier {

namespace {

/// Of each class its sets, the least important first; of equal ones the first.
std::vector<std::vector<int>> setsByClass(const ChannelGroups &groups, std::span<const double> scores)
{
    std::vector<std::vector<int>> sets(std::size_t(groups.classCount()));
    for (int set = 0; set < groups.setCount(); ++set)
        sets[std::size_t(groups.classes()[std::size_t(set)])].push_back(set);
    for (std::vector<int> &some : sets)
        std::ranges::stable_sort(some, {}, [&](int set) { return scores[std::size_t(set)]; });
    return sets;
}

/// Takes sets out while every layer keeps one of its channels.
class Removed
{
public:
    explicit Removed(const ChannelGroups &groups) : m_layersOf(std::size_t(groups.setCount())), m_left(), m_removed()
    {
        m_removed.resize(std::size_t(groups.setCount()), false);
        for (std::size_t i = 0; i < groups.layers().size(); ++i) {
            std::vector<int> sets = groups.layers()[i].sets;
            const bool fixed = std::ranges::count(sets, ChannelGroups::fixed) > 0;
            std::ranges::sort(sets);
            sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
            std::erase(sets, ChannelGroups::fixed);
            for (const int set : sets)
                m_layersOf[std::size_t(set)].push_back(i);
            m_left.push_back(sets.size() + (fixed ? 1 : 0));
        }
    }
    bool take(int set)
    {
        const std::vector<std::size_t> &layers = m_layersOf[std::size_t(set)];
        if (std::ranges::any_of(layers, [&](std::size_t layer) { return m_left[layer] == 1; }))
            return false;
        for (const std::size_t layer : layers)
            --m_left[layer];
        m_removed[std::size_t(set)] = true;
        return true;
    }
    std::vector<bool> result() && { return std::move(m_removed); }

private:
    std::vector<std::vector<std::size_t>> m_layersOf;
    std::vector<std::size_t> m_left; ///< sets of each layer
    std::vector<bool> m_removed;
};

/// How many of `total` may go so that what stays is a multiple.
std::size_t roundedDown(std::size_t removed, std::size_t total, std::size_t multiple)
{
    const std::size_t kept = (total - removed + multiple - 1) / multiple * multiple;
    return total - std::min(total, std::max<std::size_t>(kept, 1));
}

} // namespace

std::vector<std::size_t> classSizes(const ChannelGroups &groups)
{
    std::vector<std::size_t> sizes(std::size_t(groups.classCount()), 0);
    for (const int i : groups.classes())
        ++sizes[std::size_t(i)];
    return sizes;
}

std::vector<double> setScores(const ChannelGroups &groups, ChannelScores scores, bool normalized)
{
    std::vector<double> sums(std::size_t(groups.setCount()), 0), members = sums;
    for (std::size_t i = 0; i < groups.layers().size(); ++i) {
        const std::vector<int> &sets = groups.layers()[i].sets;
        if (normalized)
            normalize(scores[i]);
        for (std::size_t channel = 0; channel < sets.size(); ++channel)
            if (sets[channel] != ChannelGroups::fixed) {
                sums[std::size_t(sets[channel])] += scores[i][channel];
                ++members[std::size_t(sets[channel])];
            }
    }
    for (std::size_t set = 0; normalized && set < sums.size(); ++set)
        sums[set] /= members[set];
    return sums;
}

std::vector<bool> removedByClass(const ChannelGroups &groups, std::span<const double> scores,
                                 std::span<const double> shareOfClass, std::size_t multiple,
                                 std::span<const std::size_t> first)
{
    const std::vector<std::vector<int>> sets = setsByClass(groups, scores);
    std::vector<std::size_t> order(sets.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return first[i]; });
    std::vector<bool> begun(sets.size(), false); // per family
    Removed removed(groups);
    for (const std::size_t i : order) {
        const std::size_t total = first[i], gone = total - sets[i].size();
        std::vector<bool>::reference later = begun[std::size_t(groups.families()[i])];
        // The tolerance takes back what the product of a decimal share is too large or too small by.
        const double exact = shareOfClass[i] * double(total), tolerance = 1e-9 * double(total);
        const double rounded = later ? std::floor(exact + tolerance) : std::ceil(exact - tolerance);
        later = true;
        const std::size_t most = roundedDown(std::min(total, std::size_t(std::max(0.0, rounded))), total, multiple);
        std::size_t count = most - std::min(most, gone);
        for (auto set = sets[i].begin(); set != sets[i].end() && count > 0; ++set)
            count -= removed.take(*set) ? 1 : 0;
    }
    return std::move(removed).result();
}

std::vector<bool> removedGlobally(const ChannelGroups &groups, std::span<const double> scores, double share,
                                  std::size_t multiple, std::span<const std::size_t> first)
{
    const std::vector<std::vector<int>> sets = setsByClass(groups, scores);
    std::vector<std::size_t> gone(sets.size());
    for (std::size_t i = 0; i < sets.size(); ++i)
        gone[i] = first[i] - sets[i].size();
    std::vector<int> all(std::size_t(groups.setCount()));
    std::iota(all.begin(), all.end(), 0);
    std::ranges::stable_sort(all, {}, [&](int set) { return scores[std::size_t(set)]; });
    const std::size_t firstOfAll = std::accumulate(first.begin(), first.end(), std::size_t(0));
    const auto wanted = std::size_t(std::nearbyint(share * double(firstOfAll)));
    std::size_t left = wanted - std::min(wanted, firstOfAll - all.size());
    for (auto set = all.begin(); set != all.end() && left > 0; ++set) {
        const std::size_t i = std::size_t(groups.classes()[std::size_t(*set)]);
        if (double(first[i] - gone[i] - 1) < 0.1 * double(first[i]))
            continue;
        ++gone[i];
        --left;
    }
    Removed removed(groups);
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const std::size_t most = roundedDown(gone[i], first[i], multiple);
        std::size_t count = most - std::min(most, first[i] - sets[i].size());
        for (auto set = sets[i].begin(); set != sets[i].end() && count > 0; ++set)
            count -= removed.take(*set) ? 1 : 0;
    }
    return std::move(removed).result();
}

} // namespace espalier
