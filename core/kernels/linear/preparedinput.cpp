// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/linear/preparedinput.h"

#include "core/base/alignedbuffer.h"

#include <algorithm>
#include <cstring>

namespace espalier {

PreparedInput::PreparedInput(const SimdFunctions &simd, UnitKind kind, Arithmetic arithmetic, const Window &window,
                             Form form, int multiplier, bool canReadInPlace)
    : m_simd(simd), m_kind(kind), m_window(window), m_form(form), m_multiplier(multiplier),
      m_isInPlace(canReadInPlace && kind == UnitKind::floats && multiplier == 1 && !window.hasPadding()),
      m_imageElementBytes(arithmetic == Arithmetic::hybrid ? 1 : espalier::elementBytes(arithmetic)),
      m_elementBytes(4 / productsOfUnit[int(kind)])
{
    const std::int64_t rows = m_isInPlace ? window.y.in : window.y.extent();
    const std::int64_t columns = m_isInPlace ? window.x.in : window.x.extent();
    const std::int64_t channels = std::int64_t(window.channels) * multiplier;
    m_paddedElements = std::size_t(rows * columns * channels);
    m_pixelBytes = channels * (form == Form::apart ? 4 : m_elementBytes);
    m_rowBytes = columns * m_pixelBytes;
}

std::size_t PreparedInput::scratchBytes() const
{
    if (m_isInPlace)
        return 0;
    // Loops read whole units and vectors, so up to that much beyond the last element.
    const std::size_t reach = 3 * std::size_t(m_window.x.dilation) * std::size_t(m_window.channels * m_multiplier);
    const std::size_t copy = AlignedBuffer::rounded((m_paddedElements + reach) * std::size_t(m_elementBytes)) + 64;
    const bool isGathered = m_form == Form::apart && m_kind != UnitKind::floats;
    return copy + (isGathered ? AlignedBuffer::rounded(m_paddedElements * 4) + 64 : 0);
}

void PreparedInput::convert(std::byte *to, const std::byte *from, std::size_t count, std::int32_t zeroPoint,
                            bool isSigned) const
{
    if (m_imageElementBytes == m_elementBytes && m_kind != UnitKind::bytes)
        std::memcpy(to, from, count * std::size_t(m_elementBytes));
    else if (m_kind == UnitKind::words)
        m_simd.widen(reinterpret_cast<std::int16_t *>(to), from, count, zeroPoint, isSigned);
    else
        m_simd.flipSigns(reinterpret_cast<std::uint8_t *>(to), reinterpret_cast<const std::uint8_t *>(from), count);
}

namespace {

/// Each element `copies` times, last first so that it can happen in place.
template <class T>
void repeat(std::byte *bytes, std::size_t count, int copies)
{
    auto *elements = reinterpret_cast<T *>(bytes);
    for (std::size_t i = count; i-- > 0;)
        std::fill_n(elements + i * std::size_t(copies), copies, elements[i]);
}

} // namespace

void PreparedInput::fillPadded(const std::byte *image, std::int32_t zeroPoint, bool isSigned, std::byte *to) const
{
    const WindowAxis &y = m_window.y, &x = m_window.x;
    const int padding = m_kind == UnitKind::bytes ? zeroPoint + 128 : 0;
    const auto channels = std::size_t(m_window.channels);
    const std::size_t pixel = channels * std::size_t(m_multiplier) * std::size_t(m_elementBytes);
    const std::size_t fromPixel = channels * std::size_t(m_imageElementBytes);
    const auto columns = std::size_t(x.extent());
    const std::size_t before = std::min(columns, std::size_t(x.padBefore));
    const std::size_t copied = std::min(std::size_t(x.in), columns - before);
    const std::size_t after = columns - before - copied;
    for (std::int64_t row = 0; row < y.extent(); ++row, to += columns * pixel) {
        const std::int64_t source = row - y.padBefore;
        if (source < 0 || source >= y.in) {
            std::memset(to, padding, columns * pixel);
            continue;
        }
        std::memset(to, padding, before * pixel);
        std::byte *middle = to + before * pixel;
        convert(middle, image + std::size_t(source) * std::size_t(x.in) * fromPixel, copied * channels, zeroPoint,
                isSigned);
        if (m_multiplier > 1) {
            const auto repeated = m_elementBytes == 4   ? repeat<std::uint32_t>
                                  : m_elementBytes == 2 ? repeat<std::uint16_t>
                                                        : repeat<std::uint8_t>;
            repeated(middle, copied * channels, m_multiplier);
        }
        std::memset(middle + copied * pixel, padding, after * pixel);
    }
}

const std::byte *PreparedInput::prepare(const std::byte *image, std::int32_t zeroPoint, bool isSigned,
                                        std::byte *scratch) const
{
    if (m_isInPlace)
        return image;
    const bool isGathered = m_form == Form::apart && m_kind != UnitKind::floats;
    std::byte *units = scratch;
    std::byte *elements = isGathered ? scratch + AlignedBuffer::rounded(m_paddedElements * 4) + 64 : scratch;
    fillPadded(image, zeroPoint, isSigned, elements);
    if (isGathered) {
        auto *to = reinterpret_cast<std::uint32_t *>(units);
        const std::size_t step =
            std::size_t(m_window.x.dilation) * std::size_t(m_window.channels) * std::size_t(m_multiplier);
        if (m_kind == UnitKind::words)
            m_simd.gatherWords(to, reinterpret_cast<const std::uint16_t *>(elements), m_paddedElements, step);
        else
            m_simd.gatherBytes(to, reinterpret_cast<const std::uint8_t *>(elements), m_paddedElements, step);
    }
    return scratch;
}

} // namespace espalier
