// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/alignedbuffer.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace espalier {

namespace {

constexpr std::size_t largePage = std::size_t(1) << 21;

} // namespace

AlignedBuffer::AlignedBuffer(std::size_t size)
{
    const std::size_t boundary = size >= 2 * largePage ? largePage : alignment;
    m_bytes = {static_cast<std::byte *>(::operator new(size + alignment, std::align_val_t(boundary))), Free{boundary}};
#ifdef __linux__
    // Whole pages alone, so that no more becomes resident than was asked for. Where it fails, pages stay small.
    if (boundary == largePage)
        static_cast<void>(madvise(m_bytes.get(), size / largePage * largePage, MADV_HUGEPAGE));
#endif
}

} // namespace espalier
