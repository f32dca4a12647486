// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/train.h"
#include "app/cli/choice.h"
#include "app/cli/command.h"
#include "app/cli/curvesfile.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/base/text.h"
#include "core/data/labelkind.h"
#include "core/engine/engine.h"
#include "core/exporters/rowjson.h"
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "core/study/figureformat.h"
#include "core/train/architectures/architecture.h"
#include "core/train/trainingnetwork.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Given
{
    std::string architecture, data, output;
    std::int64_t epochs = TrainOptions().epochs, batch = TrainOptions().batch, seed = 0, threads = 0;
    double learningRate = 0, momentum = OptimizerSettings().momentum;
    std::string optimizer = "sgd", schedule = "cosine", checkpoint, resume, curves;
    double width = 1, warmUp = 0, weightDecay = 0, clip = 0, smoothing = 0, validation = 0, jitter = 0, scale = 0;
    std::int64_t patience = 0, shift = 0, cutOut = 0, timeShift = 0;
    bool nesterov = false, flip = false, json = false;
};

constexpr double rateOfAdam = 0.001; // its authors' default

Result<TrainOptions> trainOptions(const Given &given)
{
    const Result<int> optimizer = choice("--optimizer", given.optimizer, {"sgd", "adam", "adamw"});
    if (!optimizer)
        return optimizer.error();
    const Result<int> schedule = choice("--schedule", given.schedule, {"cosine", "constant", "step"});
    if (!schedule)
        return schedule.error();
    TrainOptions options;
    options.epochs = int(given.epochs);
    options.batch = int(given.batch);
    if (given.learningRate > 0)
        options.learningRate = given.learningRate;
    else if (Optimizer(*optimizer) != Optimizer::sgd)
        options.learningRate = rateOfAdam;
    options.schedule = {RateSchedule(*schedule), given.warmUp};
    options.optimizer = {Optimizer(*optimizer), given.momentum, given.nesterov, given.weightDecay};
    options.clipNorm = given.clip;
    options.labelSmoothing = given.smoothing;
    options.validation = given.validation;
    options.patience = int(given.patience);
    options.augmentation = {int(given.shift), given.flip,  int(given.cutOut),
                            given.jitter,     given.scale, int(given.timeShift)};
    options.seed = std::uint64_t(given.seed);
    options.checkpoint = given.checkpoint;
    options.resume = given.resume;
    return options;
}

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
    std::string text = "epoch " + std::to_string(epoch.epoch) + " of " + std::to_string(epochs) + ": loss " +
                       loss.text(epoch.trainLoss);
    if (epoch.trainAccuracy)
        text += ", accuracy on training data " + figureText(Column::accuracy, *epoch.trainAccuracy);
    if (epoch.validationLoss)
        text += ", on samples kept back loss " + loss.text(*epoch.validationLoss);
    if (epoch.validationAccuracy)
        text += ", accuracy " + figureText(Column::accuracy, *epoch.validationAccuracy);
    return text + "\n";
}

