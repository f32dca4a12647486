// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/linear/arithmetic.h"
#include "core/kernels/linear/window.h"

namespace espalier {

/// One image, or rows of a dense layer, in the form that the inner loops read: padded, and converted to the elements of
/// their units.
class PreparedInput
{
public:
    /// How channels reach the inner loops.
    enum class Form {
        shared, ///< elements as they are: all output channels read the same
        apart,  ///< a unit for each input channel, gathered from neighbouring columns
    };
    /// `multiplier`: copies of each channel, for depth multipliers.
    PreparedInput(const SimdFunctions &simd, UnitKind kind, Arithmetic arithmetic, const Window &window, Form form,
                  int multiplier, bool canReadInPlace);

    std::size_t scratchBytes() const; ///< of one image
    int elementBytes() const { return m_elementBytes; }
    std::ptrdiff_t rowBytes() const { return m_rowBytes; }
    std::ptrdiff_t pixelBytes() const { return m_pixelBytes; }
    bool isInPlace() const { return m_isInPlace; }

    /// Where the padded image begins: `image` itself or `scratch`. 8-bit images have `zeroPoint`.
    const std::byte *prepare(const std::byte *image, std::int32_t zeroPoint, bool isSigned, std::byte *scratch) const;

private:
    void fillPadded(const std::byte *image, std::int32_t zeroPoint, bool isSigned, std::byte *to) const;
    void convert(std::byte *to, const std::byte *from, std::size_t count, std::int32_t zeroPoint, bool isSigned) const;

    const SimdFunctions &m_simd;
    UnitKind m_kind;
    Window m_window;
    Form m_form;
    int m_multiplier;
    bool m_isInPlace = false;
    int m_imageElementBytes;      // of what is prepared
    int m_elementBytes;           // of the padded copy
    std::size_t m_paddedElements; // of the padded copy
    std::ptrdiff_t m_rowBytes, m_pixelBytes;
};

} // namespace espalier
