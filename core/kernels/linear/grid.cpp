// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/linear/grid.h"

#include <algorithm>

namespace espalier {

LinearSums::LinearSums(const SimdFunctions &simd, LinearLayer layer, PackedFilter filter, bool channelsApart)
    : m_simd(simd), m_layer(std::move(layer)), m_filter(std::move(filter)), m_channelsApart(channelsApart)
{
    const int count = m_filter.paddedChannels;
    m_layer.multiplier = padded(std::move(m_layer.multiplier), count);
    m_layer.shift = padded(std::move(m_layer.shift), count);
    m_layer.bias = padded(std::move(m_layer.bias), count);
    m_layer.floatBias = padded(std::move(m_layer.floatBias), count);
    m_layer.filterScales = padded(std::move(m_layer.filterScales), count);
    if (m_layer.arithmetic == Arithmetic::hybrid && !m_layer.filterPerChannel) {
        // One scale is multiplied with the input's first, as TFLite does.
        m_filterScale = m_layer.filterScales.front();
        std::ranges::fill(m_layer.filterScales, 1.0f);
    }
    if (m_layer.arithmetic == Arithmetic::integer && m_filter.kind == UnitKind::bytes)
        for (std::size_t c = 0; c < m_layer.bias.size(); ++c) // unsigned bytes are value + 128
            m_layer.bias[c] = std::int32_t(std::uint32_t(m_layer.bias[c]) -
                                           std::uint32_t(m_layer.inputZero + 128) * std::uint32_t(m_filter.sums[c]));
}

void LinearSums::runTile(const PackedFilter::Group &group, const std::byte *const *rows, std::byte *const *outs,
                         int pixels, const std::int32_t *inputOffsets, const float *inputScales) const
{
    alignas(64) std::int32_t sums[maxTileSums];
    const std::byte *filter = m_filter.units.data() + group.offset;
    const std::int32_t *segments = m_filter.segments.data();
    const int segmentCount = int(m_filter.segments.size());
    if (m_channelsApart)
        m_simd.channelTile[int(m_filter.kind)]({rows, pixels, segments, segmentCount, filter, sums});
    else
        m_simd.tile[int(m_filter.kind)](
            {rows, pixels, segments, segmentCount, m_filter.segmentUnits, filter, group.vectors, sums});

    const TileOutput output{sums, pixels, group.vectors, group.channels, outs};
    const auto c = std::size_t(group.firstChannel);
    switch (m_layer.arithmetic) {
    case Arithmetic::floats:
        m_simd.finishFloat(output, {&m_layer.floatBias[c], m_layer.lowFloat, m_layer.highFloat});
        break;
    case Arithmetic::integer:
        m_simd.requantize(output, {&m_layer.bias[c], &m_layer.multiplier[c], &m_layer.shift[c], m_layer.outputZero,
                                   m_layer.low, m_layer.high});
        break;
    case Arithmetic::hybrid:
        m_simd.finishHybrid(output, {&m_filter.sums[c], &m_layer.filterScales[c], &m_layer.floatBias[c], inputOffsets,
                                     inputScales, m_layer.lowFloat, m_layer.highFloat});
        break;
    }
}

void LinearSums::run(const Grid &grid, const std::byte *in, std::byte *out,
                     const RunTimeQuantization &quantization) const
{
    const std::byte *rows[maxTilePixels];
    std::byte *outs[maxTilePixels];
    std::int32_t offsets[maxTilePixels] = {};
    float scales[maxTilePixels] = {};
    const bool isOffset = m_filter.kind == UnitKind::bytes; // words have their zero point taken off already
    const std::ptrdiff_t channelBytes = m_layer.arithmetic == Arithmetic::integer ? 1 : 4;
    for (const PackedFilter::Group &group : m_filter.groups) {
        const std::ptrdiff_t inStart = m_channelsApart ? 4 * group.firstChannel : 0;
        std::byte *groupOut = out + group.firstChannel * channelBytes;
        const int tilePixels = m_channelsApart ? m_simd.channelTilePixels : m_simd.tilePixels[group.vectors - 1];
        int row = 0, column = 0;
        const int total = grid.rows * grid.columns;
        for (int first = 0; first < total; first += tilePixels) {
            const int pixels = std::min(tilePixels, total - first);
            for (int p = 0; p < pixels; ++p) {
                rows[p] = in + row * grid.rowIn + column * grid.columnIn + inStart;
                outs[p] = groupOut + row * grid.rowOut + column * grid.columnOut;
                if (++column == grid.columns) {
                    column = 0;
                    ++row;
                }
            }
            if (quantization.scales)
                for (int p = 0; p < pixels; ++p) {
                    const int entry = quantization.perPixel ? first + p : 0;
                    offsets[p] = isOffset ? quantization.zeroPoints[entry] + 128 : 0;
                    scales[p] = quantization.scales[entry] * m_filterScale;
                }
            runTile(group, rows, outs, pixels, offsets, scales);
        }
    }
}

} // namespace espalier
