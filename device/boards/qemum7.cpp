// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"
#include "device/emulator/qemuboard.h"

namespace espalier::device {

namespace {

const QemuBoard &board()
{
    static const QemuBoard board = {"qemu-m7",
                                    "Cortex-M7",
                                    "mps2-an500",
                                    {"-mcpu=cortex-m7", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"},
                                    KernelFamily::dsp};
    return board;
}

} // namespace

extern const Board qemuM7;
const Board qemuM7 = {[] { return board().info(); },
                      [](const ModelPtr &model, const BenchOptions &options, const Progress &progress) {
                          return board().benchmark(model, options, progress);
                      },
                      KernelFamily::dsp};

} // namespace espalier::device
