// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/graph/model.h"

#include <optional>
#include <string>

namespace espalier {

/// What leaving out zeros is worth on this host: milliseconds of one image on one thread, both sides in turns within
/// one run, the best turn of each.
struct SparseTimes
{
    double denseMs = 0, sparseMs = 0; ///< the whole model in our engine
    int layers = 0;                   ///< that run sparsely in it

    /// Those of the layers that are 1×1 convolutions, each by XNNPACK's own operators; their times summed.
    struct Xnnpack
    {
        int layers = 0;
        double denseMs = 0, sparseMs = 0;
    };
    std::optional<Xnnpack> xnnpack;
    std::string whyNoXnnpack; ///< a clause, where there is none

    std::string text() const; ///< sentences
};

/// For a model with a sparse hint. Errors: the model does not run; cancelled.
Result<SparseTimes> sparseTimes(const ModelPtr &model, const Progress &progress = {});

} // namespace espalier
