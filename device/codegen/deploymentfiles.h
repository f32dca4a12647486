// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "device/codegen/sources.h"

#include <filesystem>
#include <string>
#include <vector>

namespace espalier::device {

/// The model's name as a deployment uses it: the folder's own, as an identifier.
std::string nameOf(const std::filesystem::path &folder);

/// The model's sources and the runtime headers they need, all below `prefix` ("" or "src/").
std::vector<SourceFile> modelFiles(const ModelSources &sources, const std::string &prefix);

/// A model's sources for every processor: where families of kernels want different ones, all forms, of which the
/// compiler takes one.
struct ShippedModel
{
    struct Form
    {
        KernelFamily family;
        ExecutionPlan plan;
    };
    std::vector<Form> forms;                   ///< one, or one for each family
    std::vector<SourceFile> files;             ///< all below the prefix
    std::vector<std::string> translationUnits; ///< of those, what is compiled: "src/net_dsp.cpp"

    /// Sentences for people: which RAM and flash the network takes on which processor.
    std::string memoryText() const;
};
Result<ShippedModel> shippedModel(const Model &model, const std::string &name, const std::string &prefix);

/// Creates the folder and writes every file. Where a file cannot be written, the error says which.
Result<void> writeFiles(const std::filesystem::path &folder, const std::vector<SourceFile> &files);

/// The runtime's licence, as a file at the root.
SourceFile licenceFile();

/// C code that fills every input with zeros, runs once and uses the outputs, each line indented by `indent`.
std::string exampleBody(const ExecutionPlan &plan, const std::string &name, const std::string &indent,
                        const std::string &printValue);

} // namespace espalier::device
