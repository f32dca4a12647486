// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "app/samplestudy.h"
#include "app/udevrules.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/exporters/plaintable.h"
#include "core/exporters/rowjson.h"
#include "core/formats/modelformat.h"
#include "device/bench/residentrunner.h"
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "device/boards/selftest.h"
#include "device/flash/uf2.h"

#include <nlohmann/json.hpp>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Given
{
    bool json = false, installRules = false, selfTest = false;
    std::string report, runners;
};

template <class Number>
Json known(Number number)
{
    return number > 0 ? Json(number) : Json(nullptr);
}

Json boardJson(const BoardInfo &board)
{
    return {{"id", board.id},
            {"title", board.title},
            {"processor", board.processor},
            {"emulated", board.emulated},
            {"available", board.available},
            {"missing", board.missing},
            {"meaning", board.meaning},
            {"clock_hz", known(board.clockHz)},
            {"clocks_mhz", board.clocks},
            {"flash_bytes", known(board.flashBytes)},
            {"ram_bytes", known(board.ramBytes)},
            {"time_source", name(board.timeSource)}};
}

Json pluggedJson(const device::UsbBoard &board)
{
    return {{"board", board.board}, {"title", board.title}, {"port", board.port},         {"serial", board.serial},
            {"tty", board.tty},     {"drive", board.drive}, {"state", name(board.state)}, {"remedy", board.remedy}};
}

// What is on USB now.
std::string pluggedText(const std::vector<device::UsbBoard> &plugged)
{
    if (plugged.empty())
        return "No board is plugged in over USB.\n";
    TextTable table;
    table.heads = {{"Plugged in", "", false}, {"What it is", "", false}, {"Line", "", false}, {"State", "", false}};
    for (const device::UsbBoard &board : plugged) {
        const std::string id = board.board + '@' + board.port;
        table.rows.push_back(
            {id, board.title, board.tty.empty() ? board.drive : board.tty, std::string(name(board.state))});
        if (!board.remedy.empty())
            table.notes.push_back(id + ": " + board.remedy);
    }
    return plainText(table);
}

Result<void> list(bool json)
{
    Json boards = Json::array(), found = Json::array();
    TextTable table;
    table.heads = {{"Board", "", false},
                   {"What it is", "", false},
                   {"Now", "", false},
                   {"clock=", "MHz", false},
                   {"Its figures", "", false}};
    for (const device::Board *board : device::boards()) {
        BoardInfo info = board->info();
        info.clocks = {board->clocks.begin(), board->clocks.end()};
        std::vector<std::string> clocks;
        for (const int megahertz : info.clocks)
            clocks.push_back(std::to_string(megahertz));
        boards.push_back(boardJson(info));
        const bool byRunner = !info.available && info.missingForRunner.empty();
        table.rows.push_back({info.id, info.title,
                              info.available ? "available"
                              : byRunner     ? "with --runner"
                                             : "missing",
                              joined(clocks, " "), info.meaning});
        if (!info.available && !info.missing.empty())
            table.notes.push_back(info.id + ": " + info.missing);
    }
    const std::vector<device::UsbBoard> plugged = device::findUsbBoards();
    for (const device::UsbBoard &board : plugged)
        found.push_back(pluggedJson(board));
    return print(json ? jsonText({{"boards", std::move(boards)}, {"plugged", std::move(found)}})
                      : plainText(table) + "\n" + pluggedText(plugged));
}

Result<void> installRules()
{
    const Result<std::string> done = installUdevRules({});
    return done ? print(*done + "\n") : done.error();
}

Result<void> writeRunners(const std::filesystem::path &folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return failed("cannot create folder '" + folder.string() + "': " + error.message());
    std::string text;
    for (const device::Board *board : device::boards()) {
        if (!board->physical || !board->physical->flash.uf2Family)
            continue;
        const device::FlashMethod &method = board->physical->flash;
        const auto runner = device::ResidentRunner::find(method.board);
        if (!runner)
            return runner.error();
        const auto image = device::loadFirmware(*board->physical, runner->image());
        if (!image)
            return image.error();
        const std::filesystem::path file = folder / ("espalier-runner-" + method.board + ".uf2");
        if (const auto written = writeFile(file, device::writeUf2(*image, method.uf2Family)); !written)
            return written;
        text += "wrote " + file.string() + " for the " + method.title + "\n";
    }
    return print(text);
}

Result<void> selfTest(const std::string &report)
{
    if (!report.empty())
        if (const Result<void> writable = checkTarget(report); !writable)
            return writable;
    const auto model = readModel(sampleStudy().model);
    if (!model)
        return model.error();
    const ProgressLine line;
    std::string text;
    bool passed = true;
    for (const device::UsbBoard &plugged : device::findUsbBoards()) {
        const Result<const device::Board *> board = device::findBoard(plugged.board);
        if (!board || !(*board)->physical)
            continue;
        const auto steps =
            device::selfTest(device::thisComputer(), *(*board)->physical, plugged.port, *model, line.progress());
        text += (text.empty() ? "" : "\n") +
                device::selfTestReport((*board)->info().title + " (Espalier " ESPALIER_VERSION ")", steps);
        for (const device::SelfTestStep &step : steps)
            passed = passed && step.passed;
    }
    if (text.empty())
        return missingTool("no board that can be flashed is plugged in: connect one over USB; 'espalier boards' tells "
                           "what is seen");
    const Result<void> told = report.empty() ? print(text) : writeFile(report, text);
    if (!told)
        return told;
    return passed ? Result<void>() : failed("not every step of the self-test passed: the report tells which and why");
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.flag("--json", given->json, "One JSON document on standard output");
    options.flag("--install-rules", given->installRules,
                 "Lets you use boards over USB: installs the udev rule, as administrator");
    options.flag("--self-test", given->selfTest,
                 "Flashes and tries every board that is plugged in, ten minutes, and writes a report");
    options.text("--runner-images", given->runners, "DIR",
                 "Writes the resident runners as UF2 files, to be copied to the drive of a board's bootloader");
    options.text("--report", given->report, "FILE", "The self-test's report goes there");
    return [given] {
        if (!given->runners.empty())
            return writeRunners(given->runners);
        return given->installRules ? installRules() : given->selfTest ? selfTest(given->report) : list(given->json);
    };
}

} // namespace

extern const Command boardsCommand;
const Command boardsCommand = {"boards", "Lists boards, plugged in and emulated, and what is missing to use them",
                               declare};

} // namespace espalier::cli
