// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "core/base/text.h"
#include "core/formats/modelformat.h"
#include "device/codegen/deployment.h"

namespace espalier::cli {

namespace {

namespace fs = std::filesystem;

struct Given
{
    std::string model, format, folder;
};

std::vector<std::string> formatIds()
{
    std::vector<std::string> ids;
    for (const device::Deployment *deployment : device::deployments())
        ids.emplace_back(deployment->id);
    ids.emplace_back("tflite");
    return ids;
}

Result<void> exportTflite(const ModelFile &model, const fs::path &folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return failed("cannot create folder '" + folder.string() + "': " + error.message());
    return writeModel(*model.model, folder / model.path.stem().concat(".tflite"));
}

Result<void> run(const Given &given)
{
    const std::vector<std::string> known = formatIds();
    const device::Deployment *deployment = device::findDeployment(given.format);
    if (!deployment && given.format != "tflite")
        return invalidArgument("there is no format '" + given.format + "'; known are " + joined(known, ", ") + "." +
                               didYouMean(given.format, known));
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    const Result<void> written =
        deployment ? deployment->write(model->model, given.folder) : exportTflite(*model, given.folder);
    return written ? print("wrote " + given.format + " for " + model->name() + " to " + given.folder + "\n") : written;
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, a .tflite file");
    options.text("--format", given->format, "F", "What to write: " + joined(formatIds(), ", "),
                 Options::Need::required);
    options.text("--output,-o", given->folder, "DIR", "The folder; it is made where it is absent",
                 Options::Need::required);
    std::string remark;
    for (const device::Deployment *deployment : device::deployments())
        remark += std::string(deployment->id) + ": " + std::string(deployment->summary) + "\n";
    options.remark(remark + "tflite: the model as this program writes it");
    return [given] { return run(*given); };
}

} // namespace

extern const Command exportCommand;
const Command exportCommand = {"export", "Writes deployable sources or images", declare};

} // namespace espalier::cli
