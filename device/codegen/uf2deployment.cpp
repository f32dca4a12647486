// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/modelfirmware.h"
#include "device/boards/board.h"
#include "device/boards/physicalboard.h"
#include "device/codegen/deployment.h"
#include "device/codegen/deploymentfiles.h"
#include "device/flash/uf2.h"

#include <QTemporaryDir>

namespace espalier::device {

namespace {

// The image as a file for the board's drive.
Result<std::string> uf2For(const PhysicalBoard &board, const ArmToolchain &toolchain, const Model &model)
{
    QTemporaryDir folder;
    if (!folder.isValid())
        return failed("no folder for temporary files can be made: " + folder.errorString().toStdString());
    const auto firmware = buildFirmware(toolchain, model, board.target, folder.path().toStdString(), {});
    if (!firmware)
        return firmware.error();
    const auto image = loadFirmware(board, firmware->elf);
    if (!image)
        return image.error();
    const Bytes file = writeUf2(*image, board.flash.uf2Family);
    return std::string(file.begin(), file.end());
}

Result<void> writeUf2Images(const ModelPtr &model, const std::filesystem::path &folder)
{
    const std::string name = nameOf(folder);
    const auto toolchain = ArmToolchain::find();
    if (!toolchain)
        return toolchain.error();
    std::vector<SourceFile> files;
    std::string lines;
    std::optional<Error> refused;
    for (const Board *each : boards()) {
        const PhysicalBoard *board = each->physical;
        if (!board || !board->flash.uf2Family)
            continue;
        auto image = uf2For(*board, *toolchain, *model);
        if (!image) {
            refused = image.error();
            lines += "- No image for the " + board->flash.title + ": " + refused->message + "\n";
            continue;
        }
        files.push_back({name + '-' + board->flash.board + ".uf2", *std::move(image)});
        lines += "- `" + files.back().path + "` for the " + board->flash.title + "\n";
    }
    if (files.empty())
        return *refused;
    files.push_back({"README.md", "# " + name +
                                      "\n\nThe network with Espalier's benchmark firmware, which answers the MLPerf "
                                      "Tiny commands over USB (and at GPIO 0 and 1, 115200 baud):\n\n" +
                                      lines +
                                      "\nHold BOOTSEL while you plug the board in, and copy the file to the drive that "
                                      "appears. `espalier benchmark MODEL --board serial` measures it.\n"});
    return writeFiles(folder, files);
}

} // namespace

extern const Deployment uf2Deployment;
const Deployment uf2Deployment = {"uf2", "images for the drive of a Raspberry Pi Pico and a Pico 2, with the firmware",
                                  writeUf2Images};

} // namespace espalier::device
