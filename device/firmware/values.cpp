// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "values.h"

#include <espalier/planimage.h>

#include <string.h>

namespace values {

namespace {

int64_t rounded(float value)
{
    const double far = 1e15;
    const double half = double(value) + (value < 0 ? -0.5 : 0.5);
    return half > -far && half < far ? int64_t(half) : int64_t(value > 0 ? far : -far);
}

} // namespace

uint32_t count(const ModelPort &port)
{
    return port.bytes / espalier::rt::planWidth(port.kind);
}

double get(const ModelPort &port, const uint8_t *data, uint32_t index)
{
    const uint32_t width = espalier::rt::planWidth(port.kind);
    data += index * width;
    if (port.kind == ModelPort::floats) {
        float value;
        memcpy(&value, data, 4);
        return value;
    }
    int64_t number = port.kind != ModelPort::unsignedBytes && int8_t(data[width - 1]) < 0 ? -1 : 0; // the sign
    memcpy(&number, data, width);
    return port.scale == 0 ? double(number) : double(port.scale) * (double(number) - double(port.zeroPoint));
}

void put(const ModelPort &port, uint8_t *data, uint32_t index, float value)
{
    const uint32_t width = espalier::rt::planWidth(port.kind);
    data += index * width;
    if (port.kind == ModelPort::floats) {
        memcpy(data, &value, 4);
        return;
    }
    const bool isUnsigned = port.kind == ModelPort::unsignedBytes;
    const int64_t most = isUnsigned ? 255 : (int64_t(1) << (width > 4 ? 62 : 8 * width - 1)) - 1;
    const int64_t least = isUnsigned ? 0 : -most - 1;
    int64_t number = rounded(port.scale == 0 ? value : value / port.scale) + port.zeroPoint;
    number = number < least ? least : number > most ? most : number;
    memcpy(data, &number, width);
}

} // namespace values
