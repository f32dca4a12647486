// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The resident runner: takes plan images over the serial line, a block a command, and runs them.
//
//     x-plan-block OFFSET CRC DATA    base64 of one block (the last may be shorter), and its CRC-32
//     x-plan-start BYTES [1]          checks what has come and makes it the model; with a 1, a copy in RAM
//     x-profile 0|1                   notes the time after each layer, or not
#include "binding.h"
#include "board.h"
#include "console.h"
#include "inputs.h"
#include "planstore.h"
#include "runner.h"
#include "session.h"

#include <espalier/kerneltable.h>

#include <string.h>

extern "C" {
extern uint8_t workspaceStart[], workspaceEnd[];
void espalierLayerDone(int index, const unsigned char *arena);
}

namespace {

using espalier::rt::Kernel;
using espalier::rt::PlanImage;
using espalier::rt::PlanPort;

constexpr uint32_t mostPorts = 64;
ModelPort ports[mostPorts], sentPort;
uint8_t *arena;
Kernel::Call *calls;
uint64_t *layerTicks;
bool loaded;
const uint8_t *imageStart;

// The arena lies first in the memory that nothing else takes.
uint8_t *workspace()
{
    return workspaceStart;
}

uint32_t workspaceBytes()
{
    return uint32_t(workspaceEnd - workspaceStart);
}

uint32_t rounded(uint32_t bytes)
{
    return (bytes + 7) & ~7u;
}

void *locate(const ModelPort &port)
{
    return arena + port.offset;
}

void runPlan()
{
    if (!loaded)
        return;
    const PlanImage image(imageStart);
    if (espalierModel.layerTicks)
        image.run(arena, calls, [](uint32_t step) { espalierLayerDone(int(step), arena); });
    else
        image.run(arena, calls, [](uint32_t) {});
}

void unload()
{
    loaded = false;
    espalierModel = {"none", ports, 0, ports, 0, 0, 0, workspace(), 0, nullptr, runPlan, nullptr, false};
    inputs::forget();
}

ModelPort portOf(const PlanPort &port)
{
    return {locate, port.bytes, ModelPort::Kind(port.kind), port.place, port.scale, port.zeroPoint};
}

// From flash, or from a copy at the end of the memory that nothing else takes.
const char *start(uint32_t bytes, bool inRam)
{
    unload();
    if (bytes > planstore::bytes())
        return "the plan is larger than its place in flash";
    uint32_t freeBytes = workspaceBytes();
    imageStart = planstore::start();
    if (inRam) {
        if (bytes > freeBytes)
            return "the plan does not fit into the memory that is to hold it";
        uint8_t *const copy =
            reinterpret_cast<uint8_t *>(uintptr_t(workspaceEnd - bytes) & ~uintptr_t(espalier::rt::planAlignment - 1));
        if (copy < workspace())
            return "the plan does not fit into the memory that is to hold it";
        memcpy(copy, imageStart, bytes);
        imageStart = copy;
        freeBytes = uint32_t(copy - workspace());
    }
    const PlanImage image(imageStart);
    if (const char *wrong = image.check(bytes, freeBytes, espalier::rt::findKernel))
        return wrong;
    const auto &head = image.header();
    uint32_t inputBytes = 0;
    if (head.inputs + head.outputs > mostPorts)
        return "the plan has too many inputs and outputs";
    for (uint32_t i = 0; i < head.inputs + head.outputs; ++i) {
        ports[i] = portOf(image.ports()[i]);
        // Each is at most the arena, and there are few: the sum cannot wrap.
        inputBytes += i < head.inputs ? ports[i].bytes : 0;
    }
    sentPort = portOf(head.sent); // at most 8 bytes for each of the input's
    inputBytes = inputBytes < sentPort.bytes ? sentPort.bytes : inputBytes;
    const uint32_t storeAt = rounded(head.arenaBytes), callsAt = storeAt + rounded(inputBytes);
    const uint32_t ticksAt = callsAt + rounded(head.steps * uint32_t(sizeof *calls));
    if (ticksAt + (head.steps + 1) * 8 > freeBytes)
        return "the plan needs more memory than there is";
    arena = workspace();
    calls = reinterpret_cast<Kernel::Call *>(arena + callsAt);
    layerTicks = reinterpret_cast<uint64_t *>(arena + ticksAt);
    image.resolve(calls, espalier::rt::findKernel);
    espalierModel = {head.name,           ports,      head.inputs,     ports + head.inputs,
                     head.outputs,        head.steps, head.arenaBytes, arena + storeAt,
                     inputBytes,          nullptr,    runPlan,         head.sent.bytes ? &sentPort : nullptr,
                     head.tellsError != 0};
    runner::forgetStack();
    loaded = true;
    return nullptr;
}

uint32_t number(const char *&text)
{
    while (*text == ' ')
        ++text;
    uint32_t value = 0;
    for (; *text >= '0' && *text <= '9'; ++text)
        value = value * 10 + uint32_t(*text - '0');
    return value;
}

int sextet(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

// Into the place where the text stands, which is ahead of it; the count of bytes.
uint32_t decode(const char *text, uint8_t *to)
{
    uint32_t count = 0, bits = 0;
    int held = 0;
    for (; sextet(*text) >= 0; ++text) {
        bits = bits << 6 | uint32_t(sextet(*text));
        held += 6;
        if (held >= 8) {
            held -= 8;
            to[count++] = uint8_t(bits >> held);
        }
    }
    return count;
}

const char *takeBlock(const char *rest)
{
    const uint32_t offset = number(rest), checksum = number(rest);
    while (*rest == ' ')
        ++rest;
    uint8_t *block = reinterpret_cast<uint8_t *>(session::line);
    const uint32_t count = decode(rest, block);
    if (count == 0 || count > planstore::blockBytes || espalier::rt::crc32(block, count) != checksum)
        return "the block is damaged";
    if (offset % planstore::blockBytes || offset >= planstore::bytes())
        return "the block lies outside the plan's place in flash";
    unload();
    memset(block + count, 0, planstore::blockBytes - count);
    planstore::write(offset, block);
    return nullptr;
}

void answer(const char *wrong)
{
    if (!wrong)
        return;
    console::print("e-[");
    console::print(wrong);
    console::print("]\r\n");
}

} // namespace

ModelBinding espalierModel = {"none", ports, 0, ports, 0, 0, 0, nullptr, 0, nullptr, runPlan, nullptr, false};

namespace session {

alignas(4) char line[6 * 1024]; // a block in base64
const uint32_t lineBytes = sizeof line;

bool obey(const char *command, const char *rest)
{
    if (!strcmp(command, "x-plan-block")) {
        answer(takeBlock(rest));
    } else if (!strcmp(command, "x-plan-start")) {
        const uint32_t bytes = number(rest);
        answer(start(bytes, number(rest) == 1));
    } else if (!strcmp(command, "x-profile")) {
        espalierModel.layerTicks = loaded && number(rest) ? layerTicks : nullptr;
    } else {
        return false;
    }
    return true;
}

} // namespace session
