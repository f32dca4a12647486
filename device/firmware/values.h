// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "binding.h"

/// Numbers of the model, and the real values that they stand for.
namespace values {

uint32_t count(const ModelPort &port);
/// The real value of the number at `index` of `data`, which is of the port's form.
double get(const ModelPort &port, const uint8_t *data, uint32_t index);
/// Puts the nearest number there.
void put(const ModelPort &port, uint8_t *data, uint32_t index, float value);

} // namespace values
