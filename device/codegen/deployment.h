// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

#include <filesystem>
#include <span>
#include <string_view>

namespace espalier::device {

/// A way to hand a model to a product: sources or images in a folder. One file and one line in deployments.def.
struct Deployment
{
    std::string_view id;      ///< "c", "arduino", "pico"
    std::string_view summary; ///< what the folder holds
    /// Creates `folder` where it is absent; files are written whole or not at all.
    Result<void> (*write)(const ModelPtr &model, const std::filesystem::path &folder);
};

std::span<const Deployment *const> deployments();
const Deployment *findDeployment(std::string_view id);

} // namespace espalier::device
