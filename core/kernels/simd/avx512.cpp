// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Compiled with -mavx512{f,bw,dq,vl,vnni}; called only where the processor has them.

#include "core/kernels/simd/avx512vectors.h"

namespace espalier {

extern const SimdFunctions avx512Functions, narrowAvx512Functions;
constinit const SimdFunctions avx512Functions = functionsOf<Avx512>(Isa::avx512);
constinit const SimdFunctions narrowAvx512Functions = functionsOf<NarrowAvx512>(Isa::avx512);

} // namespace espalier
