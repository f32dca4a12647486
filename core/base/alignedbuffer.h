// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace espalier {

/// Uninitialised bytes on a cache line's boundary, with a line to spare at the end. Several megabytes get large pages
/// where the system has them: to touch and to free gigabytes in small ones takes tenths of a second.
class AlignedBuffer
{
public:
    static constexpr std::size_t alignment = 64;

    AlignedBuffer() = default;
    explicit AlignedBuffer(std::size_t size);

    std::byte *data() const { return m_bytes.get(); }
    explicit operator bool() const { return m_bytes != nullptr; }

    static constexpr std::size_t rounded(std::size_t size) { return (size + alignment - 1) / alignment * alignment; }

private:
    struct Free
    {
        Free() : boundary(alignment) {}
        explicit Free(std::size_t of) : boundary(of) {}
        void operator()(std::byte *bytes) const { ::operator delete(bytes, std::align_val_t(boundary)); }

        std::size_t boundary;
    };
    std::unique_ptr<std::byte[], Free> m_bytes;
};

} // namespace espalier
