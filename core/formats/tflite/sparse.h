// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/tensor.h"

#include <tflite_generated.h>

#include <span>

namespace espalier::tflite {

/// The values of a constant that is stored without its zeros, with them: the format of the TACO compiler (Kjolstad et
/// al., "The tensor algebra compiler", OOPSLA 2017), each dimension dense or compressed, with blocks. `shape` and
/// `type` are the tensor's; its size must have been checked. An error (a sentence without the tensor's name) where the
/// description does not fit.
Result<Bytes> expanded(std::span<const std::uint8_t> stored, const wire::SparsityParameters &sparsity,
                       const Shape &shape, DType type);

} // namespace espalier::tflite
