// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace espalier::device {

/// An instruction as a disassembler prints it.
struct ListedInstruction
{
    std::string mnemonic; ///< "ldr.w"
    std::string operands; ///< "r2, [r3, #8]"
    bool isWide = false;  ///< 32 bits
};

/// Processors whose documents tell what each instruction takes, with memory that never waits:
/// Cortex-M4 (Arm 100166, sections 3.3 and 7.2.3) and Cortex-M0+ with the fast multiplier (Arm DDI 0484, section 3.3).
enum class TimedCore { cortexM4, cortexM0Plus };

/// What instructions took together.
struct Spent
{
    std::int64_t instructions = 0;
    std::int64_t cycles = 0;  ///< without those for refilling the pipeline
    std::int64_t refills = 0; ///< of the pipeline, each of which takes a Cortex-M4 1 to 3 cycles

    Spent &operator+=(const Spent &other);
    Spent operator*(std::int64_t times) const;
};

/// Whether what follows in memory may not be what is executed next.
bool isBranch(const ListedInstruction &instruction);

/// What an instruction takes. `before` is the one right before it in memory, if it was executed right before it;
/// `taken` says for a branch whether it went elsewhere.
Spent timeOf(TimedCore core, const ListedInstruction &instruction, const ListedInstruction *before, bool taken);

} // namespace espalier::device
