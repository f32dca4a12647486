// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace espalier {

/// A file format of models. One file here and one line in formats.def make a new one.
struct ModelFormat
{
    std::string_view id;                    ///< "tflite"
    std::string_view title;                 ///< "TensorFlow Lite"
    std::vector<std::string_view> suffixes; ///< without the dot

    bool (*recognises)(std::span<const std::uint8_t> bytes);
    /// Any byte sequence ends in a verified model or an unusableInput error of one sentence.
    Result<ModelPtr> (*read)(std::span<const std::uint8_t> bytes);
    /// Null where the format can only be read. What is written reads back equal.
    Result<Bytes> (*write)(const Model &model);
};

std::span<const ModelFormat *const> modelFormats();

/// Reads a model of any known format, recognised by content. Errors name the file.
Result<ModelPtr> readModel(const std::filesystem::path &path);

/// Writes in the format of the path's suffix (.tflite where it has none), whole or not at all.
Result<void> writeModel(const Model &model, const std::filesystem::path &path);

} // namespace espalier
