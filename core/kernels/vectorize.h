// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Before a function: compile its loops for wider vectors as well and choose at load time. Only for loops whose
/// results do not depend on the width. Sanitizers run before the choice is possible, so they get the baseline.
///
/// ESPALIER_INDEPENDENT before a loop: no iteration reads what another writes (in place is fine).
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) &&               \
    !defined(__SANITIZE_THREAD__)
#define ESPALIER_VECTORIZE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize("O3")))
#else
#define ESPALIER_VECTORIZE
#endif

#if defined(__clang__)
#define ESPALIER_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define ESPALIER_INDEPENDENT _Pragma("GCC ivdep")
#else
#define ESPALIER_INDEPENDENT
#endif
