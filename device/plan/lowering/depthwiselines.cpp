// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/depthwiselines.h"

#include <algorithm>

namespace espalier::device {

namespace {

constexpr std::int32_t linesOfBand = 4;

std::int32_t linesSeen(std::int32_t outputLines, std::int32_t stride)
{
    return (outputLines - 1) * stride + 3;
}

} // namespace

bool DepthwiseLines::fits(const ConvolutionGeometry &g)
{
    return g.filter.shape[1] == 3 && g.filter.shape[2] == 3 && g.strideHeight == g.strideWidth && g.strideHeight <= 2 &&
           g.dilationHeight == 1 && g.dilationWidth == 1 && g.depthMultiplier == 1 && g.padTop <= 1 && g.padLeft <= 1;
}

// Long lines are cheaper. A whole channel at once needs each value brought in only once, and may be done in place;
// where its scratch memory would be large, bands of rows let the output run over the input.
DepthwiseLines::DepthwiseLines(const ConvolutionGeometry &geometry,
                               const std::function<std::int32_t(std::int32_t)> &wordsOfLine)
    : m_geometry(geometry)
{
    const std::int32_t height = geometry.output.shape[1], width = geometry.output.shape[2];
    const std::int32_t lines = std::min(height, width), length = std::max(height, width);
    const auto bytes = std::size_t(4 * linesSeen(lines, geometry.strideHeight) * wordsOfLine(length));
    m_isWhole = bytes <= std::max<std::size_t>(1024, geometry.input.bytes() / 8);
    m_transposed = m_isWhole && height > width;
    m_bandLines = m_isWhole ? lines : std::min(height, linesOfBand);
    m_lineWords = wordsOfLine(m_isWhole ? length : width);
}

std::int32_t DepthwiseLines::outputLength() const
{
    return m_geometry.output.shape[m_transposed ? 1 : 2];
}

std::int32_t DepthwiseLines::scratchWords() const
{
    return linesSeen(m_bandLines, m_geometry.strideHeight) * m_lineWords;
}

void DepthwiseLines::describe(PlanStep &step, QuantizedRange range) const
{
    const ConvolutionGeometry &g = m_geometry;
    const std::int64_t depth = g.input.shape[3];
    const std::int64_t inHeight = g.input.shape[1], inWidth = g.input.shape[2], outHeight = g.output.shape[1],
                       outWidth = g.output.shape[2];
    Settings settings(step);
    settings.add("batches", g.input.shape[0]).add("channels", depth);
    settings.add("inputBytes", inHeight * inWidth * depth).add("outputBytes", outHeight * outWidth * depth);
    const auto extents = [&](const std::string &side, std::int64_t height, std::int64_t width) {
        settings.add(side + "Lines", m_transposed ? width : height);
        settings.add(side + "Length", m_transposed ? height : width);
        settings.add(side + "Across", m_transposed ? depth : width * depth);
        settings.add(side + "Along", m_transposed ? width * depth : depth);
    };
    extents("input", inHeight, inWidth);
    extents("output", outHeight, outWidth);
    settings.add("stride", g.strideHeight);
    settings.add("padAcross", m_transposed ? g.padLeft : g.padTop);
    settings.add("padAlong", m_transposed ? g.padTop : g.padLeft);
    settings.add("inputZeroPoint", zeroPoint(g.input)).add("outputMin", range.low).add("outputMax", range.high);
    settings.add("bandLines", m_bandLines).add("linePairs", m_lineWords);
}

void DepthwiseLines::shareMemory(PlanBuilder &builder, TensorId input, TensorId output) const
{
    const Shape &in = m_geometry.input.shape, &out = m_geometry.output.shape;
    if (!m_isWhole)
        builder.mayOverlap(input, output, bandLead(m_geometry, m_bandLines));
    else if (m_geometry.strideHeight == 1 && in == out)
        builder.mayReplace(input, output);
}

} // namespace espalier::device
