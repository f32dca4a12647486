// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/alignedbuffer.h"
#include "core/engine/plan.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace espalier {

namespace {

/// Memory for every tensor, and each step's pointers into it.
struct Bindings
{
    AlignedBuffer arena;
    std::vector<std::byte *> places;       ///< per tensor; null for constants
    std::vector<const std::byte *> inputs; ///< of all steps, one after another
    std::vector<std::byte *> outputs;
};

} // namespace

struct Session::State
{
    ProgramPtr program;
    const Program::Plan *plan = nullptr;
    int maxBatch = 1;
    std::vector<AlignedBuffer> graphInputs; ///< a run never writes them, so that it can be repeated
    AlignedBuffer scratch;
    Bindings shared;                    ///< memory shared by tensors over time
    Bindings separate;                  ///< every tensor its own; made at the first observed run
    std::vector<Bytes> constantOutputs; ///< per graph output: a constant's value for each image, or empty
    const Bindings *last = nullptr;     ///< of the last run
    int lastBatch = 1;

    const Graph &graph() const { return plan->folded; }
    Bindings bind(bool share) const;
};

/// Lays out an arena and resolves every step's pointers.
Bindings Session::State::bind(bool share) const
{
    const Program::Plan::Layout layout = plan->layout(maxBatch, share);
    Bindings bindings;
    bindings.arena = AlignedBuffer(layout.bytes);
    bindings.places.resize(graph().tensors.size());
    for (std::size_t i = 0; i < graph().inputs.size(); ++i)
        bindings.places[std::size_t(graph().inputs[i].index)] = graphInputs[i].data();
    for (std::size_t b = 0; b < plan->blocks.size(); ++b)
        bindings.places[std::size_t(plan->blocks[b].tensor.index)] = bindings.arena.data() + layout.offsets[b];
    for (const Program::Plan::Step &step : plan->steps) {
        const Operator &op = graph().operators[step.op];
        for (const TensorId id : op.inputs) {
            const bool isConstant = id.valid() && graph()[id].isConstant();
            bindings.inputs.push_back(!id.valid()  ? nullptr
                                      : isConstant ? reinterpret_cast<const std::byte *>(graph()[id].data->data())
                                                   : bindings.places[std::size_t(id.index)]);
        }
        for (const TensorId id : op.outputs)
            bindings.outputs.push_back(bindings.places[std::size_t(id.index)]);
    }
    return bindings;
}

Session::Session(ProgramPtr program, int maxBatch) : m_state(std::make_unique<State>())
{
    assert(maxBatch >= 1);
    State &s = *m_state;
    s.plan = program->m_plan.get();
    s.program = std::move(program);
    s.maxBatch = maxBatch;
    for (const TensorId id : s.graph().inputs) {
        const std::size_t bytes = s.graph()[id].bytes() * std::size_t(maxBatch);
        std::memset(s.graphInputs.emplace_back(bytes).data(), 0, bytes);
    }
    std::size_t scratchBytes = 0;
    for (const Program::Plan::Step &step : s.plan->steps)
        scratchBytes = std::max(scratchBytes, step.kernel->scratchBytes(maxBatch));
    s.scratch = AlignedBuffer(scratchBytes);
    for (const TensorId id : s.graph().outputs) {
        Bytes &value = s.constantOutputs.emplace_back();
        if (s.graph()[id].isConstant())
            for (int image = 0; image < maxBatch; ++image)
                value.insert(value.end(), s.graph()[id].data->begin(), s.graph()[id].data->end());
    }
    s.shared = s.bind(true);
    s.last = &s.shared;
}

Session::~Session() = default;
Session::Session(Session &&) noexcept = default;
Session &Session::operator=(Session &&) noexcept = default;

int Session::maxBatch() const
{
    return m_state->maxBatch;
}

std::span<std::byte> Session::input(std::size_t i)
{
    const Graph &graph = m_state->graph();
    return {m_state->graphInputs[i].data(), graph[graph.inputs[i]].bytes() * std::size_t(m_state->maxBatch)};
}

void Session::run(int batch, const TensorObserver &observer)
{
    State &s = *m_state;
    assert(batch >= 1 && batch <= s.maxBatch);
    if (observer && !s.separate.arena)
        s.separate = s.bind(false);
    const Bindings &bindings = observer ? s.separate : s.shared;
    s.last = &bindings;
    s.lastBatch = batch;

    const auto show = [&](TensorId id) {
        observer(id, {bindings.places[std::size_t(id.index)], s.graph()[id].bytes() * std::size_t(batch)});
    };
    if (observer)
        std::ranges::for_each(s.graph().inputs, show);
    const std::byte *const *inputs = bindings.inputs.data();
    std::byte *const *outputs = bindings.outputs.data();
    for (const Program::Plan::Step &step : s.plan->steps) {
        const Operator &op = s.graph().operators[step.op];
        step.kernel->run({{inputs, op.inputs.size()}, {outputs, op.outputs.size()}, s.scratch.data(), batch});
        inputs += op.inputs.size();
        outputs += op.outputs.size();
        if (observer)
            std::ranges::for_each(op.outputs, show);
    }
}

std::span<const std::byte> Session::output(std::size_t i) const
{
    const State &s = *m_state;
    const TensorId id = s.graph().outputs[i];
    const std::size_t bytes = s.graph()[id].bytes() * std::size_t(s.lastBatch);
    const auto *constant = reinterpret_cast<const std::byte *>(s.constantOutputs[i].data());
    return {s.graph()[id].isConstant() ? constant : s.last->places[std::size_t(id.index)], bytes};
}

} // namespace espalier
