// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/binding.h"

#include "device/codegen/literals.h"
#include "device/plan/harness.h"

#include <algorithm>

namespace espalier::device {

namespace {

std::string kindOf(DType type)
{
    switch (type) {
    case DType::int8:
        return "signedBytes";
    case DType::int16:
        return "halfWords";
    case DType::float32:
        return "floats";
    case DType::int32:
        return "words";
    case DType::int64:
        return "longWords";
    default:
        return "unsignedBytes";
    }
}

// "ModelPort::signedBytes, 0, 0.5f, 3"
std::string formText(const NumberForm &form)
{
    return "ModelPort::" + kindOf(form.type) + ", 0, " + floatLiteral(form.scale) + ", " +
           std::to_string(form.zeroPoint);
}

} // namespace

SourceFile printBinding(const ExecutionPlan &plan, const std::string &name, bool profile)
{
    std::string text = "// How the benchmark's firmware reaches the model.\n#include \"" + name +
                       ".h\"\n\n#include \"firmware/binding.h\"\n\nnamespace {\n\n";
    const auto ports = [&](const std::vector<std::size_t> &list, const std::string &role) {
        std::string table = "const ModelPort " + role + "s[] = {\n";
        for (std::size_t i = 0; i < list.size(); ++i) {
            const PlanBuffer &buffer = plan.buffers[list[i]];
            const std::string number = list.size() == 1 ? "" : '_' + std::to_string(i);
            const std::string function = role + std::to_string(i);
            text += "void *" + function + "(const ModelPort &)\n{\n    return (void *)" + name + '_' + role + number +
                    "();\n}\n\n";
            table += "    {" + function + ", " + std::to_string(byteCount(buffer.type, elementCount(buffer.shape))) +
                     ", " + formText(formOf(buffer.type, buffer.quantization)) + "},\n";
        }
        text += table + "};\n\n";
    };
    ports(plan.inputs, "input");
    ports(plan.outputs, "output");
    const std::size_t inputBytes = storedInputBytes(plan);
    const Harness harness = harnessOf(plan);
    if (harness.sent)
        text += "const ModelPort sent = {nullptr, " + std::to_string(sentBytes(plan)) + ", " + formText(*harness.sent) +
                "};\n";
    const std::string layers = std::to_string(plan.steps.size());
    text += "alignas(8) uint8_t store[" + std::to_string(std::max<std::size_t>(inputBytes, 1)) + "];\n";
    if (profile)
        text += "uint64_t layerTicks[" + std::to_string(plan.steps.size() + 1) + "];\n";
    text += "\n} // namespace\n\nModelBinding espalierModel = {\n    \"" + harness.model + "\", inputs, " +
            std::to_string(plan.inputs.size()) + ", outputs, " + std::to_string(plan.outputs.size()) + ", " + layers +
            ", " + std::to_string(plan.arenaBytes) + ", store, " + std::to_string(inputBytes) + ", " +
            (profile ? "layerTicks" : "nullptr") + ", " + name + "_run, " + (harness.sent ? "&sent" : "nullptr") +
            (harness.tellsError ? ", true};\n" : ", false};\n");
    return {"binding.cpp", text};
}

std::size_t storedInputBytes(const ExecutionPlan &plan)
{
    std::size_t bytes = 0;
    for (const std::size_t input : plan.inputs)
        bytes += byteCount(plan.buffers[input].type, elementCount(plan.buffers[input].shape));
    return std::max(bytes, sentBytes(plan));
}

} // namespace espalier::device
