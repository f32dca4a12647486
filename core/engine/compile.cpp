// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/alignedbuffer.h"
#include "core/engine/arena.h"
#include "core/engine/plan.h"
#include "core/graph/sparsehint.h"
#include "core/graph/weightlayout.h"
#include "core/kernels/sparseproduct.h"

#include <algorithm>

namespace espalier {

namespace {

using Plan = Program::Plan;

/// More than any model for a microcontroller needs by far; keeps hostile shapes harmless.
constexpr std::size_t activationLimit = std::size_t(1) << 30;
/// Activations of one micro-batch should fit the second-level cache beside weights.
constexpr std::size_t cacheBudget = std::size_t(512) << 10;
constexpr int largestBatch = 64;

bool isFoldable(const Graph &graph, const Operator &op)
{
    const auto isConstant = [&](TensorId id) { return !id.valid() || graph[id].isConstant(); };
    const auto fits = [&](TensorId id) { return graph[id].bytes() <= activationLimit; };
    return std::ranges::any_of(op.inputs, &TensorId::valid) && std::ranges::all_of(op.inputs, isConstant) &&
           std::ranges::all_of(op.outputs, fits);
}

/// Runs an operator once and makes its outputs constants.
void fold(Graph &graph, const Operator &op, const Kernel &kernel)
{
    std::vector<AlignedBuffer> buffers;
    std::vector<const std::byte *> inputs;
    for (const TensorId id : op.inputs)
        inputs.push_back(id.valid() ? reinterpret_cast<const std::byte *>(graph[id].data->data()) : nullptr);
    std::vector<std::byte *> outputs;
    for (const TensorId id : op.outputs)
        outputs.push_back(buffers.emplace_back(graph[id].bytes()).data());
    const AlignedBuffer scratch(kernel.scratchBytes(1));
    kernel.run({inputs, outputs, scratch.data(), 1});
    for (std::size_t i = 0; i < op.outputs.size(); ++i) {
        const auto *first = reinterpret_cast<const std::uint8_t *>(outputs[i]);
        graph[op.outputs[i]].data = std::make_shared<const Bytes>(first, first + graph[op.outputs[i]].bytes());
    }
}

/// Why an operator cannot run before its kernel is even asked, or nothing.
std::string obstacle(const Graph &graph, const Operator &op, const std::vector<bool> &written)
{
    if (op.kind == OpKind::other)
        return op.isCustom() ? "a custom operator" : "an operator that the engine does not know";
    for (const TensorId id : op.inputs) {
        if (!id.valid())
            continue;
        const Tensor &tensor = graph[id];
        if (tensor.isVariable)
            return "\"" + tensor.name + "\" keeps its value between runs";
        if (tensor.isConstant() ? tensor.data->size() < tensor.bytes() : !written[std::size_t(id.index)])
            return "\"" + tensor.name + "\" has no value";
    }
    if (op.outputs.empty() || !std::ranges::all_of(op.outputs, &TensorId::valid))
        return "an output is absent";
    for (const TensorId id : op.outputs)
        if (graph[id].isConstant() || written[std::size_t(id.index)])
            return "\"" + graph[id].name + "\" already has a value";
    if (!kernelKind(op.kind))
        return "there is no kernel for it";
    return {};
}

void prepareSteps(Plan &plan, Rounding rounding)
{
    const std::optional<double> sparseFrom = sparseHint(*plan.model);
    Graph &graph = plan.folded;
    std::vector<bool> written(graph.tensors.size());
    for (const TensorId id : graph.inputs)
        written[std::size_t(id.index)] = true;
    for (std::size_t i = 0; i < graph.operators.size(); ++i) {
        const Operator &op = graph.operators[i];
        std::string why = obstacle(graph, op, written);
        for (const TensorId id : op.outputs)
            if (id.valid())
                written[std::size_t(id.index)] = true;
        if (why.empty()) {
            const bool sparse = sparseFrom && runsSparsely(graph, op, *sparseFrom);
            const KernelKind &kind = *kernelKind(op.kind);
            const auto make = rounding == Rounding::tflite && kind.makeForTflite ? kind.makeForTflite : kind.make;
            Result<std::unique_ptr<const Kernel>> kernel = sparse ? makeSparseKernel(graph, op) : make(graph, op);
            if (!kernel)
                why = kernel.error().message;
            else if (isFoldable(graph, op))
                fold(graph, op, **kernel);
            else
                plan.steps.push_back({i, std::move(*kernel)});
        }
        if (!why.empty())
            plan.problems.push_back({i, op.typeName, std::move(why)});
    }
}

void planBlocks(Plan &plan)
{
    const Graph &graph = plan.folded;
    plan.blockOf.assign(graph.tensors.size(), -1);
    const auto begin = [&](TensorId id, std::size_t step) {
        std::int32_t &block = plan.blockOf[std::size_t(id.index)];
        if (block >= 0 || graph[id].isConstant() || std::ranges::find(graph.inputs, id) != graph.inputs.end())
            return;
        block = std::int32_t(plan.blocks.size());
        plan.blocks.push_back({id, step, step, -1});
    };
    for (std::size_t s = 0; s < plan.steps.size(); ++s)
        for (const TensorId id : graph.operators[plan.steps[s].op].outputs)
            begin(id, s);

    const auto keep = [&](TensorId id, std::size_t step) {
        if (id.valid() && plan.blockOf[std::size_t(id.index)] >= 0) {
            Plan::Block &block = plan.blocks[std::size_t(plan.blockOf[std::size_t(id.index)])];
            block.last = std::max(block.last, step);
        }
    };
    for (std::size_t s = 0; s < plan.steps.size(); ++s)
        for (const TensorId id : graph.operators[plan.steps[s].op].inputs)
            keep(id, s);
    for (const TensorId id : graph.outputs)
        keep(id, plan.steps.size());

    for (std::size_t s = 0; s < plan.steps.size(); ++s) {
        const Operator &op = graph.operators[plan.steps[s].op];
        const TensorId in = op.input(0), out = op.outputs.front();
        if (!plan.steps[s].kernel->canRunInPlace() || !in.valid() || plan.blockOf[std::size_t(in.index)] < 0 ||
            plan.blockOf[std::size_t(out.index)] < 0 || std::ranges::count(op.inputs, in) != 1)
            continue;
        const std::int32_t from = plan.blockOf[std::size_t(in.index)];
        if (plan.blocks[std::size_t(from)].last == s && graph[in].bytes() == graph[out].bytes())
            plan.blocks[std::size_t(plan.blockOf[std::size_t(out.index)])].inPlaceOf = from;
    }
}

Plan prepare(ModelPtr model, Rounding rounding = Rounding::micro)
{
    Plan plan;
    plan.folded = model->main();
    plan.model = std::move(model);
    prepareSteps(plan, rounding);
    if (plan.problems.empty())
        planBlocks(plan);
    return plan;
}

/// True where the tensors of one image together pass the limit.
bool tooLarge(const Plan &plan)
{
    std::size_t total = 0;
    const auto add = [&](TensorId id) { total += std::min(plan.folded[id].bytes(), activationLimit + 1); };
    for (const TensorId id : plan.folded.inputs)
        add(id);
    for (const Plan::Block &block : plan.blocks)
        add(block.tensor);
    return total > activationLimit;
}

std::string summary(const std::vector<UnsupportedOperator> &problems)
{
    constexpr std::size_t shown = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(shown, problems.size()); ++i)
        text += (i == 0 ? "" : "; ") + ("operator " + std::to_string(problems[i].index)) + " (" + problems[i].typeName +
                ") cannot run: " + problems[i].why;
    if (problems.size() > shown)
        text += "; and " + std::to_string(problems.size() - shown) + " more";
    return text;
}

} // namespace

