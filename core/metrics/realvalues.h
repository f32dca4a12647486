// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <span>

namespace espalier {

/// True for types whose values realValue() gives.
bool hasRealValues(const Tensor &tensor);

/// Element `i` of a tensor's values as a real number: dequantized with the tensor's own scale where it has one.
float realValue(const Tensor &tensor, std::span<const std::byte> values, std::size_t i);

} // namespace espalier
