// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/graph/model.h"
#include "device/boards/physicalboard.h"

#include <string>
#include <vector>

namespace espalier::device {

/// One line of the checklist for a board that nobody has tried yet.
struct SelfTestStep
{
    std::string what; ///< "The runner is flashed and read back"
    bool passed = false;
    std::string said; ///< what was seen, or why it failed
    double seconds = 0;
};

/// Goes through the checklist on the board of this kind at this place: finding, flashing, the serial line, fidelity,
/// time, refusal of damage, the record of a fault, restart into the bootloader, an interrupted flash. Steps that follow
/// from a failed one are failed, too. Leaves the resident runner on the board.
std::vector<SelfTestStep> selfTest(FlashHost &host, const PhysicalBoard &board, const std::string &place,
                                   const ModelPtr &model, const Progress &progress);

/// The steps as a Markdown report to attach, with what only a person can try.
std::string selfTestReport(const std::string &title, const std::vector<SelfTestStep> &steps);

} // namespace espalier::device
