// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"

#include <functional>
#include <optional>
#include <string>

namespace espalier {

/// Finds the NumPy array file of a name ("x_test") among those that make a data set: empty where there is none, the
/// name that errors show and the bytes where there is.
struct NamedArray
{
    std::string shownName;
    Bytes file;
};
using ArrayLookup = std::function<Result<std::optional<NamedArray>>(const std::string &name)>;

/// A data set of arrays named x_train, y_train, x_calibration, y_calibration, x_test, y_test, or x and y where nothing
/// is assigned to a split. Calibration may do without labels. Errors name the array.
Result<Dataset> datasetOfArrays(const ArrayLookup &lookup);

} // namespace espalier
