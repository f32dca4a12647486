// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/planbuilder.h"

#include "core/engine/engine.h"
#include "core/metrics/modelmetrics.h"
#include "device/plan/arena.h"
#include "device/plan/deadchannels.h"
#include "device/plan/half.h"
#include "device/plan/hostkernel.h"
#include "device/plan/steporder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <utility>

namespace espalier::device {

#define LOWERING(symbol, file) extern const Lowering symbol;
#include "device/plan/lowerings.def"
#undef LOWERING

const Lowering *findLowering(OpKind kind)
{
    static const Lowering *const all[] = {
#define LOWERING(symbol, file) &symbol,
#include "device/plan/lowerings.def"
#undef LOWERING
    };
    const auto found = std::ranges::find(all, kind, &Lowering::kind);
    return found == std::end(all) ? nullptr : *found;
}

PlanBuilder::PlanBuilder(const Graph &graph, KernelFamily family, bool mayBeCompact)
    : m_graph(graph), m_family(family), m_mayBeCompact(mayBeCompact), m_needed(graph.tensors.size(), false)
{
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        if (graph.tensors[i].isConstant())
            m_known[std::int32_t(i)] = {graph.tensors[i].type, graph.tensors[i].data};
    }
}

std::vector<float> PlanBuilder::floats(TensorId id) const
{
    if (stored(id).type == DType::float16)
        return floatsOfHalves(values<std::uint16_t>(id));
    const auto all = values<float>(id);
    return {all.begin(), all.end()};
}

PlanRef PlanBuilder::constant(const std::string &role, const std::string &note, DType type, SharedBytes content)
{
    for (std::size_t i = 0; i < m_plan.constants.size(); ++i) {
        if (m_plan.constants[i].type == type && *m_plan.constants[i].data == *content)
            return {PlanRef::Kind::constant, i};
    }
    const bool isWeight = role == "filter" || role == "weights";
    m_plan.constants.push_back({role + std::to_string(m_op), note, type, std::move(content), isWeight});
    // Two constants of one role in one operator: number the later ones.
    PlanConstant &added = m_plan.constants.back();
    const auto taken = [&](const std::string &name) {
        return std::ranges::count(m_plan.constants, name, &PlanConstant::name) > 1;
    };
    for (int more = 2; taken(added.name); ++more)
        added.name = role + std::to_string(m_op) + '_' + std::to_string(more);
    return {PlanRef::Kind::constant, m_plan.constants.size() - 1};
}

PlanRef PlanBuilder::constant(const std::string &role, TensorId id)
{
    const Stored &value = stored(id);
    return constant(role, tensor(id).name + ", " + shapeText(tensor(id).shape), value.type, value.data);
}

PlanRef PlanBuilder::input(TensorId id)
{
    if (!id.valid())
        return {};
    if (isConstant(id))
        return constant("constant", id);
    return {PlanRef::Kind::buffer, buffer(id)};
}

PlanRef PlanBuilder::plainInput(TensorId id)
{
    if (id.valid() && isConstant(id) && stored(id).type == DType::float16)
        return constant("constant", DType::float32, floats(id));
    return input(id);
}

PlanRef PlanBuilder::output(TensorId id)
{
    return {PlanRef::Kind::buffer, buffer(id)};
}

PlanRef PlanBuilder::scratch(DType type, std::size_t elements)
{
    PlanBuffer scratch;
    scratch.name = "scratch";
    scratch.isScratch = true;
    scratch.type = type;
    scratch.shape = {std::int32_t(elements)};
    return {PlanRef::Kind::buffer, newBuffer(std::move(scratch), byteCount(type, elements))};
}

std::size_t PlanBuilder::newBuffer(PlanBuffer buffer, std::size_t bytes)
{
    buffer.storage = m_plan.storages.size();
    m_plan.storages.push_back({std::max<std::size_t>(bytes, 1), INT32_MAX, -1, 0});
    m_plan.buffers.push_back(std::move(buffer));
    return m_plan.buffers.size() - 1;
}

