// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/engine/engine.h"
#include "device/bench/binding.h"
#include "device/bench/fidelity.h"
#include "device/bench/pseudorandom.h"
#include "device/codegen/deploymentfiles.h"
#include "device/embedded/embedded.h"
#include "device/toolchain/process.h"

#include <QtTest>

namespace espalier::test {

/// A program around a model's sources: prints the outputs for pseudo-random inputs 0..count-1 as hexadecimal digits,
/// a line for each output.
inline const char *const hostMain = R"(
#include "firmware/binding.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv)
{
    const int count = argc > 1 ? atoi(argv[1]) : 1;
    for (int k = 0; k < count; ++k) {
        uint32_t x = uint32_t(k + 1) * 2654435769u;
        for (uint32_t i = 0; i < espalierModel.inputCount; ++i) {
            const ModelPort &port = espalierModel.inputs[i];
            uint8_t *to = static_cast<uint8_t *>(port.data());
            const uint32_t width = port.kind == ModelPort::floats ? 4 : port.kind == ModelPort::halfWords ? 2 : 1;
            for (uint32_t at = 0; at < port.bytes; at += width) {
                x = x * 1664525u + 1013904223u;
                const float value = float(x >> 24) / 127.5f - 1.0f;
                to[at] = uint8_t(x >> 24);
                if (width == 2) {
                    to[at] = uint8_t(x >> 16);
                    to[at + 1] = uint8_t(x >> 24);
                }
                if (width == 4)
                    memcpy(to + at, &value, 4);
            }
        }
        espalierModel.run();
        for (uint32_t i = 0; i < espalierModel.outputCount; ++i) {
            const uint8_t *bytes = static_cast<const uint8_t *>(espalierModel.outputs[i].data());
            for (uint32_t at = 0; at < espalierModel.outputs[i].bytes; ++at)
                printf("%02x", bytes[at]);
            printf("\n");
        }
    }
}
)";

/// Compiles the model's exported sources for this machine, runs them on `inputs` pseudo-random inputs, and compares all
/// outputs with the engine's, byte for byte. Returns what is wrong, or an empty text.
inline std::string differenceOnHost(const ModelPtr &model, int inputs, const std::vector<std::string> &flags = {"-O1"},
                                    device::KernelFamily family = device::KernelFamily::plain)
{
    using namespace device;
    const auto program = Program::compile(model);
    if (!program)
        return program.error().message;
    const auto plan = makePlan(*model, family, WeightForms::compact); // all kernels
    if (!plan)
        return plan.error().message;
    QTemporaryDir temporary;
    const std::filesystem::path folder = temporary.path().toStdString();
    std::vector<SourceFile> files = modelFiles(printSources(*plan, "net"), "");
    files.push_back(printBinding(*plan, "net", false));
    files.push_back({"firmware/binding.h", std::string(findEmbeddedFile("firmware/binding.h")->text)});
    files.push_back({"main.cpp", hostMain});
    if (const auto written = writeFiles(folder, files); !written)
        return written.error().message;
    Command compile{findProgram("g++"),
                    {"-std=c++17", "-Wall", "-Wextra", "-Werror", "-fno-exceptions", "-fno-rtti", "-ffp-contract=off",
                     "-I.", "net.cpp", "net_weights.cpp", "binding.cpp", "main.cpp", "-o", "net"},
                    folder};
    compile.arguments.insert(compile.arguments.begin(), flags.begin(), flags.end());
    const auto compiled = runCommand(compile, std::chrono::seconds(100), {});
    if (!compiled)
        return compiled.error().message;
    if (compiled->exitCode != 0)
        return "the compiler says: " + compiled->errors.substr(0, 3000);
    const auto ran = runCommand({folder / "net", {std::to_string(inputs)}, folder}, std::chrono::seconds(60), {});
    if (!ran)
        return ran.error().message;
    if (ran->exitCode != 0)
        return "the program ended with " + std::to_string(ran->exitCode) + ": " + ran->errors.substr(0, 1000);

    const QList<QByteArray> lines = QByteArray::fromStdString(ran->output).split('\n');
    std::string wrong;
    qsizetype line = 0;
    for (int k = 0; k < inputs; ++k) {
        for (std::size_t i = 0; i < plan->outputs.size(); ++i, ++line) {
            Fidelity fidelity(*program);
            fidelity.runHost(pseudoRandomInput((*program)->graph(), std::uint32_t(k)));
            const QByteArray bytes = QByteArray::fromHex(lines.value(line));
            if (std::size_t(bytes.size()) != fidelity.hostOutput(i).size())
                return "output " + std::to_string(i) + " has " + std::to_string(bytes.size()) + " bytes";
            fidelity.compare(i, {reinterpret_cast<const std::uint8_t *>(bytes.data()), std::size_t(bytes.size())});
            if (!fidelity.exact() && wrong.size() < 2000) {
                const Graph &graph = model->main();
                for (const Operator &op : graph.operators) {
                    if (std::find(op.outputs.begin(), op.outputs.end(), graph.outputs[i]) != op.outputs.end())
                        wrong += op.typeName + " " + std::string(name(graph[op.outputs[0]].type)) + " ";
                }
                wrong += fidelity.difference() + "\n";
            }
        }
    }
    return wrong;
}

} // namespace espalier::test
