// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/train.h"
#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/base/text.h"
#include "core/engine/engine.h"
#include "core/exporters/rowjson.h"
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "core/study/figureformat.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Given
{
    std::string architecture, data, output;
    std::int64_t epochs = TrainOptions().epochs, batch = TrainOptions().batch, seed = 0, threads = 0;
    double learningRate = TrainOptions().learningRate, momentum = OptimizerSettings().momentum;
    bool json = false;
};

std::vector<std::string> architectureIds()
{
    std::vector<std::string> ids;
    for (const Architecture *architecture : architectures())
        ids.emplace_back(architecture->id);
    return ids;
}

std::string epochText(const EpochResult &epoch, std::int64_t epochs)
{
    FigureFormat loss;
    loss.decimals = 4;
    return "epoch " + std::to_string(epoch.epoch) + " of " + std::to_string(epochs) + ": loss " +
           loss.text(epoch.trainLoss) + ", accuracy on training data " +
           figureText(Column::accuracy, epoch.trainAccuracy) + "\n";
}

Result<Evaluation> testAccuracy(const ModelPtr &model, const Dataset &data, ThreadPool &pool, const Progress &progress)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        return program.error();
    const Tensor &input = model->main()[model->main().inputs[0]];
    return evaluate(*program, data.test, data.labelKind, impliedScaling(input, data.test).scaling, pool, progress);
}

Result<void> run(const Given &given)
{
    const Architecture *architecture = findArchitecture(given.architecture);
    if (!architecture) {
        const std::vector<std::string> known = architectureIds();
        return invalidArgument("there is no architecture '" + given.architecture + "'; known are " +
                               joined(known, ", ") + "." + didYouMean(given.architecture, known));
    }
    if (const Result<void> writable = checkTarget(given.output); !writable)
        return writable;
    const ProgressLine line;
    const Result<DatasetPtr> data = openDataset(given.data, line.progress());
    if (!data)
        return data.error();
    if ((*data)->train.count == 0 || (*data)->train.labels.empty())
        return unusableInput("'" + given.data + "' has no labelled training samples");
    Result<Model> untrained = architecture->build((*data)->train.shape, (*data)->classes, std::uint64_t(given.seed));
    if (!untrained)
        return untrained.error();

    TrainOptions options;
    options.epochs = int(given.epochs);
    options.batch = int(given.batch);
    options.learningRate = given.learningRate;
    options.optimizer.momentum = given.momentum;
    options.seed = std::uint64_t(given.seed);
    ThreadPool pool(int(given.threads));
    Json epochs = Json::array();
    Result<void> printed;
    const auto epochFinished = [&](const EpochResult &epoch) {
        epochs.push_back({{"epoch", epoch.epoch}, {"loss", epoch.trainLoss}, {"accuracy", epoch.trainAccuracy}});
        if (!given.json && printed)
            printed = print(epochText(epoch, given.epochs));
    };
    const Result<ModelPtr> model = train(std::make_shared<const Model>(*std::move(untrained)), **data, options, pool,
                                         epochFinished, line.progress());
    if (!model)
        return model.error();
    if (const Result<void> written = writeModel(**model, given.output); !written)
        return written;
    const bool tested = (*data)->test.count > 0 && !(*data)->test.labels.empty();
    const Result<Evaluation> evaluation =
        tested ? testAccuracy(*model, **data, pool, line.progress()) : Result<Evaluation>(Evaluation());
    if (!evaluation)
        return evaluation.error();
    if (given.json)
        return print(jsonText({{"model", given.output},
                               {"architecture", given.architecture},
                               {"data", (*data)->name},
                               {"seed", given.seed},
                               {"epochs", std::move(epochs)},
                               {"samples", evaluation->samples},
                               {"accuracy", tested ? Json(evaluation->accuracy) : Json(nullptr)}}));
    if (!printed)
        return printed;
    return print(given.output + (tested ? ": " + figureText(Column::accuracy, evaluation->accuracy) + " of " +
                                              std::to_string(evaluation->samples) + " test samples right\n"
                                        : ": trained\n"));
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.text("--architecture", given->architecture, "A", "The network: " + joined(architectureIds(), ", "),
                 Options::Need::required);
    options.text("--data", given->data, "DATA", "The data set", Options::Need::required);
    options.text("--output,-o", given->output, "M.tflite", "Where the model is written", Options::Need::required);
    options.whole("--epochs", given->epochs,
                  "Times that all training samples are seen; default " + std::to_string(given->epochs), 1, 100000);
    options.whole("--seed", given->seed, "Seed of first weights and order; the same gives the same model");
    options.whole("--batch", given->batch, "Samples per step; default " + std::to_string(given->batch), 1, 65536);
    options.real("--learning-rate", given->learningRate,
                 "At the start, falling to 0; default " + numberText(given->learningRate), 1e-9, 100);
    options.real("--momentum", given->momentum, "Default " + numberText(given->momentum), 0, 1);
    options.whole("--threads", given->threads, "Threads; 0 means one per processor", 0, 1024);
    options.flag("--json", given->json, "One JSON document on standard output");
    std::string remark;
    for (const Architecture *architecture : architectures())
        remark += std::string(architecture->id) + ": " + std::string(architecture->summary) + "\n";
    options.remark(remark);
    return [given] { return run(*given); };
}

} // namespace

extern const Command trainCommand;
const Command trainCommand = {"train", "Trains a model from nothing", declare};

} // namespace espalier::cli