Plan::Layout Plan::layout(int batch, bool shared) const
{
    // Blocks that follow each other in place are one lifetime, placed when its first block begins.
    std::vector<Lifetime> lifetimes;
    std::vector<std::size_t> lifetimeOf(blocks.size());
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const Block &block = blocks[b];
        if (shared && block.inPlaceOf >= 0) {
            lifetimeOf[b] = lifetimeOf[std::size_t(block.inPlaceOf)];
            Lifetime &lifetime = lifetimes[lifetimeOf[b]];
            lifetime.last = std::max(lifetime.last, block.last);
            continue;
        }
        lifetimeOf[b] = lifetimes.size();
        const std::size_t last = shared ? block.last : steps.size();
        lifetimes.push_back({folded[block.tensor].bytes() * std::size_t(batch), block.first, last});
    }
    const ArenaLayout arena = layoutArena(lifetimes);
    Layout result{{}, arena.bytes};
    for (const std::size_t lifetime : lifetimeOf)
        result.offsets.push_back(arena.offsets[lifetime]);
    return result;
}

std::vector<UnsupportedOperator> unsupportedOperators(const Model &model)
{
    return std::move(prepare(std::make_shared<const Model>(model)).problems);
}

Program::Program(std::unique_ptr<const Plan> plan) : m_plan(std::move(plan)) {}
Program::~Program() = default;

Result<std::shared_ptr<const Program>> Program::compile(ModelPtr model, Rounding rounding)
{
    if (const Result<void> sound = verify(*model); !sound)
        return sound.error();
    auto plan = std::make_unique<Plan>(prepare(std::move(model), rounding));
    if (!plan->problems.empty())
        return failed(summary(plan->problems));
    const Graph &graph = plan->folded;
    if (graph.inputs.empty() || graph.outputs.empty())
        return failed("the graph has no " + std::string(graph.inputs.empty() ? "inputs" : "outputs"));
    for (const TensorId id : graph.inputs)
        if (graph[id].isConstant())
            return failed("input \"" + graph[id].name + "\" is a constant");
    for (const TensorId id : graph.outputs)
        if (!graph[id].isConstant() && plan->blockOf[std::size_t(id.index)] < 0 &&
            std::ranges::find(graph.inputs, id) == graph.inputs.end())
            return failed("no operator computes output \"" + graph[id].name + "\"");
    if (tooLarge(*plan))
        return failed("its activations take more than " + std::to_string(activationLimit >> 20) + " MiB per input");
    return std::shared_ptr<const Program>(new Program(std::move(plan)));
}

const Model &Program::model() const
{
    return *m_plan->model;
}

const Graph &Program::graph() const
{
    return m_plan->model->main();
}

const Graph &Program::foldedGraph() const
{
    return m_plan->folded;
}

int Program::preferredBatch() const
{
    std::size_t perImage = m_plan->layout(1, true).bytes;
    for (const TensorId id : m_plan->folded.inputs)
        perImage += m_plan->folded[id].bytes();
    return int(std::clamp<std::size_t>(cacheBudget / std::max<std::size_t>(perImage, 1), 1, largestBatch));
}

int Program::preferredBatch(std::size_t images, int threads) const
{
    constexpr std::size_t runsPerThread = 16; // at least, where there are images enough: a thread may start late
    const auto most = std::size_t(preferredBatch()), workers = std::size_t(threads);
    const std::size_t runs = std::max((images + most - 1) / most, runsPerThread * workers);
    const std::size_t evenRuns = (runs + workers - 1) / workers * workers;
    return int(std::max<std::size_t>((images + evenRuns - 1) / evenRuns, 1));
}

} // namespace espalier
