// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/steporder.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>

namespace espalier::device {

namespace {

// A set of steps.
class StepSet
{
public:
    explicit StepSet(std::size_t steps) : m_words((steps + 63) / 64, 0) {}

    void add(std::size_t step) { m_words[step / 64] |= std::uint64_t(1) << step % 64; }
    bool contains(std::size_t step) const { return m_words[step / 64] >> step % 64 & 1; }
    bool containsAll(const StepSet &others) const
    {
        for (std::size_t i = 0; i < m_words.size(); ++i) {
            if (others.m_words[i] & ~m_words[i])
                return false;
        }
        return true;
    }
    bool meets(const StepSet &others) const
    {
        for (std::size_t i = 0; i < m_words.size(); ++i) {
            if (m_words[i] & others.m_words[i])
                return true;
        }
        return false;
    }
    bool operator<(const StepSet &other) const { return m_words < other.m_words; }

private:
    std::vector<std::uint64_t> m_words;
};

// What is alive follows from the set of steps that are done.
class Memory
{
public:
    Memory(std::span<const StepUse> steps, std::span<const StorageUse> storages)
        : m_steps(steps), m_storages(storages), m_users(storages.size(), StepSet(steps.size())),
          m_before(steps.size(), StepSet(steps.size()))
    {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            for (const std::size_t storage : steps[i].storages)
                m_users[storage].add(i);
            for (const std::size_t step : steps[i].after)
                m_before[i].add(step);
        }
    }

    std::size_t atStart() const
    {
        std::size_t sum = 0;
        for (const StorageUse &storage : m_storages)
            sum += storage.isInput ? storage.bytes : 0;
        return sum;
    }

    bool isReady(const StepSet &done, std::size_t step) const
    {
        return !done.contains(step) && done.containsAll(m_before[step]);
    }

    struct Change
    {
        std::size_t during, after; // bytes alive
    };
    Change change(const StepSet &done, std::size_t step, std::size_t live) const
    {
        StepSet then = done;
        then.add(step);
        const auto begins = [&](std::size_t storage) {
            return !m_storages[storage].isInput && !m_users[storage].meets(done);
        };
        const auto ends = [&](std::size_t storage) {
            return !m_storages[storage].isOutput && then.containsAll(m_users[storage]);
        };
        std::size_t during = live, freed = 0;
        for (const std::size_t storage : m_steps[step].storages) {
            during += begins(storage) ? m_storages[storage].bytes : 0;
            freed += ends(storage) ? m_storages[storage].bytes : 0;
        }
        const std::size_t after = during - freed;
        for (const PlanOverlap &overlap : m_steps[step].overlaps) {
            if (ends(overlap.in) && begins(overlap.out))
                during -= std::min(during, shared(overlap));
        }
        return {std::max(during, after), after};
    }

    // No order needs less: a step's own operands, as close together as they may lie.
    std::size_t lowerBound() const
    {
        std::size_t bound = atStart(), end = 0;
        for (const StorageUse &storage : m_storages)
            end += storage.isOutput ? storage.bytes : 0;
        bound = std::max(bound, end);
        for (const StepUse &step : m_steps) {
            std::size_t sum = 0;
            for (const std::size_t storage : step.storages)
                sum += m_storages[storage].bytes;
            for (const PlanOverlap &overlap : step.overlaps)
                sum -= std::min(sum, shared(overlap));
            bound = std::max(bound, sum);
        }
        return bound;
    }

private:
    // What an output saves by lying over its input; as in liveBytes().
    std::size_t shared(const PlanOverlap &overlap) const
    {
        const std::size_t in = m_storages[overlap.in].bytes, out = m_storages[overlap.out].bytes;
        return in + out - std::min(in + out, std::max((overlap.exact ? 0 : overlap.lead) + in, out));
    }

    std::span<const StepUse> m_steps;
    std::span<const StorageUse> m_storages;
    std::vector<StepSet> m_users, m_before;
};

// Steps that may be done first, and the leanest way to have done them.
struct State
{
    StepSet done;
    std::size_t live, peak;
    std::size_t way; // index into the list of ways
};
struct Way
{
    std::size_t step, before; // way
};

} // namespace

