// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>

namespace espalier {

/// Values of pixels by channels, seen as rows of several pixels, so that loops along a row are long enough for vectors
/// however few channels there are. What a loop needs for each channel it has for each column of such a row.
class ChannelRows
{
public:
    /// The most columns of a row that holds more than one pixel.
    static constexpr std::size_t mostRepeated = 256;

    explicit ChannelRows(std::size_t channels)
        : m_channels(channels), m_columns(std::max<std::size_t>(mostRepeated / channels, 1) * channels)
    {
    }

    std::size_t channels() const { return m_channels; }
    /// Of a full row; the last may be shorter, by whole pixels.
    std::size_t columns() const { return m_columns; }

    /// Repeats a number for each channel, calculated by `of`, along a row.
    template <class Of>
    void spread(float *row, const Of &of) const
    {
        for (std::size_t c = 0; c < m_channels; ++c)
            row[c] = of(c);
        for (std::size_t i = m_channels; i < m_columns; ++i)
            row[i] = row[i - m_channels];
    }

    /// The sum of a channel's columns.
    double folded(const float *row, std::size_t channel) const
    {
        double sum = 0;
        for (std::size_t i = channel; i < m_columns; i += m_channels)
            sum += double(row[i]);
        return sum;
    }

    /// Calls visit(first value, number of values) for each row.
    template <class Visit>
    void forEach(std::size_t pixels, const Visit &visit) const
    {
        const std::size_t values = pixels * m_channels;
        for (std::size_t first = 0; first < values; first += m_columns)
            visit(first, std::min(m_columns, values - first));
    }

private:
    std::size_t m_channels, m_columns;
};

} // namespace espalier
