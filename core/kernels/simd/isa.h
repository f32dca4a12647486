// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace espalier {

/// The instruction sets that inner loops are written for. Results are the same bits in all of them.
enum class Isa {
    portable, ///< any processor
    avx2,     ///< AVX2 and FMA
    avx512,   ///< AVX-512 F, BW, DQ, VL and VNNI
};

std::string_view name(Isa isa);

/// What this processor has, least first.
std::span<const Isa> availableIsas();

/// The one that kernels prepared from now on use: the best available, or what a test or benchmark asked for.
Isa currentIsa();
void setCurrentIsa(Isa isa);

} // namespace espalier
