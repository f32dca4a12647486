// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/emulator/qemuboard.h"

#include "device/bench/benchmark.h"
#include "device/bench/residentrunner.h"
#include "device/boards/boardsettings.h"
#include "device/emulator/qemu.h"

namespace espalier::device {

namespace {

constexpr std::int64_t memoryBytes = std::int64_t(4) << 20;

} // namespace

BoardInfo QemuBoard::info() const
{
    BoardInfo board;
    board.id = id;
    board.title = processor + " (QEMU)";
    board.processor = processor;
    board.emulated = true;
    board.meaning = "emulated instructions, not milliseconds of a real board";
    board.flashBytes = board.ramBytes = memoryBytes;
    board.timeSource = Source::counted;
    const auto toolchain = ArmToolchain::find();
    const auto runner = ResidentRunner::find(id);
    const auto qemu = Qemu::find();
    board.missing = !toolchain ? toolchain.error().message : !qemu ? qemu.error().message : "";
    board.missingForRunner = !runner ? runner.error().message : !qemu ? qemu.error().message : "";
    board.available = board.missing.empty();
    return board;
}

Result<BenchRecord> QemuBoard::benchmark(const ModelPtr &model, const BenchOptions &options,
                                         const Progress &progress) const
{
    const auto qemu = Qemu::find();
    if (!qemu)
        return qemu.error();
    const auto version = qemu->version();
    if (!version)
        return version.error();
    const auto settings = readBoardSettings(options.settings, id, clocks);
    if (!settings)
        return settings.error();
    if (settings->weightsInRam)
        return invalidArgument("the board '" + id + "' has one memory for all: leave out weights=sram");
    CountingBoard board;
    board.id = id;
    board.processor = processor;
    board.target.id = machine + '-' + id;
    board.target.flags = flags;
    board.target.family = family;
    board.target.forms = settings->forms;
    board.target.firmware = {"firmware/mps2.cpp"};
    board.target.linkerScript = "firmware/mps2.ld";
    board.target.flashBytes = board.target.ramBytes = std::uint64_t(memoryBytes);
    board.ticksPerInstruction = Qemu::ticksPerInstruction;
    board.emulator = *version + ", " + machine;
    board.start = [&](const std::filesystem::path &image) { return qemu->start(machine, image); };
    board.settings = settings->text();
    if (core && settings->hasClock) {
        board.estimate = {*core, settings->megahertz * 1e6,
                          [&](const std::filesystem::path &image, const std::filesystem::path &log,
                              const std::string &ranges) { return qemu->startTraced(machine, image, log, ranges); }};
    }
    return runBenchmark(model, options, board, progress);
}

} // namespace espalier::device
