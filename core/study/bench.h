// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/inputscaling.h"
#include "core/graph/model.h"
#include "core/study/row.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// A board as the rest of the program sees it: data, no driver. `device` makes these.
struct BoardInfo
{
    std::string id;        ///< "qemu-m4"
    std::string title;     ///< "Cortex-M4F (QEMU)"
    std::string processor; ///< "Cortex-M4F"
    bool emulated = false;
    bool available = false;       ///< can be measured on now
    std::string missing;          ///< where not: what is missing and how to get it
    std::string missingForRunner; ///< the same for measuring by the resident runner; empty: it can be
    std::string meaning;          ///< what its figures mean: "emulated instructions, not milliseconds of a real board"
    double clockHz = 0;           ///< 0 where it has no meaning
    /// Megahertz that can be asked for, see BoardChoice: of a board with a clock the usual first, of one that counts
    /// instructions those that time can be estimated for. Empty where nothing can be set.
    std::vector<int> clocks = {};
    std::int64_t flashBytes = 0, ramBytes = 0; ///< 0: not known
    Source timeSource = Source::none;
};

/// A board that is plugged in over USB, as the rest of the program sees it.
struct PluggedBoard
{
    std::string id;          ///< "pico@1-2"
    std::string title;       ///< "Raspberry Pi Pico, bootloader"
    std::string state;       ///< "our firmware", "bootloader", "not permitted", …
    std::string remedy;      ///< where it cannot be used as it is: one sentence
    bool needsRules = false; ///< the remedy is to install the udev rule
};

struct BenchOptions
{
    bool perLayer = false;
    bool useRunner = false;          ///< resident runner: no compiler
    std::size_t fidelityInputs = 4;  ///< pseudo-random inputs compared with the host, all outputs byte for byte
    std::size_t validateSamples = 0; ///< samples of `data` whose accuracy is measured on the board
    DatasetPtr data;
    InputScaling scaling;
    std::string place = {};    ///< which of several boards of a kind: its USB port, serial number or serial line
    std::string settings = {}; ///< what is to be tried on it: "clock=200,weights=sram"
};

struct LayerProfile
{
    std::string name;     ///< the operator's output tensor
    std::string typeName; ///< "CONV_2D"
    std::int64_t macs = 0;
    std::optional<std::int64_t> cycles = {}, instructions = {};
    /// What others are known to spend on such a layer, in the same unit; absent where nobody says.
    std::optional<double> bestPerMac = {};
    std::string bestKnown = {}; ///< whose figure that is, and of what

    /// Cycles, or instructions where there are none, for each multiply-accumulate; absent where there is nothing to
    /// tell.
    std::optional<double> perMac() const;
};

/// One tensor, or scratch memory, in the board's arena: where it lies and from which layer to which it is needed.
/// Blocks that are alive together overlap only where a layer's output runs over input that has been read.
struct ArenaBlock
{
    std::string name; ///< the tensor's; "scratch"
    std::int64_t offset = 0, bytes = 0;
    std::int32_t first = 0, last = 0; ///< layers, inclusive; -1 and the number of layers for what stays around them
    bool isScratch = false;
};

/// Where the flash of a benchmark's image goes, from its ELF file. The model is charged with all but the harness.
struct FlashParts
{
    std::int64_t weights = 0;   ///< filters and matrices
    std::int64_t constants = 0; ///< biases, multipliers, tables, layer descriptions
    std::int64_t kernels = 0;   ///< the runtime's code for the model's layers
    std::int64_t libraries = 0; ///< what they need of the compiler's and C libraries
    std::int64_t harness = 0;   ///< start-up, serial line, measuring: not in flashBytes
};

/// What one benchmark on one board found. Absent is not measured.
struct BenchRecord
{
    std::string board;
    Source timeSource = Source::none;
    std::optional<double> latencyMs, latencyMsMin, latencyMsMax;
    std::int64_t runs = 0;
    std::optional<std::int64_t> cycles, instructions; ///< of one inference, median
    std::optional<std::int64_t> ramBytes;             ///< arena + static + stack
    std::optional<std::int64_t> arenaBytes, stackBytes, staticRamBytes;
    std::optional<std::int64_t> flashBytes; ///< weights + code, never the harness
    std::optional<std::int64_t> weightsFlashBytes, codeFlashBytes;
    std::optional<double> temperatureC; ///< of the chip, right after it was measured
    std::optional<double> energyMj;
    Source energySource = Source::none;
    std::optional<bool> exact;      ///< outputs equal the host engine's, bit for bit
    std::string difference;         ///< where not: first differing output and by how much
    std::optional<double> accuracy; ///< of validateSamples on the board
    std::size_t validated = 0;
    std::string measuredOn; ///< board, emulator and its version, compiler and its version
    std::vector<LayerProfile> layers;
    std::vector<ArenaBlock> arena; ///< what makes arenaBytes
    std::optional<FlashParts> flash;
};

/// Whether a model can run on a board, told before anything is built.
struct BoardFit
{
    std::string board; ///< id
    std::string title;
    bool fits = false;
    std::string why;                                       ///< where not: what is too large or cannot run
    std::string remedy;                                    ///< where not: what would make it fit; may be empty
    std::string note;                                      ///< where it fits, but cannot be measured: why
    std::optional<std::int64_t> arenaBytes, constantBytes; ///< absent where no plan can be made
    std::int64_t ramBytes = 0, flashBytes = 0;             ///< of the board, less what the harness takes
};

/// How core and widgets learn of it without knowing `device`.
using PreflightFunction = std::function<std::vector<BoardFit>(const Model &model)>;

/// Writes what a record holds into the row's columns.
void fill(Row &row, const BenchRecord &record);

/// How core reaches the boards without knowing `device`: app passes device's function in.
using BenchFunction = std::function<Result<BenchRecord>(const ModelPtr &model, const std::string &boardId,
                                                        const BenchOptions &options, const Progress &progress)>;

} // namespace espalier