std::vector<StepUse> usesOf(const ExecutionPlan &plan)
{
    struct Access
    {
        std::size_t step;
        bool writes;
    };
    std::vector<std::vector<Access>> accesses(plan.storages.size());
    std::vector<StepUse> uses;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        const PlanStep &step = plan.steps[i];
        StepUse use;
        for (std::size_t a = 0; a < step.arguments.size(); ++a) {
            if (step.arguments[a].kind != PlanRef::Kind::buffer)
                continue;
            const std::size_t storage = plan.buffers[step.arguments[a].index].storage;
            const bool writes = a + 1 == step.arguments.size(); // scratch memory is nobody else's
            for (const Access &earlier : accesses[storage]) {
                const PlanStep &other = plan.steps[earlier.step];
                const bool areParts = writes && earlier.writes && step.op == other.op && step.function == "copyBlock" &&
                                      other.function == "copyBlock";
                if (earlier.step != i && (writes || earlier.writes) && !areParts)
                    use.after.push_back(earlier.step);
            }
            accesses[storage].push_back({i, writes});
            if (std::ranges::find(use.storages, storage) == use.storages.end())
                use.storages.push_back(storage);
        }
        uses.push_back(std::move(use));
    }
    return uses;
}

std::size_t peakOf(std::span<const StepUse> steps, std::span<const StorageUse> storages,
                   std::span<const std::size_t> order)
{
    const Memory memory(steps, storages);
    StepSet done(steps.size());
    std::size_t live = memory.atStart(), peak = live;
    for (const std::size_t step : order) {
        const auto [during, after] = memory.change(done, step, live);
        peak = std::max(peak, during);
        live = after;
        done.add(step);
    }
    return peak;
}

std::vector<std::size_t> leanerOrder(std::span<const StepUse> steps, std::span<const StorageUse> storages)
{
    const std::size_t count = steps.size();
    std::vector<std::size_t> given(count);
    std::iota(given.begin(), given.end(), std::size_t(0));
    const Memory memory(steps, storages);
    const std::size_t limit = peakOf(steps, storages, given);
    if (count == 0 || limit <= memory.lowerBound())
        return {};

    const std::size_t mostStates = std::clamp<std::size_t>(200'000 / (count * count), 16, 4096);
    std::vector<Way> ways;
    std::vector<State> states = {{StepSet(count), memory.atStart(), memory.atStart(), 0}};
    for (std::size_t size = 0; size < count && !states.empty(); ++size) {
        std::vector<State> larger;
        std::map<StepSet, std::size_t> known; // to indices into `larger`
        for (const State &state : states) {
            for (std::size_t step = 0; step < count; ++step) {
                if (!memory.isReady(state.done, step))
                    continue;
                const auto [during, after] = memory.change(state.done, step, state.live);
                const std::size_t peak = std::max(state.peak, during);
                if (peak >= limit)
                    continue;
                State next{state.done, after, peak, ways.size()};
                next.done.add(step);
                const auto [at, isNew] = known.try_emplace(next.done, larger.size());
                if (!isNew && larger[at->second].peak <= peak)
                    continue;
                ways.push_back({step, state.way});
                if (isNew)
                    larger.push_back(std::move(next));
                else
                    larger[at->second] = std::move(next);
            }
        }
        std::ranges::stable_sort(larger, [](const State &a, const State &b) {
            return a.peak != b.peak ? a.peak < b.peak : a.live < b.live;
        });
        if (larger.size() > mostStates)
            larger.erase(larger.begin() + std::ptrdiff_t(mostStates), larger.end());
        states = std::move(larger);
    }
    if (states.empty())
        return {};
    std::vector<std::size_t> order(count);
    for (std::size_t i = count, way = states.front().way; i-- > 0; way = ways[way].before)
        order[i] = ways[way].step;
    return order;
}

} // namespace espalier::device
