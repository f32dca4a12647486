// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/bestknown.h"

namespace espalier::device {

namespace {

enum class Kernel { convolution, pointwise, dense };

struct Entry
{
    std::string_view processor;
    SpentUnit unit;
    DType type;
    Kernel kernel;
    BestKnown best;
};

constexpr Entry table[] = {
#define BEST(processor, unit, type, kernel, spent, macs, by)                                                           \
    {processor, SpentUnit::unit, DType::type, Kernel::kernel, {(spent) / (macs), by}},
#include "device/bench/bestknown.def"
#undef BEST
};

std::optional<Kernel> kernelOf(const Graph &graph, const Operator &op)
{
    if (op.kind == OpKind::fullyConnected)
        return Kernel::dense;
    if (op.kind != OpKind::conv2D || op.input(1) == TensorId::none)
        return std::nullopt;
    const Shape &filter = graph[op.inputs[1]].shape;
    return filter.size() == 4 && filter[1] == 1 && filter[2] == 1 ? Kernel::pointwise : Kernel::convolution;
}

} // namespace

std::optional<BestKnown> bestKnown(const Graph &graph, const Operator &op, std::string_view processor, SpentUnit unit)
{
    const auto kernel = kernelOf(graph, op);
    if (!kernel || graph[op.inputs[0]].type != graph[op.inputs[1]].type) // other forms have no figures
        return std::nullopt;
    const DType type = graph[op.inputs[0]].type;
    for (const Entry &entry : table) {
        if (entry.processor == processor && entry.unit == unit && entry.type == type && entry.kernel == *kernel)
            return entry.best;
    }
    return std::nullopt;
}

} // namespace espalier::device
