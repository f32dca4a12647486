// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace espalier {

/// A deflate stream cannot grow by more than this factor; what claims to is a lie that need not be allocated for.
inline constexpr std::uint64_t maxInflation = 1032;

/// Decompresses a deflate stream from memory, as much at a time as is asked for.
class Inflater
{
public:
    enum class Wrapping {
        raw,  ///< deflate alone, as in zip archives
        gzip, ///< one or more gzip members, each with its checksum verified
    };

    /// `compressed` must outlive the inflater.
    Inflater(std::span<const std::uint8_t> compressed, Wrapping wrapping);
    ~Inflater();

    /// Fills `out` or returns an unusableInput error (damaged, too short) or cancelled().
    Result<void> read(std::span<std::uint8_t> out, std::string_view phase = "reading", const Progress &progress = {});
    /// True where the stream ends here and is whole.
    bool atEnd();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace espalier
