// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/emulator/executiontrace.h"

#include <algorithm>
#include <charconv>

namespace espalier::device {

namespace {

constexpr std::uint32_t lengthLimit = 0x1ff; // of QEMU's compile flags: most instructions in a block; 0 is no limit

std::uint32_t hex(std::string_view text)
{
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

// The n-th of what '/' splits.
std::string_view field(std::string_view text, int n)
{
    for (; n > 0; --n)
        text.remove_prefix(std::min(text.size(), text.find('/') + 1));
    return text.substr(0, text.find_first_of("/]"));
}

} // namespace

ExecutionTrace::ExecutionTrace(TimedCore core, CodeRange caller, CodeRange splitter)
    : m_core(core), m_caller(caller), m_splitter(splitter)
{
}

void ExecutionTrace::read(std::string_view text)
{
    for (std::size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
        if (m_rest.empty()) {
            line(text.substr(0, end));
        } else {
            m_rest += text.substr(0, end);
            line(m_rest);
            m_rest.clear();
        }
    }
    m_rest += text;
}

void ExecutionTrace::line(std::string_view text)
{
    if (text.starts_with("0x")) {
        list(text);
    } else if (text.starts_with("IN:")) {
        m_listed = {};
    } else if (text.starts_with("Trace")) { // … [flags/address/flags/compile flags]
        const std::string_view fields = text.substr(std::min(text.size(), text.find('[') + 1));
        execute(hex(field(fields, 1)), hex(field(fields, 3)) & lengthLimit);
    } else if (text.starts_with("Stopped") || text.starts_with("cpu_io_recompile")) {
        m_isOpen = false; // it did not run, or not to its end, and is traced again
    }
}

// "0x00017592:  f443 0370  orr      r3, r3, #0xf00000"
void ExecutionTrace::list(std::string_view text)
{
    const auto word = [&] {
        text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
        const std::string_view first = text.substr(0, text.find(' '));
        text.remove_prefix(first.size());
        return first;
    };
    const std::string_view address = word();
    word(); // the first half of its bits; a second one comes right behind it
    ListedInstruction instruction;
    instruction.isWide = text.size() > 1 && text[1] != ' ';
    if (instruction.isWide)
        word();
    instruction.mnemonic = word();
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
    instruction.operands = text;
    m_listed.end = hex(address.substr(2, address.size() - 3)) + (instruction.isWide ? 4 : 2);
    m_listed.code.push_back(std::move(instruction));
}

void ExecutionTrace::execute(std::uint32_t address, std::uint32_t count)
{
    if (m_isOpen)
        leave(address);
    const std::uint64_t key = std::uint64_t(address) << 32 | count;
    if (!m_listed.code.empty()) {
        m_places[key] = std::uint32_t(m_blocks.size());
        m_blocks.push_back(std::move(m_listed));
        m_listed = {};
    }
    const bool wasInCaller = m_inCaller, wasInSplitter = m_inSplitter;
    m_inCaller = m_caller.holds(address);
    m_inSplitter = m_splitter.holds(address);
    if (m_inCaller && m_isRunning)
        finishCall();
    if (!m_inCaller && wasInCaller) {
        m_isRunning = true;
        m_call.assign(1, {});
    }
    if (m_isRunning && m_inSplitter && !wasInSplitter)
        m_call.emplace_back();
    const auto place = m_places.find(key);
    m_isOpen = place != m_places.end();
    m_counts = m_isRunning && !m_inSplitter;
    m_open = m_isOpen ? place->second : 0;
}

void ExecutionTrace::leave(std::uint32_t next)
{
    if (m_counts)
        ++m_call.back()[std::uint64_t(m_open) << 32 | next];
}

void ExecutionTrace::finishCall()
{
    m_isRunning = false;
    std::vector<Spent> parts;
    std::int64_t instructions = 0, most = 0;
    for (const auto &part : m_call) {
        Spent sum;
        for (const auto &[edge, times] : part)
            sum += timeOfBlock(m_blocks[std::size_t(edge >> 32)], std::uint32_t(edge)) * times;
        instructions += sum.instructions;
        parts.push_back(sum);
    }
    for (const Spent &part : m_best)
        most += part.instructions;
    if (instructions > most)
        m_best = std::move(parts);
}

Spent ExecutionTrace::timeOfBlock(const Block &block, std::uint32_t next) const
{
    Spent sum;
    const ListedInstruction *before = nullptr;
    for (const ListedInstruction &instruction : block.code) {
        const bool isLast = &instruction == &block.code.back();
        const bool taken = isLast && next != block.end && isBranch(instruction);
        sum += timeOf(m_core, instruction, before, taken);
        before = &instruction;
    }
    return sum;
}

} // namespace espalier::device
