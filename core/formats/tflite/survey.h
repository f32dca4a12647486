// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier::tflite {

/// What a walk over a verified file found.
struct Survey
{
    std::size_t end = 0;          ///< where the flatbuffer ends; what follows is not part of it
    std::uint64_t expanded = 0;   ///< bytes when every table, vector and string is copied wherever it is used
    bool isMisaligned = false;    ///< a vector of 64-bit numbers lies where they may not; the verifier lets that pass
    bool hasUnknownParts = false; ///< fields or union members that our description of the format does not have
};

/// Walks a file that flatbuffers' verifier has accepted, each part as often as it is used. Stops early once `expanded`
/// passes `limit`: such a file shares its parts in order to blow up.
Survey survey(std::span<const std::uint8_t> bytes, std::uint64_t limit);

} // namespace espalier::tflite
