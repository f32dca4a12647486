// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/modelreport.h"
#include "app/cli/options.h"
#include "app/cli/output.h"

namespace espalier::cli {

namespace {

struct Given
{
    std::string model;
    bool json = false;
};

Result<void> run(const Given &given)
{
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    return print(given.json ? modelJsonText(*model) : modelText(*model));
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, a .tflite file");
    options.flag("--json", given->json, "One JSON document on standard output");
    return [given] { return run(*given); };
}

} // namespace

extern const Command inspectCommand;
const Command inspectCommand = {"inspect", "Tensors, operators, sizes, MACs, parameters, what is unsupported and why",
                                declare};

} // namespace espalier::cli
