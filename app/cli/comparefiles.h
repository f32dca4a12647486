// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/study/row.h"

#include <span>
#include <string>

namespace espalier::cli {

/// The files that a comparison leaves; empty paths are not written.
struct CompareFiles
{
    std::string csv, markdown, latex, plot;
    bool relative = false;    ///< Markdown and LaTeX show figures against the original
    std::string plotX, plotY; ///< keys of the plot's columns; empty: size or flash, and accuracy
};

/// An error where one of them could not be written or the plot's columns are no figures, told before the work.
Result<void> check(const CompareFiles &files);

/// Writes them all, each whole or not at all.
Result<void> write(const CompareFiles &files, std::span<const Row> rows);

} // namespace espalier::cli
