// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/activationwidths.h"

#include "core/techniques/integeroperators.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace espalier {

namespace {

enum Width { narrow = 1, wide = 2, exact = 4 }; ///< bytes of int8, int16 and float32

/// How long every form of every value lives, and how much that is at most.
class Lifetimes
{
public:
    Lifetimes(const Graph &graph, const std::vector<bool> &isWide) : m_graph(graph)
    {
        for (const TensorId id : graph.inputs)
            make(id, widthOfInterface(id));
        ++m_now;
        for (std::size_t i = 0; i < graph.operators.size(); ++i) {
            const Operator &op = graph.operators[i];
            const Width width = !whyNotInteger(graph, op).empty() ? exact : isWide[i] ? wide : narrow;
            for (const TensorId id : op.inputs)
                if (id.valid() && isActivation(id))
                    convert(id, width);
            for (const TensorId id : op.inputs)
                if (id.valid() && isActivation(id))
                    read(id, width);
            for (const TensorId id : op.outputs)
                if (id.valid())
                    make(id, width);
            ++m_now;
        }
        for (const TensorId id : graph.outputs)
            if (isActivation(id))
                convert(id, widthOfInterface(id));
        for (const TensorId id : graph.outputs)
            if (isActivation(id))
                read(id, widthOfInterface(id));
    }

    std::size_t peak() const
    {
        std::vector<std::size_t> alive(m_now + 1, 0);
        for (const auto &[form, life] : m_lives)
            for (std::size_t t = life.first; t <= life.last; ++t)
                alive[t] += bytes(form.first, form.second);
        return std::ranges::max(alive);
    }

private:
    struct Life
    {
        std::size_t first = 0, last = 0;
    };

    bool isReal(TensorId id) const { return m_graph[id].type == DType::float32; }
    bool isActivation(TensorId id) const { return !m_graph[id].isConstant() && m_made.contains(id); }
    Width widthOfInterface(TensorId id) const
    {
        const auto readsIt = [&](const Operator &op) {
            return whyNotInteger(m_graph, op).empty() && std::ranges::count(op.inputs, id) > 0;
        };
        const auto found = m_made.find(id);
        const bool staysFloat =
            found == m_made.end() ? std::ranges::none_of(m_graph.operators, readsIt) : found->second == exact;
        return staysFloat ? exact : narrow;
    }
    std::size_t bytes(TensorId id, Width width) const
    {
        return isReal(id) ? m_graph[id].elements() * std::size_t(width) : m_graph[id].bytes();
    }

    void make(TensorId id, Width width)
    {
        m_made[id] = width;
        m_lives[{id, width}] = {m_now, m_now};
    }

    /// QUANTIZE or DEQUANTIZE, at a time of its own, where there is no such form yet.
    void convert(TensorId id, Width width)
    {
        if (!isReal(id) || m_lives.contains({id, width}))
            return;
        m_lives[{id, m_made.at(id)}].last = m_now;
        m_lives[{id, width}] = {m_now, m_now};
        ++m_now;
    }

    void read(TensorId id, Width width) { m_lives[{id, isReal(id) ? width : m_made.at(id)}].last = m_now; }

    const Graph &m_graph;
    std::map<TensorId, Width> m_made; ///< the form that an operator makes
    std::map<std::pair<TensorId, Width>, Life> m_lives;
    std::size_t m_now = 0;
};

} // namespace

std::vector<WidthChoice> widthChoices(const Graph &graph)
{
    std::vector<WidthChoice> choices;
    std::map<TensorId, std::size_t> madeBy; // by tensor, the choice whose width it has
    for (std::size_t i = 0; i < graph.operators.size(); ++i) {
        const Operator &op = graph.operators[i];
        if (!whyNotInteger(graph, op, DType::int8).empty() || !whyNotInteger(graph, op, DType::int16).empty())
            continue;
        const IntegerOperator &form = *integerOperator(op.kind);
        const auto from = madeBy.find(op.inputs[dataInputs(form, op).front()]);
        const bool handsOn = form.rule == ScaleRule::sameAsIn && from != madeBy.end();
        const std::size_t choice = handsOn ? from->second : choices.size();
        if (!handsOn)
            choices.emplace_back();
        choices[choice].operators.push_back(i);
        for (const TensorId id : op.outputs)
            madeBy[id] = choice;
    }
    return choices;
}

std::size_t activationBytes(const Graph &graph, const std::vector<bool> &isWide)
{
    return Lifetimes(graph, isWide).peak();
}

std::optional<std::vector<bool>> chooseWidths(const Graph &graph, std::span<const WidthChoice> choices,
                                              std::size_t bytes, const Progress &progress)
{
    std::vector<bool> isWide(graph.operators.size(), false);
    if (activationBytes(graph, isWide) > bytes)
        return std::nullopt;
    const auto set = [&](const WidthChoice &choice, bool to) {
        for (const std::size_t op : choice.operators)
            isWide[op] = to;
    };
    std::vector<const WidthChoice *> wides, narrows;
    for (const WidthChoice &choice : choices) {
        wides.push_back(&choice);
        set(choice, true);
    }
    for (std::size_t now = activationBytes(graph, isWide); now > bytes && !progress.cancelled();) {
        auto best = wides.end();
        double lowest = std::numeric_limits<double>::infinity();
        std::size_t left = now;
        for (auto each = wides.begin(); each != wides.end(); ++each) {
            set(**each, false);
            const std::size_t with = activationBytes(graph, isWide);
            set(**each, true);
            // What saves nothing by itself, such as one of two peaks, goes only where nothing saves anything.
            const double cost = with < now ? (*each)->error / double(now - with) : 1e30 * (1 + (*each)->error);
            if (cost < lowest) {
                lowest = cost;
                best = each;
                left = with;
            }
        }
        set(**best, false);
        narrows.push_back(*best);
        wides.erase(best);
        now = left;
    }
    std::ranges::stable_sort(narrows, std::greater(), &WidthChoice::error);
    for (const WidthChoice *const choice : narrows) {
        if (choice->error <= 0)
            break; // nothing to gain
        set(*choice, true);
        if (activationBytes(graph, isWide) > bytes)
            set(*choice, false);
    }
    return isWide;
}

} // namespace espalier
