// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/benchmark.h"
#include "device/boards/board.h"
#include "device/emulator/qemu.h"

namespace espalier::device {

namespace {

const std::string machine = "mps2-an386"; // Arm's FPGA board with a Cortex-M4F

BoardInfo info()
{
    BoardInfo board;
    board.id = "qemu-m4";
    board.title = "Cortex-M4F (QEMU)";
    board.processor = "Cortex-M4F";
    board.emulated = true;
    board.meaning = "emulated instructions, not milliseconds of a real board";
    board.flashBytes = std::int64_t(4) << 20;
    board.ramBytes = std::int64_t(4) << 20;
    board.timeSource = Source::counted;
    if (const auto toolchain = ArmToolchain::find(); !toolchain)
        board.missing = toolchain.error().message;
    else if (const auto qemu = Qemu::find(); !qemu)
        board.missing = qemu.error().message;
    board.available = board.missing.empty();
    return board;
}

Result<BenchRecord> benchmarkOnQemu(const ModelPtr &model, const BenchOptions &options, const Progress &progress)
{
    const auto qemu = Qemu::find();
    if (!qemu)
        return qemu.error();
    const auto version = qemu->version();
    if (!version)
        return version.error();
    CountingBoard board;
    board.id = "qemu-m4";
    board.target.id = machine;
    board.target.flags = {"-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"};
    board.target.firmware = {"firmware/mps2.cpp"};
    board.target.linkerScript = "firmware/mps2.ld";
    board.target.flashBytes = board.target.ramBytes = std::uint64_t(4) << 20;
    board.ticksPerInstruction = Qemu::ticksPerInstruction;
    board.emulator = *version + ", " + machine;
    board.start = [&](const std::filesystem::path &image) { return qemu->start(machine, image); };
    return runBenchmark(model, options, board, progress);
}

} // namespace

extern const Board qemuM4;
const Board qemuM4 = {info, benchmarkOnQemu};

} // namespace espalier::device
