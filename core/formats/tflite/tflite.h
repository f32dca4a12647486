// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

#include <span>

namespace espalier::tflite {

/// Whether the bytes carry the identifier of the format, TFL3.
bool recognises(std::span<const std::uint8_t> bytes);

/// Reads a model. Checked before anything is believed: the structure (flatbuffers verifier), the memory that it would
/// take (a multiple of the file's size at most), every number that names a place. Then verify() must pass.
///
/// Constants are copied once and shared where the file shares them. What the graph does not know is kept as payload:
/// settings of other operators, custom options, sparsity, quantization other than affine, external buffers. Operators
/// that stand before what they read are moved behind it; the order stays where it works.
Result<ModelPtr> read(std::span<const std::uint8_t> bytes);

/// Writes a model; the same model gives the same bytes. Constants are aligned to 16 bytes, those that share their
/// bytes share a buffer. An error where the model holds what this version of the schema cannot express, or where the
/// file would pass 2 GB.
Result<Bytes> write(const Model &model);

} // namespace espalier::tflite
