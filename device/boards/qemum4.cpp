// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"
#include "device/emulator/qemuboard.h"

namespace espalier::device {

namespace {

const QemuBoard &board()
{
    static const QemuBoard board = {"qemu-m4",
                                    "Cortex-M4F",
                                    "mps2-an386",
                                    {"-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"},
                                    KernelFamily::dsp,
                                    TimedCore::cortexM4,
                                    {64, 80, 100, 120, 168}};
    return board;
}

} // namespace

extern const Board qemuM4;
const Board qemuM4 = {[] { return board().info(); },
                      [](const ModelPtr &model, const BenchOptions &options, const Progress &progress) {
                          return board().benchmark(model, options, progress);
                      },
                      KernelFamily::dsp,
                      nullptr,
                      nullptr,
                      board().clocks};

} // namespace espalier::device
