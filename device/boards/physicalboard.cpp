// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/physicalboard.h"

#include "core/base/file.h"
#include "device/bench/modelfirmware.h"
#include "device/bench/residentrunner.h"
#include "device/boards/boardsettings.h"
#include "device/boards/boardturn.h"
#include "device/embedded/embedded.h"
#include "device/protocol/dut.h"

#include <QTemporaryDir>

namespace espalier::device {

Result<UsbBoard> findPlugged(FlashHost &host, const std::string &board, const std::string &title,
                             const std::string &place)
{
    const std::vector<UsbBoard> seen = host.boards();
    const auto found = locateBoard(seen, {board, title, place});
    if (!found)
        return found.error();
    if (found->state == BoardState::notPermitted || found->state == BoardState::heldByProgram ||
        (found->tty.empty() && !found->isBootloader))
        return missingTool(found->remedy);
    return found;
}

Result<FlashImage> loadFirmware(const PhysicalBoard &board, const std::filesystem::path &elf)
{
    const auto file = readFile(elf, std::uint64_t(64) << 20);
    if (!file)
        return file.error();
    auto image = readFlashImage(*file);
    if (!image)
        return image.error();
    if (const std::string fault = board.faultOf ? board.faultOf(*image) : std::string(); !fault.empty())
        return failed("the firmware for the " + board.flash.title +
                      " was not flashed, since it would not start: " + fault);
    return image;
}

// Its firmware may be written later than its file.
Result<void> PhysicalBoard::firmware() const
{
    if (findEmbeddedFile(target.linkerScript))
        return {};
    return missingTool("this version has no firmware for the " + flash.title +
                       ": give it one that speaks the MLPerf Tiny protocol and measure it as board 'serial'");
}

BoardInfo PhysicalBoard::info(FlashHost &host, const std::string &place) const
{
    BoardInfo board;
    board.id = flash.board;
    board.title = flash.title;
    board.processor = processor;
    board.meaning = meaning;
    board.clockHz = clockHz();
    board.flashBytes = std::int64_t(target.flashBytes);
    board.ramBytes = std::int64_t(target.ramBytes);
    board.timeSource = Source::measured;
    const auto plugged = findPlugged(host, flash.board, flash.title, place);
    const auto toolchain = ArmToolchain::find();
    const auto runner = ResidentRunner::find(flash.board);
    const auto written = firmware();
    const std::string common = !written ? written.error().message : !plugged ? plugged.error().message : "";
    board.missing = !common.empty() ? common : !toolchain ? toolchain.error().message : "";
    board.missingForRunner = !common.empty() ? common : !runner ? runner.error().message : "";
    board.available = board.missing.empty();
    return board;
}

namespace {

// The board told it when it started again, to nobody: its line had gone. It is asked now.
Error withFault(FlashHost &host, const UsbBoard &board, const Progress &progress, Error error)
{
    static constexpr std::chrono::milliseconds deadline(4000), pause(100);
    if (error.code == ErrorCode::cancelled)
        return error;
    for (const Clock::Time end = host.now() + deadline; host.now() < end && !progress.cancelled(); host.sleep(pause)) {
        for (const UsbBoard &each : host.boards()) {
            if (!isSameBoard(each, board) || each.board != board.board || each.isBootloader || each.tty.empty())
                continue;
            auto port = host.openPort(each.tty);
            if (!port)
                continue;
            Dut dut(*std::move(port), progress, host);
            if (!dut.greet())
                return error;
            if (const std::string fault = dut.lastFault(); !fault.empty())
                error.message += "; it restarted after a fault of its processor: " + fault;
            return error;
        }
    }
    return error;
}

} // namespace

Result<BenchRecord> PhysicalBoard::benchmark(FlashHost &host, const ModelPtr &model, const BenchOptions &options,
                                             const Progress &progress) const
{
    if (const auto written = firmware(); !written)
        return written.error();
    const auto turn = BoardTurn::take(host, {flash.board, flash.title, options.place}, progress);
    if (!turn)
        return turn.error();
    const auto plugged = findPlugged(host, flash.board, flash.title, options.place);
    if (!plugged)
        return plugged.error();
    const auto settings = readBoardSettings(options.settings, flash.board, clocks);
    if (!settings)
        return settings.error();
    UsbBoard now = *plugged; // its serial line is renamed when it starts again
    CountingBoard board;
    board.id = flash.board;
    board.processor = processor;
    board.place = now.port;
    board.isPhysical = true;
    board.clock = &host;
    board.target = target;
    board.target.weightsInRam = settings->weightsInRam;
    board.target.forms = settings->forms;
    board.settings = settings->text();
    board.clockHz = settings->megahertz * 1e6;
    board.leastMacsPerSecond = leastMacsPerSecond;
    if (settings->megahertz <= supplyUpTo)
        board.supply = supply;
    board.emulator = flash.title + " on USB port " + now.port + (now.serial.empty() ? "" : ", serial " + now.serial);
    board.start = [&](const std::filesystem::path &elf) -> Result<std::unique_ptr<Link>> {
        const auto image = loadFirmware(*this, elf);
        if (!image)
            return image.error();
        waitingboards::take(flash.board + now.port); // its serial line is ours: it is closed
        auto back = flashBoard(host, flash, now, *image, progress);
        if (!back)
            return back.error();
        now = *std::move(back);
        return openNewPort(host, now.tty, progress);
    };
    bool hasAnswered = false;
    board.prepare = [&](Dut &dut) {
        hasAnswered = true;
        dut.lastFault(); // of an earlier program: forgotten with this
        return dut.setClock(settings->megahertz);
    };
    auto record = runBenchmark(model, options, board, progress);
    if (record || !hasAnswered)
        return record;
    return withFault(host, now, progress, record.error());
}

Result<UsbBoard> PhysicalBoard::flashByTool(FlashHost &host, const std::string &place,
                                            const std::function<Result<void>(const std::string &tty)> &upload,
                                            const Progress &progress) const
{
    const auto turn = BoardTurn::take(host, {flash.board, flash.title, place}, progress);
    if (!turn)
        return turn.error();
    const auto plugged = findPlugged(host, flash.board, flash.title, place);
    if (!plugged)
        return plugged.error();
    waitingboards::take(flash.board + plugged->port); // closes its serial line
    if (const auto done = upload(plugged->tty); !done)
        return done.error();
    return awaitReturn(host, flash, *plugged, progress);
}

Result<UsbBoard> PhysicalBoard::flashModel(FlashHost &host, const Model &model, const BenchOptions &options,
                                           const Progress &progress) const
{
    const auto settings = readBoardSettings(options.settings, flash.board, clocks);
    if (!settings)
        return settings.error();
    if (settings->megahertz != clocks.front())
        return invalidArgument("a flashed firmware starts at " + std::to_string(clocks.front()) +
                               " MHz: leave out the clock, which a benchmark sets while it runs");
    const auto toolchain = ArmToolchain::find();
    if (!toolchain)
        return toolchain.error();
    const auto turn = BoardTurn::take(host, {flash.board, flash.title, options.place}, progress);
    if (!turn)
        return turn.error();
    const auto plugged = findPlugged(host, flash.board, flash.title, options.place);
    if (!plugged)
        return plugged.error();
    QTemporaryDir folder;
    if (!folder.isValid())
        return failed("no folder for temporary files can be made: " + folder.errorString().toStdString());
    ArmTarget placed = target;
    placed.weightsInRam = settings->weightsInRam;
    placed.forms = settings->forms;
    const auto firmware = buildFirmware(*toolchain, model, placed, folder.path().toStdString(), progress);
    if (!firmware)
        return firmware.error();
    const auto image = loadFirmware(*this, firmware->elf);
    if (!image)
        return image.error();
    waitingboards::take(flash.board + plugged->port); // closes its serial line
    return flashBoard(host, flash, *plugged, *image, progress);
}

} // namespace espalier::device
