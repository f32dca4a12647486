// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/emulator/instructiontiming.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace espalier::device {

struct CodeRange
{
    std::uint32_t start = 0, bytes = 0;
    bool holds(std::uint32_t address) const { return address - start < bytes; }
};

/// Adds up what a program took from the log that QEMU writes with `-d in_asm,exec,nochain`: each block of instructions
/// once as a listing, then its address each time that it is executed. What counts is what one function calls, the
/// longest such call; another function, called at the end of each part of it, splits it into parts.
class ExecutionTrace
{
public:
    ExecutionTrace(TimedCore core, CodeRange caller, CodeRange splitter);

    /// More of the log, cut anywhere. Lines that it does not know are skipped.
    void read(std::string_view text);

    /// What the parts of the longest call took; the splitter's own time is in none. Empty where there was no call.
    const std::vector<Spent> &parts() const { return m_best; }

private:
    struct Block
    {
        std::vector<ListedInstruction> code;
        std::uint32_t end = 0; ///< the address behind it
    };

    void line(std::string_view text);
    void list(std::string_view text);
    void execute(std::uint32_t address, std::uint32_t count);
    void leave(std::uint32_t next);
    void finishCall();
    Spent timeOfBlock(const Block &block, std::uint32_t next) const;

    const TimedCore m_core;
    const CodeRange m_caller, m_splitter;
    std::string m_rest; // of a line
    Block m_listed;     // being listed
    std::vector<Block> m_blocks;
    std::unordered_map<std::uint64_t, std::uint32_t> m_places; // address and length limit: index into m_blocks

    bool m_isRunning = false, m_inCaller = false, m_inSplitter = false;
    bool m_isOpen = false; // a block has begun whose successor is not known
    bool m_counts = false; // and belongs to the call
    std::uint32_t m_open = 0;
    std::vector<std::unordered_map<std::uint64_t, std::int64_t>> m_call; // of each part: block and successor, how often
    std::vector<Spent> m_best;
};

} // namespace espalier::device
