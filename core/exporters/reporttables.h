// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exporters/texttable.h"
#include "core/study/doctor.h"
#include "core/study/errordebug.h"
#include "core/study/reproduction.h"
#include "core/study/sensitivity.h"

namespace espalier {

/// What a layer may lose to count as untouched, in the column "Holds to".
inline constexpr double toleratedLoss = 0.01;

/// A row for each layer: accuracy in percent at each share, and the share up to which it holds.
TextTable sensitivityTable(const Sensitivity &sensitivity, const std::vector<double> &shares);
/// A row for each tensor: ranges of calibration and test data, what is clipped, bits used, drift.
TextTable diagnosisTable(const Diagnosis &diagnosis);
/// A row for each layer of both models: its error from the input on and alone, and accuracy where it is put back.
TextTable errorTable(const ErrorDebug &debug);
/// A paper's table: for each column our figure and the published one.
TextTable reproductionTable(const Reproduction &reproduction);

} // namespace espalier
