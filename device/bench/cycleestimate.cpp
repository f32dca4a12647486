// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/cycleestimate.h"

#include "core/base/file.h"
#include "device/emulator/executiontrace.h"
#include "device/emulator/logpipe.h"
#include "device/protocol/dut.h"
#include "device/toolchain/elf.h"

#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace espalier::device {

namespace {

constexpr std::int64_t mostInstructions = 300000000; // some minutes of logging

// Functions of the firmware around the model, which would fill the log: clearing the stack, the serial line.
bool isHarness(const std::string &name)
{
    return name == "main" || name.starts_with("_ZN6runner") || name.starts_with("_ZN7console") ||
           name.starts_with("_ZN5board") || name.starts_with("_ZN12_GLOBAL__N_1");
}

std::string rangesWithout(std::vector<CodeRange> left)
{
    std::sort(left.begin(), left.end(), [](const CodeRange &a, const CodeRange &b) { return a.start < b.start; });
    left.push_back({0xffffffff, 0});
    std::string ranges;
    std::uint32_t from = 0;
    for (const CodeRange &range : left) {
        if (range.start > from) {
            char text[40];
            std::snprintf(text, sizeof text, "0x%x..0x%x", unsigned(from), unsigned(range.start - 1));
            ranges += (ranges.empty() ? "" : ",") + std::string(text);
        }
        from = std::max(from, range.start + range.bytes);
    }
    return ranges;
}

Result<void> runOnce(const CycleEstimate &estimate, const std::filesystem::path &image,
                     const std::filesystem::path &log, const std::string &ranges, std::chrono::milliseconds deadline,
                     const Progress &progress)
{
    auto link = estimate.start(image, log, ranges);
    if (!link)
        return link.error();
    Dut dut(std::move(*link), progress);
    if (const auto ready = dut.waitUntilReady(std::chrono::seconds(60)); !ready)
        return ready;
    if (const auto filled = dut.fill(0); !filled)
        return filled;
    const auto ran = dut.run(deadline);
    return ran ? Result<void>() : ran.error();
}

} // namespace

EstimatedCycles estimatedCycles(const Spent &spent)
{
    return {spent.cycles + spent.refills, spent.cycles + 2 * spent.refills, spent.cycles + 3 * spent.refills};
}

Result<std::vector<Spent>> followInference(const CycleEstimate &estimate, const std::filesystem::path &image,
                                           std::int64_t expected, std::chrono::milliseconds deadline,
                                           const Progress &progress)
{
    if (expected > mostInstructions)
        return failed("an inference of " + std::to_string(expected) +
                      " instructions is too long to be followed: leave out the clock, and they are counted only");
    const auto file = readFile(image);
    if (!file)
        return file.error();
    const auto functions = readElfFunctions(*file);
    if (!functions)
        return functions.error();
    CodeRange caller, splitter;
    std::vector<CodeRange> left;
    for (const ElfFunction &function : *functions) {
        const CodeRange range = {function.address, function.bytes};
        if (function.name.find("timedRun") != std::string::npos)
            caller = range;
        else if (function.name == "espalierLayerDone")
            splitter = range;
        else if (isHarness(function.name))
            left.push_back(range);
    }
    const QTemporaryDir folder;
    if (!folder.isValid())
        return failed("no folder for temporary files can be made: " + folder.errorString().toStdString());
    const std::filesystem::path path = folder.filePath(QStringLiteral("log")).toStdString();
    ExecutionTrace trace(estimate.core, caller, splitter);
    LogPipe pipe;
    if (const auto opened = pipe.open(path, [&](std::string_view text) { trace.read(text); }); !opened)
        return opened.error();
    progress.report("estimating cycles", 0, 1);
    const auto done = runOnce(estimate, image, path, rangesWithout(std::move(left)), deadline, progress);
    pipe.finish();
    if (!done)
        return done.error();
    progress.report("estimating cycles", 1, 1);
    std::int64_t instructions = 0;
    for (const Spent &part : trace.parts())
        instructions += part.instructions;
    if (std::abs(instructions - expected) > expected / 100 + 500)
        return failed("the emulator's log tells of " + std::to_string(instructions) + " instructions and " +
                      std::to_string(expected) +
                      " were counted: leave out the clock, since cycles cannot be estimated with this QEMU");
    return trace.parts();
}

} // namespace espalier::device
