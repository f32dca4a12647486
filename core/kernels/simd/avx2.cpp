// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Compiled with -mavx2 -mfma; called only where the processor has them.

#include "core/kernels/simd/avx2vectors.h"

namespace espalier {

extern const SimdFunctions avx2Functions;
constinit const SimdFunctions avx2Functions = functionsOf<Avx2>(Isa::avx2);

} // namespace espalier
