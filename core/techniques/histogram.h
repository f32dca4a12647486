// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier {

/// How often values fall into 512 bins of equal width. Counts are whole numbers, so that several threads may each fill
/// one and add them up in any order.
class Histogram
{
public:
    static constexpr std::size_t bins = 512;

    /// AIMET's: the bins reach three times as far from the middle of the extremes as these do, and a value goes to the
    /// bin with the nearest left edge.
    static Histogram around(float minimum, float maximum);
    /// The bins share the span between the extremes, and a value goes to the bin that holds it.
    static Histogram between(float minimum, float maximum);

    /// Values outside the bins of around() count in total() alone.
    void add(std::span<const float> values);
    void add(const Histogram &other); ///< of the same edges

    std::size_t binOf(float value) const; ///< the bin between whose edges the value lies, or the nearest
    float left(std::size_t bin) const { return m_left + float(bin) * m_width; }
    float width() const { return m_width; }
    std::uint64_t count(std::size_t bin) const { return m_counts[bin]; }
    std::uint64_t total() const { return m_total; }

private:
    Histogram(float left, float width, float shift, bool isOpen)
        : m_left(left), m_width(width), m_shift(shift), m_isOpen(isOpen)
    {
    }

    float m_left, m_width;
    float m_shift; ///< 0.5 where a value goes to the nearest edge
    bool m_isOpen; ///< whether values outside are left out, instead of going to the outermost bins
    std::array<std::uint64_t, bins> m_counts = {};
    std::uint64_t m_total = 0;
};

} // namespace espalier
