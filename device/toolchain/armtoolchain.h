// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "device/codegen/sources.h"
#include "device/plan/executionplan.h"
#include "device/toolchain/footprint.h"
#include "device/toolchain/process.h"

#include <filesystem>
#include <string>
#include <vector>

namespace espalier::device {

/// What the compiler is told about a processor, and which parts of the firmware make its board.
struct ArmTarget
{
    std::string id;                 ///< "mps2-an386": names cached objects
    std::vector<std::string> flags; ///< "-mcpu=cortex-m4", …
    KernelFamily family = KernelFamily::plain;
    WeightForms forms = WeightForms::smallest;
    std::vector<std::string> firmware; ///< embedded sources: "firmware/mps2.cpp"
    std::string linkerScript;          ///< embedded: "firmware/mps2.ld"
    std::uint64_t flashBytes = 0, ramBytes = 0;
    bool weightsInRam = false; ///< copied there at the start; the linker script must know "*ramweights.o"
};

/// A model's firmware and what the model takes of it.
struct FirmwareImage
{
    std::filesystem::path elf;
    Footprint footprint;
    std::int64_t flashBytes = 0; ///< of the whole image, the harness included
};

/// The GNU cross compiler for Arm microcontrollers, as found on PATH.
class ArmToolchain
{
public:
    /// A missingTool error names the Debian packages.
    static Result<ArmToolchain> find();

    const std::string &version() const { return m_version; } ///< "arm-none-eabi-g++ 12.2.1"

    /// Compiles and links the model with the benchmark's firmware, in `folder`, which must exist. `binding` is the
    /// source that tells the firmware of the model. With `profile` the time after each layer is noted.
    Result<FirmwareImage> build(const ModelSources &sources, const SourceFile &binding, const ArmTarget &target,
                                bool profile, const std::filesystem::path &folder, const Progress &progress) const;

private:
    Result<std::vector<std::filesystem::path>>
    firmwareObjects(const ArmTarget &target, const std::filesystem::path &folder, const Progress &progress) const;

    std::filesystem::path m_compiler;
    std::string m_version;
};

} // namespace espalier::device
