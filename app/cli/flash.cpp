// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "device/boards/board.h"
#include "device/discovery/usbboard.h"

namespace espalier::cli {

namespace {

struct Given
{
    std::string model, board;
    bool byArduino = false;
};

Result<void> run(const Given &given)
{
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    const ProgressLine line;
    const auto back = given.byArduino ? device::flashByArduinoCli(*model->model, given.board, line.progress())
                                      : device::flashModel(*model->model, given.board, line.progress());
    if (!back)
        return back.error();
    return print("flashed " + model->name() + " onto the " + back->title + "; it answers at " + back->tty + "\n");
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, a .tflite file");
    options.text("--board", given->board, "B", "A board on USB: pico, pico2, nano33ble, or one of several as pico@1-2",
                 Options::Need::required);
    options.flag("--arduino-cli", given->byArduino,
                 "Builds and uploads by Arduino's own tool and core instead, for the Nano 33 BLE");
    return [given] { return run(*given); };
}

} // namespace

extern const Command flashCommand;
const Command flashCommand = {"flash", "Leaves a model with its firmware on a board", declare};

} // namespace espalier::cli