Result<Evaluation> testAccuracy(const ModelPtr &model, const Dataset &data, ThreadPool &pool, const Progress &progress)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        return program.error();
    const Tensor &input = model->main()[model->main().inputs[0]];
    return evaluate(*program, data.test, labelKindFor(model->main(), data), impliedScaling(input, data.test).scaling,
                    pool, progress);
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
    Result<TrainOptions> options = trainOptions(given);
    if (!options)
        return options.error();
    for (const std::string &target : {given.curves, given.checkpoint})
        if (!target.empty())
            if (const Result<void> writable = checkTarget(target); !writable)
                return writable;
    const ProgressLine line;
    const Result<DatasetPtr> data = openDataset(given.data, line.progress());
    if (!data)
        return data.error();
    Dataset samples = **data;
    if (architecture->reproducesInput)
        samples.labelKind = LabelKind::anomaly; // learns its input, whatever the labels are
    if (samples.train.count == 0 || (samples.train.labels.empty() && !architecture->reproducesInput))
        return unusableInput("'" + given.data + "' has no labelled training samples");
    const Result<Untrained> untrained =
        architecture->build({(*data)->train.shape, (*data)->classes, std::uint64_t(given.seed), given.width});
    if (!untrained)
        return untrained.error();
    options->layers = untrained->layers;

    ThreadPool pool(int(given.threads));
    Json epochs = Json::array();
    Result<void> printed;
    CurvesFile curves = given.resume.empty() ? CurvesFile(given.curves) : CurvesFile::ofResumed(given.curves);
    const auto epochFinished = [&](const EpochResult &epoch) {
        epochs.push_back({{"epoch", epoch.epoch}, {"loss", epoch.trainLoss}});
        if (epoch.trainAccuracy)
            epochs.back()["accuracy"] = *epoch.trainAccuracy;
        if (epoch.validationLoss)
            epochs.back()["validation_loss"] = *epoch.validationLoss;
        if (epoch.validationAccuracy)
            epochs.back()["validation_accuracy"] = *epoch.validationAccuracy;
        curves.add(epoch);
        if (!given.json && printed)
            printed = print(epochText(epoch, given.epochs));
    };
    const Result<ModelPtr> model = train(untrained->model, samples, *options, pool, epochFinished, line.progress());
    if (!model)
        return model.error();
    if (const Result<void> written = writeModel(**model, given.output); !written)
        return written;
    const LabelKind labels = labelKindFor((*model)->main(), **data);
    const bool isAnomaly = labels == LabelKind::anomaly;
    const bool tested = (*data)->test.count > 0 && !(*data)->test.labels.empty() && labels != LabelKind::unrelated;
    const Result<Evaluation> evaluation =
        tested ? testAccuracy(*model, **data, pool, line.progress()) : Result<Evaluation>(Evaluation());
    if (!evaluation)
        return evaluation.error();
    for (const Result<void> &result : {printed, curves.outcome()})
        if (!result)
            return result;
    if (given.json)
        return print(jsonText({{"model", given.output},
                               {"architecture", given.architecture},
                               {"data", (*data)->name},
                               {"seed", given.seed},
                               {"epochs", std::move(epochs)},
                               {"samples", evaluation->samples},
                               {"accuracy", tested ? Json(evaluation->accuracy) : Json(nullptr)}}));
    if (isAnomaly && tested)
        return print(given.output + ": area under the ROC curve " + numberText(evaluation->accuracy) + " on " +
                     std::to_string(evaluation->samples) + " test samples\n");
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
    options.real("--width", given->width, "Times the channels of a network that scales; default 1", 0.01, 16);
    options.whole("--epochs", given->epochs,
                  "Times that all training samples are seen; default " + std::to_string(given->epochs), 1, 100000);
    options.whole("--seed", given->seed, "Seed of first weights and order; the same gives the same model");
    options.whole("--batch", given->batch, "Samples per step; default " + std::to_string(given->batch), 1,
                  TrainingNetwork::largestBatch);
    options.real("--learning-rate", given->learningRate,
                 "At the start, falling to 0; default " + numberText(TrainOptions().learningRate) +
                     ", of adam and adamw " + numberText(rateOfAdam),
                 1e-9, 100);
    options.text("--optimizer", given->optimizer, "O", "sgd, adam or adamw; default sgd");
    options.real("--momentum", given->momentum, "Of sgd; default " + numberText(given->momentum), 0, 1);
    options.flag("--nesterov", given->nesterov, "Of sgd: look one step of momentum ahead");
    options.real("--weight-decay", given->weightDecay, "Default 0", 0, 1);
    options.text("--schedule", given->schedule, "S",
                 "Of the learning rate: cosine (to 0), constant, or step (a tenth from half of the steps on, a "
                 "hundredth from three quarters on); default cosine");
    options.real("--warm-up", given->warmUp, "Share of the steps in which the learning rate grows", 0, 0.99);
    options.real("--clip", given->clip, "Largest norm of the derivatives of a step; 0 means any", 0, 1e9);
    options.real("--label-smoothing", given->smoothing, "Share of each label spread over all classes", 0, 0.99);
    options.real("--validation", given->validation, "Share of the training samples kept back to judge each epoch", 0,
                 0.99);
    options.whole("--patience", given->patience,
                  "Stop after so many epochs without a lower loss on the samples kept back; 0 means never", 0, 100000);
    options.whole("--shift", given->shift, "Images: move by up to so many pixels", 0, 1000);
    options.flag("--flip", given->flip, "Images: swap left and right every other time");
    options.whole("--cut-out", given->cutOut, "Images: blank a square of so many pixels", 0, 1000);
    options.real("--jitter", given->jitter, "Series: noise of this standard deviation", 0, 1e6);
    options.real("--scale", given->scale, "Series: times a factor within 1 +- this", 0, 1);
    options.whole("--time-shift", given->timeShift, "Series: move by up to so many steps", 0, 100000);
    options.text("--checkpoint", given->checkpoint, "F", "Written after every epoch, to go on from");
    options.text("--resume", given->resume, "F",
                 "Go on from this checkpoint, to the same bits; the rest of the command line as it was");
    options.text("--curves", given->curves, "F.csv", "Loss and accuracy of every epoch; --resume keeps those before");
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
