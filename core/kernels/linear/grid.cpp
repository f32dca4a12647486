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
    m_layer.factor = padded(std::move(m_layer.factor), count);
    m_layer.bias = padded(std::move(m_layer.bias), count);
    m_layer.wideBias = padded(std::move(m_layer.wideBias), count);
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

void LinearSums::run(const Grid &grid, const std::byte *in, std::byte *out,
                     const RunTimeQuantization &quantization) const
{
    const std::ptrdiff_t channelBytes = elementBytes(m_layer.arithmetic);
    const int segments = std::min(grid.endSegment, int(m_filter.segments.size())) - grid.firstSegment;
    const int units = std::min(grid.endUnit, m_filter.segmentUnits) - grid.firstUnit;
    const int skipped = grid.firstSegment * m_filter.segmentUnits + grid.firstUnit;
    for (const PackedFilter::Group &group : m_filter.groups) {
        const auto c = std::size_t(group.firstChannel);
        const FloatFinish floats{&m_layer.floatBias[c], m_layer.lowFloat, m_layer.highFloat};
        const RequantizeFinish integers{&m_layer.bias[c],
                                        &m_layer.multiplier[c],
                                        &m_layer.shift[c],
                                        m_layer.outputZero,
                                        m_layer.low,
                                        m_layer.high,
                                        m_layer.rounding == Rounding::tflite ? &m_layer.factor[c] : nullptr};
        const WideFinish wide{&m_layer.wideBias[c], &m_layer.multiplier[c], &m_layer.shift[c], m_layer.low,
                              m_layer.high};
        const HybridFinish hybrid{&m_filter.sums[c],    &m_layer.filterScales[c], &m_layer.floatBias[c],
                                  quantization.offsets, quantization.scales,      quantization.perPixel,
                                  m_layer.lowFloat,     m_layer.highFloat};
        m_simd.sumGrid({grid.rows,
                        grid.columns,
                        grid.rowIn,
                        grid.columnIn,
                        grid.rowOut,
                        grid.columnOut,
                        in + 4 * (m_channelsApart ? group.firstChannel : grid.firstUnit),
                        out + group.firstChannel * channelBytes,
                        m_filter.kind,
                        m_channelsApart,
                        m_filter.segments.data() + grid.firstSegment,
                        segments,
                        units,
                        m_filter.segmentUnits - units,
                        m_filter.units.data() + group.offset + skipped * group.vectors * m_simd.lanes * 4,
                        group.vectors,
                        group.channels,
                        m_layer.arithmetic == Arithmetic::floats ? &floats : nullptr,
                        m_layer.arithmetic == Arithmetic::integer ? &integers : nullptr,
                        m_layer.arithmetic == Arithmetic::wide ? &wide : nullptr,
                        m_layer.arithmetic == Arithmetic::hybrid ? &hybrid : nullptr});
    }
}

RunTimeQuantization::Entry LinearSums::entryOf(const QuantizedAtRunTime &q) const
{
    // Words have their zero point taken off already; unsigned bytes are value + 128.
    return {q.scale * m_filterScale, m_filter.kind == UnitKind::bytes ? q.zeroPoint + 128 : 0};
}

} // namespace espalier
