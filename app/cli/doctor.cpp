// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/doctor.h"

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/exporters/plaintable.h"
#include "core/exporters/reporttables.h"
#include "core/exporters/rowjson.h"
#include "core/techniques/percent.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Given
{
    std::string model, data, scaling;
    std::int64_t limit = 500;
    bool json = false;
};

Json document(const ModelFile &model, const Dataset &data, const Diagnosis &diagnosis)
{
    Json tensors = Json::array(), coverage = Json::array();
    for (const TensorHealth &t : diagnosis.tensors)
        tensors.push_back({{"tensor", t.name},
                           {"range", {t.minimum, t.maximum}},
                           {"test_range", {t.testMinimum, t.testMaximum}},
                           {"clipped", t.clipped},
                           {"bits_used", t.bitsUsed},
                           {"drift", t.drift}});
    for (const RangeCoverage &point : diagnosis.coverage)
        coverage.push_back({{"samples", point.samples}, {"covered", point.covered}});
    return {{"model", model.name()},
            {"data", data.name},
            {"calibration_samples", diagnosis.calibrationSamples},
            {"test_samples", diagnosis.testSamples},
            {"class_counts", diagnosis.classCounts},
            {"sentences", diagnosis.sentences},
            {"coverage", std::move(coverage)},
            {"tensors", std::move(tensors)}};
}

Result<void> run(const Given &given)
{
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    const ProgressLine line;
    const Result<DatasetPtr> data = openDataset(given.data, line.progress());
    if (!data)
        return data.error();
    const Result<ImpliedScaling> scaling = chosenScaling(given.scaling, *model->model, **data);
    if (!scaling)
        return scaling.error();
    const Result<Diagnosis> diagnosis =
        diagnose(model->model, **data, scaling->scaling, std::size_t(given.limit), line.progress());
    if (!diagnosis)
        return diagnosis.error();
    if (given.json)
        return print(jsonText(document(*model, **data, *diagnosis)));
    TextTable text = diagnosisTable(*diagnosis);
    text.caption = model->name() + ", data " + (*data)->name + ", " + std::to_string(diagnosis->calibrationSamples) +
                   " calibration and " + std::to_string(diagnosis->testSamples) + " test samples";
    return print(plainText(text));
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, float or already int8");
    options.text("--data", given->data, "DATA", "The data set: a folder or file of a known kind",
                 Options::Need::required);
    options.whole("--limit", given->limit, "At most so many calibration and so many test samples", 1);
    options.text("--scaling", given->scaling, "S",
                 "How raw values become the input's; default: what model and data imply");
    options.flag("--json", given->json, "One JSON document on standard output");
    return [given] { return run(*given); };
}

} // namespace

extern const Command doctorCommand;
const Command doctorCommand = {
    "doctor", "Whether the calibration data suit the model: ranges, clipping, drift, balance, in sentences", declare};

} // namespace espalier::cli
