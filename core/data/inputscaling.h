// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/graph/model.h"

#include <cstddef>
#include <span>
#include <string>

namespace espalier {

/// How raw sample values become what a model takes: real = raw * factor + offset, then, where the model's input is an
/// integer, q = clamp(round-half-away(real / scale) + zeroPoint). Raw bytes that already are the input's integers pass
/// unchanged.
struct InputScaling
{
    enum class Kind {
        passThrough, ///< the samples already have the input's type and meaning
        affine,
    };
    Kind kind = Kind::affine;
    double factor = 1, offset = 0;

    /// What a person sees: "pass-through", "none" (real = raw), "0..1" (bytes spread over 0 to 1), "-1..1", or
    /// "raw*0.5+1". parse(text()) gives the same scaling back.
    std::string text() const;
    /// Takes these, any other range "A..B" that bytes 0 to 255 are spread over, and "raw/F", "raw-O", …. An
    /// invalidArgument error says what is possible.
    static Result<InputScaling> parse(const std::string &text);
    bool operator==(const InputScaling &) const = default;
};

/// What the model's input type and quantization and the samples' type imply, and a sentence that says why.
struct ImpliedScaling
{
    InputScaling scaling;
    std::string why;
};
ImpliedScaling impliedScaling(const Tensor &input, const Samples &samples);

/// Says how the samples do not fit the model (not one input, an input type that samples cannot become, other element
/// counts, another layout of as many elements, a label that the output has no place for), or nothing. A shape that
/// only groups the same elements differently (784 for 28×28) fits.
Result<void> checkFit(const Graph &graph, const Samples &samples);

/// Fills `out` (an input of the model, as many images as `count`) from samples [first, first + count). The input's
/// type is one that checkFit accepts. Where the types differ, pass-through takes raw for real.
void fillInput(const Tensor &input, const Samples &samples, const InputScaling &scaling, std::size_t first,
               std::size_t count, std::span<std::byte> out);

} // namespace espalier
