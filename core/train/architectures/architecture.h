// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/train/architectures/networkbuilder.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace espalier {

/// A network built from nothing. One file beside this and one line in architectures.def make a new one.
struct Architecture
{
    std::string_view id;      ///< "cnn"
    std::string_view summary; ///< "16 and 32 filters of 3×3, two max pools, dense"
    enum class Input { any, images, series } input = Input::any;
    std::int32_t smallest = 1;    ///< height and width of images, steps of series
    bool hasWidth = false;        ///< asks the builder for its channels, so that they scale
    bool reproducesInput = false; ///< an autoencoder: no classes, no softmax
    /// Adds the layers, up to `classes` outputs where it does not reproduce its input. The softmax comes by itself.
    void (*addLayers)(NetworkBuilder &network, std::int32_t classes);

    struct Request
    {
        Shape sampleShape; ///< of the data, without the batch extent
        std::size_t classes = 0;
        std::uint64_t seed = 0; ///< of the first weights
        double width = 1;       ///< times every number of channels
    };
    /// A float model. An unusableInput error says which samples it takes, an invalidArgument one that it has no width.
    Result<Untrained> build(const Request &request) const;
};

std::span<const Architecture *const> architectures();
const Architecture *findArchitecture(std::string_view id);

} // namespace espalier
