// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/kernel.h"
#include "core/kernels/linear/grid.h"
#include "core/kernels/linear/preparedinput.h"

namespace espalier {

/// A filter moved over images: CONV_2D, DEPTHWISE_CONV_2D and the parts of TRANSPOSE_CONV.
class WindowKernel final : public Kernel
{
public:
    /// Output pixels that one grid of sums computes.
    struct Part
    {
        std::shared_ptr<const LinearSums> sums;
        Grid grid;                                ///< of one image
        std::ptrdiff_t firstIn = 0, firstOut = 0; ///< bytes to the grid's first pixel
    };
    struct Setup
    {
        Window window;
        Arithmetic arithmetic = Arithmetic::floats;
        std::int32_t inputZero = 0;
        bool inputIsSigned = true, quantizeAsymmetrically = false;
        std::size_t imageInBytes = 0, imageOutBytes = 0;
        std::size_t inputIndex = 0; ///< among the inputs of the operator
    };
    WindowKernel(Setup setup, PreparedInput input, std::vector<Part> parts);

    static Setup setupOf(const Window &window, const LinearLayer &layer, int outHeight, int outWidth);
    /// The positions of the window, from the first pixel on.
    static Grid gridOf(const Window &window, const LinearLayer &layer, const PreparedInput &input);

    std::size_t scratchBytes(int batch) const override;
    void run(const KernelCall &call) const override;

private:
    Setup m_setup;
    PreparedInput m_input;
    std::vector<Part> m_parts;
};

} // namespace espalier
