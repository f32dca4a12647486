// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/stridedcopy.h"

#include <cstring>

namespace espalier {

namespace {

template <std::size_t bytes>
void copyElements(const std::byte *from, std::byte *to, std::size_t count, std::ptrdiff_t fromStep,
                  std::ptrdiff_t toStep)
{
    for (std::size_t i = 0; i < count; ++i, from += fromStep, to += toStep)
        std::memcpy(to, from, bytes);
}

} // namespace

StridedCopy::StridedCopy(std::size_t elementBytes, const std::vector<std::size_t> &extents,
                         const std::vector<std::ptrdiff_t> &fromStrides, std::ptrdiff_t fromOffset,
                         const std::vector<std::ptrdiff_t> &toStrides, std::ptrdiff_t toOffset)
    : m_run(elementBytes), m_from(fromOffset * std::ptrdiff_t(elementBytes)),
      m_to(toOffset * std::ptrdiff_t(elementBytes))
{
    const auto size = std::ptrdiff_t(elementBytes);
    for (std::size_t i = 0; i < extents.size(); ++i) {
        if (extents[i] == 0) {
            m_dimensions.clear();
            m_run = 0;
            return;
        }
        if (extents[i] == 1)
            continue;
        const Dimension next{extents[i], fromStrides[i] * size, toStrides[i] * size};
        if (!m_dimensions.empty()) {
            Dimension &last = m_dimensions.back();
            const auto extent = std::ptrdiff_t(next.extent);
            if (last.from == next.from * extent && last.to == next.to * extent) {
                last = {last.extent * next.extent, next.from, next.to};
                continue;
            }
        }
        m_dimensions.push_back(next);
    }
    if (!m_dimensions.empty() && m_dimensions.back().from == size && m_dimensions.back().to == size) {
        m_run *= m_dimensions.back().extent;
        m_dimensions.pop_back();
    }
}

void StridedCopy::copy(const std::byte *from, std::byte *to) const
{
    if (m_run > 0)
        copyFrom(0, from + m_from, to + m_to);
}

void StridedCopy::copyFrom(std::size_t dimension, const std::byte *from, std::byte *to) const
{
    if (dimension == m_dimensions.size()) {
        std::memcpy(to, from, m_run);
        return;
    }
    const Dimension &d = m_dimensions[dimension];
    if (dimension + 1 == m_dimensions.size()) {
        switch (m_run) {
        case 1:
            return copyElements<1>(from, to, d.extent, d.from, d.to);
        case 2:
            return copyElements<2>(from, to, d.extent, d.from, d.to);
        case 4:
            return copyElements<4>(from, to, d.extent, d.from, d.to);
        case 8:
            return copyElements<8>(from, to, d.extent, d.from, d.to);
        default:
            break;
        }
    }
    for (std::size_t i = 0; i < d.extent; ++i)
        copyFrom(dimension + 1, from + std::ptrdiff_t(i) * d.from, to + std::ptrdiff_t(i) * d.to);
}

void CopyKernel::run(const KernelCall &call) const
{
    for (const Job &job : m_jobs)
        for (std::size_t image = 0; image < std::size_t(call.batch); ++image)
            job.box.copy(call.inputs[job.input] + image * job.inputStride,
                         call.outputs[job.output] + image * job.outputStride);
}

} // namespace espalier
