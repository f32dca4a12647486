// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <span>

namespace espalier::tflite {

/// TFLite metadata puts a zip archive (labels, vocabularies) behind the model, and the places that the archive names
/// count from the start of the file. These two count them from the archive's own start, as an archive in a file of its
/// own does, and back; `position` is where in the file the bytes start. Anything else comes back as it is.
Bytes detachedTrailer(std::span<const std::uint8_t> bytes, std::size_t position);
Bytes attachedTrailer(std::span<const std::uint8_t> bytes, std::size_t position);

} // namespace espalier::tflite
