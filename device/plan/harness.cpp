// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/harness.h"

#include "core/metrics/realvalues.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace espalier::device {

namespace {

// The numbers of the reference model, bytes of a picture, or floats.
enum class Sends { asReference, picture, floats };

struct Task
{
    const char *model;
    std::size_t inputs, outputs; // elements
    Sends sends;
    NumberForm form; // for a picture, of what a float model takes
    bool tellsError;
};

const Task tasks[] = {
    {"kws01", 49 * 10, 12, Sends::asReference, {DType::int8, 0.584702909f, 83}, false},
    {"ic01", 32 * 32 * 3, 10, Sends::picture, {DType::uint8, 1, 0}, false},
    {"vww01", 96 * 96 * 3, 2, Sends::picture, {DType::uint8, 1 / 255.0f, 0}, false},
    {"ad01", 5 * 128, 5 * 128, Sends::floats, {DType::float32, 0, 0}, true},
};

struct Port
{
    std::size_t elements;
    NumberForm form;
};

// The reference firmware subtracts 128 from a picture's bytes, whatever the scale of the model that takes them.
NumberForm sentForm(const Task &task, const NumberForm &taken)
{
    if (task.sends == Sends::picture && taken.type == DType::int8)
        return {DType::uint8, taken.scale, taken.zeroPoint + 128};
    if (task.sends == Sends::picture && taken.type == DType::uint8)
        return taken;
    return task.form;
}

Harness harnessOf(const Port &input, const Port &output)
{
    const DType taken = input.form.type;
    if (taken != DType::float32 && taken != DType::int8 && taken != DType::uint8 && taken != DType::int16)
        return {};
    for (const Task &task : tasks) {
        if (task.inputs != input.elements || task.outputs != output.elements)
            continue;
        Harness harness{task.model, sentForm(task, input.form), task.tellsError};
        if (harness.sent == input.form)
            harness.sent.reset();
        return harness;
    }
    return {};
}

std::size_t sentElements(const ExecutionPlan &plan)
{
    return elementCount(plan.buffers[plan.inputs.front()].shape);
}

} // namespace

NumberForm formOf(DType type, const Quantization &quantization)
{
    if (type == DType::float32 || quantization.scale.size() != 1 || std::abs(quantization.zeroPoint.front()) > 0xffff)
        return {type, 0, 0};
    return {type, quantization.scale.front(), std::int32_t(quantization.zeroPoint.front())};
}

Harness harnessOf(const ExecutionPlan &plan)
{
    if (plan.inputs.size() != 1 || plan.outputs.size() != 1)
        return {};
    const auto port = [&](std::size_t index) {
        const PlanBuffer &buffer = plan.buffers[index];
        return Port{elementCount(buffer.shape), formOf(buffer.type, buffer.quantization)};
    };
    return harnessOf(port(plan.inputs.front()), port(plan.outputs.front()));
}

Harness harnessOf(const Graph &graph)
{
    if (graph.inputs.size() != 1 || graph.outputs.size() != 1)
        return {};
    const auto port = [&](TensorId id) {
        return Port{graph[id].elements(), formOf(graph[id].type, graph[id].quantization)};
    };
    return harnessOf(port(graph.inputs.front()), port(graph.outputs.front()));
}

std::size_t sentBytes(const ExecutionPlan &plan)
{
    const Harness harness = harnessOf(plan);
    return harness.sent ? byteCount(harness.sent->type, sentElements(plan)) : 0;
}

std::vector<std::uint8_t> asSent(const Harness &harness, const Graph &graph, std::vector<std::uint8_t> bytes)
{
    if (!harness.sent)
        return bytes;
    const Tensor &input = graph[graph.inputs.front()];
    const NumberForm &form = *harness.sent;
    std::vector<std::uint8_t> sent(byteCount(form.type, input.elements()));
    for (std::size_t i = 0; i < input.elements(); ++i) {
        const float real = realValue(input, std::as_bytes(std::span(bytes)), i);
        if (form.type == DType::float32) {
            std::memcpy(sent.data() + 4 * i, &real, 4);
            continue;
        }
        const float least = form.type == DType::int8 ? -128 : 0;
        const float number = std::round(real / form.scale) + float(form.zeroPoint);
        sent[i] = std::uint8_t(std::int32_t(std::clamp(number, least, least + 255)));
    }
    return sent;
}

} // namespace espalier::device
