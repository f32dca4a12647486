// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/operatorcheck.h"

#include <cstddef>
#include <vector>

namespace espalier {

/// Moves a box of elements from one strided layout to another: slices, transpositions, concatenations and padding are
/// all this. Neighbouring dimensions that are contiguous on both sides are merged.
class StridedCopy
{
public:
    StridedCopy() = default;
    /// Strides and offsets in elements; strides may be negative. Every element touched must be inside both tensors.
    StridedCopy(std::size_t elementBytes, const std::vector<std::size_t> &extents,
                const std::vector<std::ptrdiff_t> &fromStrides, std::ptrdiff_t fromOffset,
                const std::vector<std::ptrdiff_t> &toStrides, std::ptrdiff_t toOffset);

    void copy(const std::byte *from, std::byte *to) const;

private:
    struct Dimension
    {
        std::size_t extent;
        std::ptrdiff_t from, to; ///< bytes
    };
    void copyFrom(std::size_t dimension, const std::byte *from, std::byte *to) const;

    std::vector<Dimension> m_dimensions; ///< outermost first
    std::size_t m_run = 0;               ///< bytes that lie together on both sides; 0: nothing to do
    std::ptrdiff_t m_from = 0, m_to = 0;
};

/// A kernel that only moves elements: one box per pair of input and output.
class CopyKernel final : public Kernel
{
public:
    struct Job
    {
        std::size_t input = 0, output = 0;
        std::size_t inputStride = 0, outputStride = 0; ///< bytes per image
        StridedCopy box;
    };
    explicit CopyKernel(std::vector<Job> jobs) : m_jobs(std::move(jobs)) {}
    void run(const KernelCall &call) const override;

private:
    std::vector<Job> m_jobs;
};

} // namespace espalier
