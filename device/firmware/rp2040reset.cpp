// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Erratum RP2040-E5 of the revisions B0 and B1: after a reset of the bus the controller waits for 800 microseconds of
// an idle line, which a hub that is busy with other devices never shows. As the datasheet says, GPIO 15, whose input
// can take the line's place, shows one to it for a millisecond.
#include "board.h"
#include "registers.h"
#include "rpusb.h"

namespace {

using registers::at;

constexpr uint32_t chipId = 0x40000000, firstRevisions = 1;
constexpr uint32_t lineStatus = 0x50110050, lineState = 3u << 2, connected = 1u << 16;
constexpr uint32_t lineSource = 0x50110074, fromPhy = 1u | 1u << 3, fromPin = 1u << 2 | 1u << 3;
constexpr uint32_t phy = 0x5011007c, phyOverride = 0x50110080, pullUp = 1u << 1, overridePullUp = 1u << 2;
constexpr uint32_t pin15 = 0x4001407c, pad15 = 0x4001c040, bothPulls = 3u << 2;
constexpr uint32_t outputOff = 2u << 12, debugFunction = 8, inputHigh = 3u << 16;

// Until `isOver` says so, at most this long: a cable that is pulled out must not stop the board.
template <class Condition>
void await(uint32_t milliseconds, Condition isOver)
{
    const uint64_t end = board::ticks() + uint64_t(board::ticksPerSecond / 1000) * milliseconds;
    while (!isOver() && board::ticks() < end) {
    }
}

} // namespace

const bool rpusb::givesAtFrameStart = true;

void rpusb::busWasReset()
{
    if (at(chipId) >> 28 != firstRevisions)
        return;
    await(50, [] { return (at(lineStatus) & lineState) != 0; });
    const uint32_t pinBefore = at(pin15), padBefore = at(pad15);
    at(pad15) = padBefore | bothPulls;
    at(pin15) = pinBefore | outputOff;
    at(pin15) = outputOff | debugFunction;
    at(pin15) = outputOff | debugFunction | inputHigh;
    at(phy) = pullUp;
    at(phyOverride) = overridePullUp;
    at(lineSource) = fromPin;
    await(1, [] { return false; });
    await(50, [] { return (at(lineStatus) & connected) != 0; });
    at(lineSource) = fromPhy;
    at(phyOverride) = 0;
    at(pin15) = pinBefore;
    at(pad15) = padBefore;
}
