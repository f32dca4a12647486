// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/lowering/support.h"

#include <functional>

namespace espalier::device {

/// How a depthwise 3x3 layer goes through the image, line by line, a channel at a time (rt::DepthwiseLinesLayer).
class DepthwiseLines
{
public:
    /// `wordsOfLine` says what a line of so many outputs takes in scratch memory.
    DepthwiseLines(const ConvolutionGeometry &geometry, const std::function<std::int32_t(std::int32_t)> &wordsOfLine);

    /// 3x3, equal strides of 1 or 2, no dilation, one output for each input channel.
    static bool fits(const ConvolutionGeometry &geometry);

    /// Lines are columns of the image.
    bool isTransposed() const { return m_transposed; }
    /// The place in the filter, row-major, of a weight of the window's lines.
    std::int64_t place(std::int64_t line, std::int64_t along) const
    {
        return m_transposed ? 3 * along + line : 3 * line + along;
    }
    std::int32_t outputLength() const;
    std::int32_t scratchWords() const; ///< of a band

    void describe(PlanStep &step, QuantizedRange range) const;
    /// Tells how the output of the step added last may lie over its input.
    void shareMemory(PlanBuilder &builder, TensorId input, TensorId output) const;

private:
    const ConvolutionGeometry &m_geometry;
    bool m_transposed = false, m_isWhole = false;
    std::int32_t m_bandLines = 0, m_lineWords = 0;
};

} // namespace espalier::device