std::size_t PlanBuilder::buffer(TensorId id)
{
    const auto known = m_buffers.find(id.index);
    if (known != m_buffers.end())
        return known->second;
    const Tensor &t = tensor(id);
    const std::size_t index = newBuffer({t.name, t.type, t.shape, t.quantization}, t.bytes());
    m_buffers[id.index] = index;
    return index;
}

void PlanBuilder::alias(TensorId out, TensorId in)
{
    const std::size_t from = buffer(in);
    const Tensor &t = tensor(out);
    m_plan.buffers.push_back({t.name, t.type, t.shape, t.quantization, m_plan.buffers[from].storage});
    m_buffers[out.index] = m_plan.buffers.size() - 1;
}

void PlanBuilder::mayOverlap(TensorId in, TensorId out, std::size_t lead)
{
    if (!isConstant(in))
        m_overlaps.push_back({m_plan.steps.size() - 1, buffer(in), buffer(out), lead, false});
}

void PlanBuilder::mayReplace(TensorId in, TensorId out)
{
    if (!isConstant(in))
        m_overlaps.push_back({m_plan.steps.size() - 1, buffer(in), buffer(out), 0, true});
}

PlanStep &PlanBuilder::call(std::string header, std::string function, std::string layer)
{
    const Operator &op = m_graph.operators[m_op];
    PlanStep step;
    step.op = m_op;
    step.name = tensor(op.outputs.front()).name;
    step.typeName = op.typeName;
    for (const TensorId id : op.inputs) {
        if (id.valid() && !isConstant(id))
            step.shapeNote += (step.shapeNote.empty() ? "" : ", ") + shapeText(tensor(id).shape);
    }
    step.shapeNote += " → " + shapeText(tensor(op.outputs.front()).shape);
    step.macs = macs(m_graph, op);
    step.header = std::move(header);
    step.function = std::move(function);
    step.layer = std::move(layer);
    m_plan.steps.push_back(std::move(step));
    return m_plan.steps.back();
}

void PlanBuilder::markNeeded()
{
    for (const TensorId id : m_graph.outputs)
        m_needed[std::size_t(id.index)] = true;
    for (auto op = m_graph.operators.rbegin(); op != m_graph.operators.rend(); ++op) {
        if (std::ranges::none_of(op->outputs, [&](TensorId id) { return isNeeded(id); }))
            continue;
        for (const TensorId id : op->inputs) {
            if (id.valid())
                m_needed[std::size_t(id.index)] = true;
        }
    }
}

// An operator whose inputs are all known is run here, once, by the host's own kernel.
Result<bool> PlanBuilder::fold(const Operator &op)
{
    if (!std::ranges::all_of(op.inputs, [&](TensorId id) { return !id.valid() || isConstant(id); }))
        return false;
    if (op.kind == OpKind::dequantize && stored(op.inputs[0]).type == DType::float16) {
        setStored(op.outputs[0], stored(op.inputs[0])); // converted where it is used
        return true;
    }
    Graph copy = m_graph; // with what is known as constants, for kernels that want it so
    std::vector<Bytes> inputs;
    for (const TensorId id : op.inputs) {
        if (id.valid()) {
            Tensor &known = copy[id];
            known.data = stored(id).type == known.type ? stored(id).data : sharedBytes(floats(id));
            inputs.push_back(*known.data);
        } else {
            inputs.emplace_back();
        }
    }
    auto results = runHostKernel(copy, op, inputs);
    if (!results)
        return results.error();
    for (std::size_t i = 0; i < results->size(); ++i)
        setStored(op.outputs[i], {tensor(op.outputs[i]).type, std::make_shared<const Bytes>(std::move((*results)[i]))});
    return true;
}

