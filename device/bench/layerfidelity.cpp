// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/layerfidelity.h"

#include "core/engine/engine.h"
#include "device/bench/pseudorandom.h"
#include "device/plan/deadchannels.h"

#include <espalier/crc32.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>

namespace espalier::device {

namespace {

/// The results of the host's operators, by the tensor's index.
using HostTensors = std::map<std::int32_t, Bytes>;

Result<HostTensors> runHost(const ModelPtr &model, std::uint32_t k)
{
    const auto program = Program::compile(model);
    if (!program)
        return program.error();
    Session session(*program);
    const std::vector<std::uint8_t> bytes = pseudoRandomInput(model->main(), k);
    std::span<const std::uint8_t> inputs = bytes;
    for (std::size_t i = 0; i < model->main().inputs.size(); ++i) {
        const auto target = session.input(i);
        std::memcpy(target.data(), inputs.data(), target.size());
        inputs = inputs.subspan(target.size());
    }
    HostTensors tensors;
    session.run(1, [&](TensorId id, std::span<const std::byte> values) {
        const auto *first = reinterpret_cast<const std::uint8_t *>(values.data());
        tensors[id.index] = Bytes(first, first + values.size());
    });
    return tensors;
}

/// Where the plan leaves an operator's first output; nothing where it makes none of its own.
std::optional<Dut::Place> placeOf(const ExecutionPlan &plan, std::size_t step)
{
    for (const PlanRef &argument : plan.steps[step].arguments) {
        if (argument.kind != PlanRef::Kind::buffer)
            continue;
        const PlanBuffer &buffer = plan.buffers[argument.index];
        if (buffer.isScratch || buffer.name != plan.steps[step].name)
            continue;
        return Dut::Place{step, plan.storages[buffer.storage].offset,
                          byteCount(buffer.type, elementCount(buffer.shape))};
    }
    return std::nullopt;
}

double valueAt(DType type, const void *bytes)
{
    if (type == DType::float32) {
        float value;
        std::memcpy(&value, bytes, sizeof value);
        return double(value);
    }
    std::int64_t value = 0;
    std::memcpy(&value, bytes, std::min<std::size_t>(byteCount(type, 1), 8));
    return double(type == DType::int8    ? std::int8_t(value)
                  : type == DType::int16 ? std::int16_t(value)
                  : type == DType::int32 ? std::int32_t(value)
                                         : value);
}

std::string describe(const ExecutionPlan &plan, std::size_t step, const Tensor &tensor, const Bytes &host,
                     const std::vector<std::uint8_t> &board)
{
    const std::size_t width = byteCount(tensor.type, 1), count = host.size() / width;
    std::size_t differing = 0;
    double largest = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (std::memcmp(host.data() + i * width, board.data() + i * width, width) == 0)
            continue;
        ++differing;
        largest = std::max(largest, std::abs(valueAt(tensor.type, host.data() + i * width) -
                                             valueAt(tensor.type, board.data() + i * width)));
    }
    const PlanStep &at = plan.steps[step];
    const std::string where = "the first layer that differs is number " + std::to_string(step + 1) + " of " +
                              std::to_string(plan.steps.size()) + ", " + at.typeName + " '" + at.name + "'";
    if (differing == 0)
        return where + ", and not in every run: look for memory that something else writes to";
    const bool isInteger = tensor.type != DType::float32;
    const std::string cause =
        isInteger && largest <= 1      ? "a rounding that the compiler or the processor does otherwise"
        : !isInteger && largest < 1e-4 ? "floating point that the compiler orders or fuses otherwise"
        : differing * 2 > count        ? "its weights, or what it is told of its shape, are not the model's"
                                       : "its kernel, or memory that something else writes to";
    return where + ": " + std::to_string(differing) + " of " + std::to_string(count) + " values; likely " + cause;
}

} // namespace

Result<std::string> firstDifferingLayer(Dut &dut, const ExecutionPlan &plan, const Model &model, std::uint32_t k,
                                        std::chrono::milliseconds deadline, const Progress &progress)
{
    // The graph that the plan was made of.
    auto planned = std::make_shared<Model>(model);
    planned->main() = withoutDeadChannels(model.main());
    const auto host = runHost(planned, k);
    if (!host)
        return host.error();
    if (const auto filled = dut.fill(k); !filled)
        return filled.error();
    for (std::size_t step = 0; step < plan.steps.size(); ++step) {
        progress.report("looking for the layer that differs", std::int64_t(step), std::int64_t(plan.steps.size()));
        const std::size_t op = plan.steps[step].op;
        const auto isOfOperator = [&](const PlanStep &later) { return later.op == op; };
        const bool isLastOfItsOperator =
            std::none_of(plan.steps.begin() + std::ptrdiff_t(step) + 1, plan.steps.end(), isOfOperator);
        const TensorId output = planned->main().operators[op].outputs[0];
        const auto expected = host->find(output.index);
        const auto place = placeOf(plan, step);
        if (!isLastOfItsOperator || !place || expected == host->end() || expected->second.size() != place->bytes)
            continue;
        const Bytes &bytes = expected->second;
        const std::uint32_t checksum = espalier::rt::crc32(bytes.data(), std::uint32_t(bytes.size()));
        const auto found = dut.checksumAt(*place, deadline);
        if (!found)
            return found.error();
        if (*found == checksum)
            continue;
        const auto values = dut.bytesAt(*place, deadline);
        if (!values)
            return values.error();
        return describe(plan, step, planned->main()[output], bytes, *values);
    }
    return std::string();
}

} // namespace espalier::device
