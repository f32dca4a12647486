// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace espalier {

/// How operators on 8-bit integers round. The two differ by one step in about a thousandth of a layer's values, and by
/// more at the end of a network that amplifies it.
enum class Rounding : std::uint8_t {
    micro, ///< as TensorFlow Lite Micro and CMSIS-NN, layers twice: what boards give, bit for bit
    /// As TensorFlow Lite on telephones and PCs, where XNNPACK runs convolutions, dense layers, ADD and SUB: sums times
    /// a float, rounded once, ties to even. MEAN follows the TensorFlow Lite of 2022, which computed it in floats.
    tflite,
};

} // namespace espalier