Result<void> PlanBuilder::lower(std::size_t index)
{
    const Operator &op = m_graph.operators[index];
    m_op = index;
    const Result<bool> folded = fold(op);
    if (!folded)
        return folded.error();
    if (*folded)
        return {};
    const Lowering *lowering = findLowering(op.kind);
    if (!lowering)
        return failed("the board's runtime has no kernel for it");
    const auto runs = [&](TensorId id) {
        const DType type = id.valid() ? tensor(id).type : DType::float32;
        return isConstant(id) || type == DType::float32 || type == DType::int8 || type == DType::uint8 ||
               type == DType::int16;
    };
    for (const auto &ids : {op.inputs, op.outputs}) {
        const auto other = std::ranges::find_if_not(ids, runs);
        if (!lowering->anyType && other != ids.end())
            return failed("the board's runtime computes with float32, int8, uint8 and int16, not with " +
                          std::string(name(tensor(*other).type)));
    }
    return lowering->lower(*this, op);
}

void PlanBuilder::touch(PlanRef ref, std::int32_t step)
{
    if (ref.kind != PlanRef::Kind::buffer)
        return;
    PlanStorage &storage = m_plan.storages[m_plan.buffers[ref.index].storage];
    storage.first = std::min(storage.first, step);
    storage.last = std::max(storage.last, step);
}

void PlanBuilder::dropUnusedStorages()
{
    std::vector<bool> isUsed(m_plan.storages.size(), false);
    const auto use = [&](std::size_t buffer) { isUsed[m_plan.buffers[buffer].storage] = true; };
    std::ranges::for_each(m_plan.inputs, use);
    std::ranges::for_each(m_plan.outputs, use);
    for (const PlanStep &step : m_plan.steps) {
        for (const PlanRef ref : step.arguments)
            if (ref.kind == PlanRef::Kind::buffer)
                use(ref.index);
    }
    std::vector<std::size_t> newIndex(m_plan.storages.size());
    std::vector<PlanStorage> used;
    for (std::size_t i = 0; i < m_plan.storages.size(); ++i) {
        newIndex[i] = used.size();
        if (isUsed[i])
            used.push_back(m_plan.storages[i]);
    }
    for (PlanBuffer &buffer : m_plan.buffers)
        buffer.storage = newIndex[buffer.storage];
    m_plan.storages = std::move(used);
}

// Lifetimes from the order of the steps, places from the lifetimes.
void PlanBuilder::placeMemory()
{
    for (PlanStorage &storage : m_plan.storages) {
        storage.first = INT32_MAX;
        storage.last = -1;
    }
    const auto steps = std::int32_t(m_plan.steps.size());
    for (const std::size_t input : m_plan.inputs)
        touch({PlanRef::Kind::buffer, input}, -1);
    for (std::int32_t i = 0; i < steps; ++i) {
        for (const PlanRef ref : m_plan.steps[std::size_t(i)].arguments)
            touch(ref, i);
    }
    for (const std::size_t output : m_plan.outputs)
        touch({PlanRef::Kind::buffer, output}, steps);
    m_plan.overlaps.clear();
    for (const Overlap &wish : m_overlaps) {
        const std::size_t in = m_plan.buffers[wish.in].storage, out = m_plan.buffers[wish.out].storage;
        const auto step = std::int32_t(wish.step);
        // Only where the step is the last that needs the one and the first that makes the other.
        if (in != out && m_plan.storages[in].last == step && m_plan.storages[out].first == step)
            m_plan.overlaps.push_back({in, out, wish.lead, wish.exact});
    }
    m_plan.arenaBytes = placeStorages(m_plan.storages, m_plan.overlaps);
}

