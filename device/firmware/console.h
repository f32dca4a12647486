// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// Text on the serial line.
namespace console {

void print(const char *text);
void print(uint64_t number);
/// "%0.3f", as the MLPerf Tiny runner expects results.
void printFixed(double value);
void printHex(uint8_t byte);
void endLine();
/// Lines of "m-x-bytes-" and 32 bytes.
void printBytes(const uint8_t *bytes, uint32_t count);

} // namespace console
