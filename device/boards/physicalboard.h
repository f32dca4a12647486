// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"
#include "device/bench/benchmark.h"
#include "device/flash/flashboard.h"

#include <functional>
#include <string>

namespace espalier::device {

/// A kind of board on USB: what its file says of it, and how it is found, flashed, run and measured.
struct PhysicalBoard
{
    FlashMethod flash;     ///< its id and title, too
    std::string processor; ///< "Cortex-M0+"
    std::string meaning;   ///< what is to be known of its figures
    ArmTarget target;
    std::vector<int> clocks; ///< megahertz that the firmware can set, the usual first
    std::int64_t leastMacsPerSecond = 10000;
    std::optional<Supply> supply = {}; ///< absent where no figure can be cited
    int supplyUpTo = 0;                ///< megahertz that it may be cited for
    /// Null, or what is wrong with an image that the chip would not start.
    std::string (*faultOf)(const FlashImage &image) = nullptr;

    BoardInfo info(FlashHost &host, const std::string &place) const;
    Result<BenchRecord> benchmark(FlashHost &host, const ModelPtr &model, const BenchOptions &options,
                                  const Progress &progress) const;

    /// Builds the firmware of one model and leaves it running on the board.
    Result<UsbBoard> flashModel(FlashHost &host, const Model &model, const BenchOptions &options,
                                const Progress &progress) const;

    /// The same by a program of somebody else's, which is given the board's serial line.
    Result<UsbBoard> flashByTool(FlashHost &host, const std::string &place,
                                 const std::function<Result<void>(const std::string &tty)> &upload,
                                 const Progress &progress) const;

    double clockHz() const { return clocks.front() * 1e6; }

private:
    Result<void> firmware() const;
};

/// An ELF file as flash will hold it, or why the board's chip would not start it.
Result<FlashImage> loadFirmware(const PhysicalBoard &board, const std::filesystem::path &elf);

/// The board of this kind at this place (USB port, serial number or serial line), or the only one. A missingTool error
/// says that none is plugged in, or what stands in the way of using it.
Result<UsbBoard> findPlugged(FlashHost &host, const std::string &board, const std::string &title,
                             const std::string &place);

} // namespace espalier::device
