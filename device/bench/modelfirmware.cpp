// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/modelfirmware.h"

#include "device/bench/binding.h"

namespace espalier::device {

Result<FirmwareImage> buildFirmware(const ArmToolchain &toolchain, const ExecutionPlan &plan, const ArmTarget &target,
                                    bool profile, const std::filesystem::path &folder, const Progress &progress)
{
    static const std::string name = "model";
    return toolchain.build(printSources(plan, name), printBinding(plan, name, profile), target, profile, folder,
                           progress);
}

Result<FirmwareImage> buildFirmware(const ArmToolchain &toolchain, const Model &model, const ArmTarget &target,
                                    const std::filesystem::path &folder, const Progress &progress)
{
    const auto plan = makePlan(model, target.family, target.forms);
    if (!plan)
        return plan.error();
    return buildFirmware(toolchain, *plan, target, false, folder, progress);
}

} // namespace espalier::device
