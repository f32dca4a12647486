// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/benchmark.h"
#include "device/bench/residentrunner.h"
#include "device/boards/board.h"
#include "device/boards/boardsettings.h"
#include "device/emulator/emulatedpico.h"

namespace espalier::device {

namespace {

constexpr std::int64_t flashBytes = 2 << 20, ramBytes = 264 << 10;
constexpr std::int64_t stackBytes = 8 << 10; // firmware/rp2040.ld
constexpr int clocks[] = {125, 133, 200};

BoardInfo info()
{
    BoardInfo board;
    board.id = "pico-emulated";
    board.title = "Raspberry Pi Pico (emulated)";
    board.processor = "Cortex-M0+";
    board.emulated = true;
    board.meaning = "cycles by an emulator's model of the M0+, memory without wait states: a real Pico waits for "
                    "its flash";
    board.clockHz = clocks[0] * 1e6;
    board.flashBytes = flashBytes;
    board.ramBytes = ramBytes - stackBytes;
    board.timeSource = Source::simulated;
    const auto toolchain = ArmToolchain::find();
    const auto runner = ResidentRunner::find("pico");
    const auto pico = EmulatedPico::find();
    board.missing = !toolchain ? toolchain.error().message : !pico ? pico.error().message : "";
    board.missingForRunner = !runner ? runner.error().message : !pico ? pico.error().message : "";
    board.available = board.missing.empty();
    return board;
}

Result<BenchRecord> benchmark(const ModelPtr &model, const BenchOptions &options, const Progress &progress)
{
    const auto pico = EmulatedPico::find();
    if (!pico)
        return pico.error();
    const auto settings = readBoardSettings(options.settings, "pico-emulated", clocks);
    if (!settings)
        return settings.error();
    CountingBoard board;
    board.id = "pico-emulated";
    board.processor = info().processor;
    board.target.id = "rp2040";
    board.target.flags = {"-mcpu=cortex-m0plus", "-mfloat-abi=soft"};
    board.target.family = KernelFamily::thumb;
    board.target.firmware = {"firmware/rp2040.cpp",    "firmware/rp2040boot.cpp", "firmware/rp2040reset.cpp",
                             "firmware/rp2040rom.cpp", "firmware/rpchip.cpp",     "firmware/rpusb.cpp",
                             "firmware/usbserial.cpp"};
    board.target.linkerScript = "firmware/rp2040.ld";
    board.target.flashBytes = std::uint64_t(flashBytes);
    board.target.ramBytes = std::uint64_t(ramBytes - stackBytes);
    board.prepare = [&](Dut &dut) { return dut.setClock(settings->megahertz); };
    board.settings = settings->text();
    board.target.weightsInRam = settings->weightsInRam;
    board.target.forms = settings->forms;
    board.clockHz = settings->megahertz * 1e6;
    board.leastMacsPerSecond = 10000;
    board.emulator = pico->version();
    board.runner = "pico"; // the image is the same
    board.start = [&](const std::filesystem::path &image) { return pico->start(image); };
    return runBenchmark(model, options, board, progress);
}

} // namespace

extern const Board picoEmulated;
const Board picoEmulated = {info, benchmark, KernelFamily::thumb, nullptr, nullptr, clocks};

} // namespace espalier::device
