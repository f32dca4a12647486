// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/inputscaling.h"
#include "core/graph/model.h"
#include "core/study/row.h"

#include <filesystem>
#include <string>

namespace espalier::cli {

/// A model with the bytes of its file.
struct ModelFile
{
    ModelPtr model;
    SharedBytes bytes;
    std::filesystem::path path;
    std::string name() const { return path.filename().string(); }
};
Result<ModelFile> loadModel(const std::string &path);

/// The scaling that was typed, or what model and data imply where nothing was, with a sentence that says why.
Result<ImpliedScaling> chosenScaling(const std::string &typed, const Model &model, const Dataset &data);

/// A row that says which model and data it is about: the original, not measured yet.
Row originalRow(const ModelFile &model, const DatasetPtr &data);

} // namespace espalier::cli
