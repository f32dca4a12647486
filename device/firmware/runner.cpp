// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "runner.h"

#include "binding.h"
#include "board.h"
#include "console.h"
#include "inputs.h"

#include <espalier/planimage.h>

namespace {

runner::Watch watched = {~0u, 0, 0, false};
uint32_t watchedCrc;

void look(const uint8_t *bytes)
{
    watchedCrc = espalier::rt::crc32(bytes, watched.bytes);
    if (watched.prints)
        console::printBytes(bytes, watched.bytes);
}

} // namespace

extern "C" void espalierLayerDone(int index, const unsigned char *arena)
{
    if (espalierModel.layerTicks)
        espalierModel.layerTicks[index + 1] = board::ticks();
    if (uint32_t(index) == watched.layer)
        look(arena + watched.offset);
}

namespace runner {

namespace {

constexpr uint32_t paint = 0xa5c3965a;
uint32_t deepest;

// Everything below the frame of this function belongs to what it calls.
__attribute__((noinline)) void paintStack()
{
    uint32_t *const here = static_cast<uint32_t *>(__builtin_frame_address(0));
    for (uint32_t *word = board::stackLimit(); word < here - 16; ++word)
        *const_cast<volatile uint32_t *>(word) = paint;
}

__attribute__((noinline)) void noteStack(const uint32_t *top)
{
    const uint32_t *word = board::stackLimit();
    while (word < top && *const_cast<const volatile uint32_t *>(word) == paint)
        ++word;
    const uint32_t used = uint32_t(top - word) * 4;
    deepest = used > deepest ? used : deepest;
}

__attribute__((noinline)) uint64_t timedRun()
{
    if (espalierModel.layerTicks)
        espalierModel.layerTicks[0] = board::ticks();
    const uint64_t start = board::ticks();
    espalierModel.run();
    return board::ticks() - start;
}

} // namespace

uint64_t infer()
{
    inputs::load();
    return timedRun();
}

uint64_t run()
{
    inputs::load();
    paintStack();
    uint32_t marker; // the model's frames begin below this frame
    const uint64_t spent = timedRun();
    noteStack(&marker);
    return spent;
}

void watch(const Watch &watch)
{
    watched = watch;
    watchedCrc = 0;
}

uint32_t watchedChecksum()
{
    return watchedCrc;
}

uint32_t stackBytes()
{
    return deepest;
}

void forgetStack()
{
    deepest = 0;
    watched.layer = ~0u;
}

} // namespace runner
