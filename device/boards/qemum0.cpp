// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/boards/board.h"
#include "device/emulator/qemuboard.h"

namespace espalier::device {

namespace {

const QemuBoard &board()
{
    // QEMU has no M0+ with enough memory: an M3 runs its code, which is a subset, instruction by instruction.
    static const QemuBoard board = {"qemu-m0",           "Cortex-M0+",
                                    "mps2-an385",        {"-mcpu=cortex-m0plus", "-mfloat-abi=soft"},
                                    KernelFamily::thumb, TimedCore::cortexM0Plus,
                                    {48, 64, 125, 133}};
    return board;
}

} // namespace

extern const Board qemuM0;
const Board qemuM0 = {[] { return board().info(); },
                      [](const ModelPtr &model, const BenchOptions &options, const Progress &progress) {
                          return board().benchmark(model, options, progress);
                      },
                      KernelFamily::thumb,
                      nullptr,
                      nullptr,
                      board().clocks};

} // namespace espalier::device
