// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/kernel.h"

#include <algorithm>
#include <array>

namespace espalier {

#define KERNEL(symbol, file) extern const KernelKind symbol;
#include "core/kernels/kernels.def"
#undef KERNEL

const KernelKind *kernelKind(OpKind kind)
{
    static const KernelKind *const kinds[] = {
#define KERNEL(symbol, file) &symbol,
#include "core/kernels/kernels.def"
#undef KERNEL
        nullptr};
    const auto found = std::ranges::find_if(kinds, [&](const KernelKind *k) { return k && k->kind == kind; });
    return found == std::end(kinds) ? nullptr : *found;
}

} // namespace espalier
