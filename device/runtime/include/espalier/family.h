// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

/// Which kernels a build uses, where a network's sources come in several forms: those for Cortex-M4, M7 and M33 with
/// their DSP instructions, those for Cortex-M0 and M0+, or plain C++ for all else. All give the same results. Defining
/// one of the three as 1 for the whole build chooses it.
#if !defined(ESPALIER_KERNELS_DSP) && !defined(ESPALIER_KERNELS_THUMB) && !defined(ESPALIER_KERNELS_PLAIN)
#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#define ESPALIER_KERNELS_DSP 1
#elif defined(__ARM_ARCH_6M__)
#define ESPALIER_KERNELS_THUMB 1
#else
#define ESPALIER_KERNELS_PLAIN 1
#endif
#endif
