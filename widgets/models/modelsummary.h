// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/bench.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <memory>
#include <vector>

namespace espalier::ui {

/// One operator of a model, as the inspector lists it.
struct OperatorLine
{
    QString typeName;   ///< "CONV_2D"
    QString name;       ///< of its first output
    QString outputType; ///< "int8"
    QString outputShape;
    std::int64_t macs = 0, parameters = 0;
    QString unsupportedWhy; ///< empty where it runs here
};

/// What a person wants to know of a model before anything is measured. Made off the GUI thread.
struct ModelSummary
{
    QString input, output; ///< "float32 1×49×10×1"
    std::int64_t fileBytes = 0, parameters = 0, macs = 0;
    double sparsity = 0;
    int unsupported = 0;
    std::vector<OperatorLine> operators;
    std::vector<BoardFit> fits; ///< on every known board; empty where nobody asked
};

using ModelSummaryPtr = std::shared_ptr<const ModelSummary>;

} // namespace espalier::ui
