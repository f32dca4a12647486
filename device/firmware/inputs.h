// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/// What the model is run on: bytes that come over the serial line, as the harness sends them or as the model takes
/// them, or numbers that the firmware makes itself.
namespace inputs {

enum class Form { sent, taken };

uint32_t mostBytes(Form form);
/// So many bytes are to come.
void expect(Form form, uint32_t bytes);
/// Another model is there.
void forget();
/// How many bytes are still to come.
uint32_t missing();
void add(uint8_t byte);
/// Of those that have come.
uint32_t count();

/// The k-th pseudo-random input: a byte stream of x = x * 1664525 + 1013904223, x >> 24, from x = (k + 1) * 2654435769;
/// a float is byte / 127.5 - 1, an int16 x >> 16.
void fill(uint32_t k);

/// Gives them to the model. Running it may overwrite its own copy.
void load();
/// The real value of one element of the first input.
double value(uint32_t index);

} // namespace inputs
