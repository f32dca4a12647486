// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inputs.h"

#include "binding.h"
#include "values.h"

#include <espalier/planimage.h>

#include <string.h>

namespace inputs {

namespace {

Form form = Form::taken;
uint32_t filled, wanted; // bytes

// The first input as the store holds it.
const ModelPort &stored()
{
    return form == Form::sent && espalierModel.sent ? *espalierModel.sent : espalierModel.inputs[0];
}

} // namespace

uint32_t mostBytes(Form which)
{
    if (which == Form::sent && espalierModel.sent)
        return espalierModel.sent->bytes;
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < espalierModel.inputCount; ++i)
        bytes += espalierModel.inputs[i].bytes;
    return bytes;
}

void expect(Form which, uint32_t bytes)
{
    form = which;
    wanted = bytes;
    filled = 0;
}

void forget()
{
    expect(Form::taken, 0);
}

uint32_t missing()
{
    return wanted - filled;
}

void add(uint8_t byte)
{
    espalierModel.store[filled++] = byte;
}

uint32_t count()
{
    return filled;
}

void fill(uint32_t k)
{
    expect(Form::taken, mostBytes(Form::taken));
    uint32_t x = (k + 1) * 2654435769u;
    uint8_t *to = espalierModel.store;
    for (uint32_t i = 0; i < espalierModel.inputCount; ++i) {
        const ModelPort &port = espalierModel.inputs[i];
        const uint32_t width = espalier::rt::planWidth(port.kind);
        for (uint32_t at = 0; at < port.bytes; at += width, to += width) {
            x = x * 1664525u + 1013904223u;
            const uint8_t byte = uint8_t(x >> 24);
            if (port.kind == ModelPort::floats) {
                const float value = float(byte) / 127.5f - 1.0f;
                memcpy(to, &value, 4);
            } else {
                memset(to, 0, width);
                *to = byte;
                if (port.kind == ModelPort::halfWords) { // all 16 bits
                    to[0] = uint8_t(x >> 16);
                    to[1] = byte;
                }
            }
        }
    }
    filled = wanted;
}

void load()
{
    if (form == Form::sent && espalierModel.sent) {
        const ModelPort &port = espalierModel.inputs[0];
        uint8_t *const to = static_cast<uint8_t *>(port.data());
        for (uint32_t i = 0; i < values::count(port); ++i)
            values::put(port, to, i, float(value(i)));
        return;
    }
    const uint8_t *from = espalierModel.store;
    for (uint32_t i = 0; i < espalierModel.inputCount; ++i) {
        memcpy(espalierModel.inputs[i].data(), from, espalierModel.inputs[i].bytes);
        from += espalierModel.inputs[i].bytes;
    }
}

double value(uint32_t index)
{
    return values::get(stored(), espalierModel.store, index);
}

} // namespace inputs
