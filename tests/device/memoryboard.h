// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A board made of plain memory, under the resident runner's firmware. Included once in a program that links the
// firmware's own sources, with main renamed to firmwareMain and told to the linker where workspace and store are.
#pragma once

#include "device/firmware/board.h"
#include "device/firmware/planstore.h"

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

int firmwareMain(); // device/firmware/main.cpp's main()

extern "C" {
alignas(8) extern std::uint8_t workspaceStart[64 << 10];
alignas(8) std::uint8_t workspaceStart[64 << 10];
alignas(planstore::blockBytes) extern std::uint8_t planMemory[32 << 10];
alignas(planstore::blockBytes) std::uint8_t planMemory[32 << 10];
}

namespace espalier::test::memoryboard {

struct LineEnds
{
};

inline std::string_view toDevice;
inline std::string fromDevice;
inline int patience; // for what takes time on a board: runs, printed characters

inline void spend(int effort)
{
    patience -= effort;
    if (patience < 0)
        throw LineEnds();
}

inline void setPlan(std::span<const std::uint8_t> image)
{
    std::memcpy(planMemory, image.data(), image.size());
}

/// What the firmware says from its start until it has read all of the text, or has lost patience.
inline std::string_view hear(std::string_view text, int effort = 1 << 24)
{
    toDevice = text;
    fromDevice.clear();
    patience = effort;
    try {
        firmwareMain();
    } catch (const LineEnds &) {
    }
    return fromDevice;
}

} // namespace espalier::test::memoryboard

namespace board {

void init() {}
char read()
{
    using namespace espalier::test::memoryboard;
    if (toDevice.empty())
        throw LineEnds();
    const char c = toDevice.front();
    toDevice.remove_prefix(1);
    return c;
}
void write(char c)
{
    espalier::test::memoryboard::spend(1);
    espalier::test::memoryboard::fromDevice += c;
}
std::uint64_t ticks() // one more at each look
{
    static std::uint64_t looks = 0;
    espalier::test::memoryboard::spend(100);
    return ++looks;
}
std::uint32_t ticksPerSecond = 1000;
bool setClock(std::uint32_t megahertz)
{
    return megahertz == 125;
}
std::int32_t temperature()
{
    return noTemperature;
}
std::uint32_t *stackLimit() // nothing of this stack is to be painted
{
    return reinterpret_cast<std::uint32_t *>(UINTPTR_MAX & ~std::uintptr_t(3));
}
void enterBootloader() {}

} // namespace board

namespace planstore {

void write(std::uint32_t offset, const std::uint8_t *block)
{
    std::memcpy(planMemory + offset, block, blockBytes);
}

} // namespace planstore
