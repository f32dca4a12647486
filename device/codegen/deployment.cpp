// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/codegen/deployment.h"

#include <algorithm>
#include <vector>

namespace espalier::device {

#define DEPLOYMENT(symbol, file) extern const Deployment symbol;
#include "device/codegen/deployments.def"
#undef DEPLOYMENT

std::span<const Deployment *const> deployments()
{
    static const std::vector<const Deployment *> all = {
#define DEPLOYMENT(symbol, file) &symbol,
#include "device/codegen/deployments.def"
#undef DEPLOYMENT
    };
    return all;
}

const Deployment *findDeployment(std::string_view id)
{
    const auto all = deployments();
    const auto found = std::ranges::find(all, id, &Deployment::id);
    return found == all.end() ? nullptr : *found;
}

} // namespace espalier::device