// Takes another order of the steps where their memory then takes less room than in the given one.
void PlanBuilder::orderAndPlace()
{
    std::vector<StorageUse> storages;
    for (const PlanStorage &storage : m_plan.storages)
        storages.push_back({storage.bytes});
    for (const std::size_t input : m_plan.inputs)
        storages[m_plan.buffers[input].storage].isInput = true;
    for (const std::size_t output : m_plan.outputs)
        storages[m_plan.buffers[output].storage].isOutput = true;
    std::vector<StepUse> uses = usesOf(m_plan);
    for (const Overlap &wish : m_overlaps) {
        const std::size_t in = m_plan.buffers[wish.in].storage, out = m_plan.buffers[wish.out].storage;
        if (in != out)
            uses[wish.step].overlaps.push_back({in, out, wish.lead, wish.exact});
    }
    const std::vector<std::size_t> order = leanerOrder(uses, storages);
    if (order.empty())
        return placeMemory();

    const ExecutionPlan given = m_plan;
    const std::vector<Overlap> givenOverlaps = m_overlaps;
    std::vector<std::size_t> newIndex(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        newIndex[order[i]] = i;
        m_plan.steps[i] = given.steps[order[i]];
    }
    for (Overlap &wish : m_overlaps)
        wish.step = newIndex[wish.step];
    placeMemory();
    std::vector<std::size_t> asGiven(order.size());
    std::iota(asGiven.begin(), asGiven.end(), std::size_t(0));
    if (m_plan.arenaBytes <= peakOf(uses, storages, asGiven))
        return; // less than any placement of the given order
    const ExecutionPlan reordered = std::exchange(m_plan, given);
    m_overlaps = givenOverlaps;
    placeMemory();
    if (reordered.arenaBytes < m_plan.arenaBytes)
        m_plan = reordered;
}

Result<ExecutionPlan> PlanBuilder::build()
{
    markNeeded();
    for (const TensorId id : m_graph.inputs)
        m_plan.inputs.push_back(buffer(id));
    for (std::size_t i = 0; i < m_graph.operators.size(); ++i) {
        const Operator &op = m_graph.operators[i];
        if (std::ranges::none_of(op.outputs, [&](TensorId id) { return isNeeded(id); }))
            continue;
        if (const Result<void> lowered = lower(i); !lowered) {
            return failed("operator " + std::to_string(i) + " (" + op.typeName + ", '" +
                          tensor(op.outputs.front()).name + "') cannot run on a board: " + lowered.error().message);
        }
    }
    for (const TensorId id : m_graph.outputs) {
        if (isConstant(id))
            return failed("output '" + tensor(id).name + "' does not depend on any input: there is nothing to run");
        m_plan.outputs.push_back(buffer(id));
    }
    dropUnusedStorages();
    orderAndPlace();
    return std::move(m_plan);
}

std::size_t ExecutionPlan::constantBytes() const
{
    std::size_t sum = 0;
    for (const PlanConstant &constant : constants)
        sum += constant.data->size();
    return sum;
}

std::size_t ExecutionPlan::weightBytes() const
{
    std::size_t sum = 0;
    for (const PlanConstant &constant : constants)
        sum += constant.isWeight ? constant.data->size() : 0;
    return sum;
}

Result<ExecutionPlan> makePlan(const Model &model, KernelFamily family, WeightForms forms)
{
    if (const auto unsupported = unsupportedOperators(model); !unsupported.empty()) {
        const UnsupportedOperator &first = unsupported.front();
        return failed("operator " + std::to_string(first.index) + " (" + first.typeName + ") cannot run: " + first.why);
    }
    const Graph &graph = model.main();
    for (const Tensor &tensor : graph.tensors) {
        if (tensor.isVariable)
            return failed("tensor '" + tensor.name +
                          "' keeps a state between runs, which the board's runtime does not");
    }
    const Graph alive = withoutDeadChannels(graph);
    if (forms != WeightForms::smallest)
        return PlanBuilder(alive, family, forms == WeightForms::compact).build();
    // What the kernels of compact weights add to a firmware, as compiled for Cortex-M4 and M0+: 0.7 to 1.3 KiB for each
    // kind of layer. A saving of less is none, and costs time.
    constexpr std::size_t codeOfCompactKernels = 2048;
    auto dense = PlanBuilder(alive, family, false).build();
    if (!dense)
        return dense;
    auto compact = PlanBuilder(alive, family, true).build();
    if (!compact || compact->constantBytes() + codeOfCompactKernels >= dense->constantBytes())
        return dense;
    return compact;
}

} // namespace espalier::device
