// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/study/bench.h"
#include "device/plan/executionplan.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::device {

struct PhysicalBoard;
struct UsbBoard;

/// A board, physical or emulated. One file here and one line in boards.def make a new one.
struct Board
{
    /// What it is and whether it can be measured on now. May look for tools on PATH; takes at most a second.
    BoardInfo (*info)();
    /// Builds, flashes or starts, runs, measures, stops; every step has a deadline.
    Result<BenchRecord> (*benchmark)(const ModelPtr &model, const BenchOptions &options, const Progress &progress);
    /// The kernels that run on it.
    KernelFamily family = KernelFamily::plain;
    /// For boards that can be plugged in more than once: the same for one of them, see BenchOptions::place.
    BoardInfo (*infoAt)(const std::string &place) = nullptr;
    /// How it is found, flashed and run; null where it is emulated or has firmware of its own.
    const PhysicalBoard *physical = nullptr;
    /// Megahertz that it can run at, the usual first; empty where none can be set. See BoardSettings.
    std::span<const int> clocks = {};
};

std::span<const Board *const> boards();

/// The board with this id; an invalidArgument error names the nearest known. "pico@1-2" is the Pico on USB port 1-2: of
/// several boards of a kind, one is named by its port, serial number or serial line. "pico:clock=200" is one with
/// settings.
Result<const Board *> findBoard(std::string_view id);

/// What findBoard()'s board is, the settings and the place in its id regarded.
Result<BoardInfo> boardInfo(const std::string &id);

/// The piece of hardware that the id names, the same for all its names: of one, benchmarks take turns. Empty for an
/// emulated board, of which there are as many as wanted.
std::string hardwareOf(const std::string &id);

/// What every board is, and where several of a kind are plugged in what each of them is.
std::vector<BoardInfo> boardInfos();

/// What is plugged in over USB, for people.
std::vector<PluggedBoard> pluggedBoards(std::span<const UsbBoard> found);

/// Builds a model's firmware and leaves it on a board that is plugged in.
Result<UsbBoard> flashModel(const Model &model, const std::string &boardId, const Progress &progress);

/// The same by Arduino's own tool and core, for the boards that are Arduino's.
Result<UsbBoard> flashByArduinoCli(const Model &model, const std::string &boardId, const Progress &progress);

/// The BenchFunction for core's comparison.
Result<BenchRecord> benchmark(const ModelPtr &model, const std::string &boardId, const BenchOptions &options,
                              const Progress &progress);

} // namespace espalier::device
