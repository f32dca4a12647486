// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <exception>
#include <new>

namespace espalier {

/// Calls `work`, which returns a Result, and turns what it may throw into an error: a variant that needs more memory
/// than there is fails alone, beside the others' results.
template <class Work>
auto guarded(const Work &work) -> decltype(work())
{
    try {
        return work();
    } catch (const std::bad_alloc &) {
        return failed("there is not enough memory for it; close other programs or take a smaller model");
    } catch (const std::exception &thrown) {
        return failed(std::string("it ended unexpectedly: ") + thrown.what());
    }
}

} // namespace espalier
