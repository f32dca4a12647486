// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/choice.h"
#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/base/text.h"
#include "core/data/labelkind.h"
#include "core/exporters/rowjson.h"
#include "core/study/figureformat.h"
#include "core/study/hostmeasure.h"

#include <nlohmann/json.hpp>

namespace espalier::cli {

namespace {

struct Given
{
    std::string model, data, scaling, predictions, rounding = "tflm";
    std::int64_t limit = 0, threads = 0;
    bool json = false;
};

/// A line for each sample: its label and what the model said.
std::string predictionLines(const Evaluation &evaluation, const std::vector<std::int32_t> &labels)
{
    const bool classes = !evaluation.predicted.empty();
    std::string text = classes ? "sample,label,predicted\r\n" : "sample,label,score\r\n";
    const std::size_t count = classes ? evaluation.predicted.size() : evaluation.scores.size();
    for (std::size_t i = 0; i < count && i < labels.size(); ++i)
        text += std::to_string(i) + "," + std::to_string(labels[i]) + "," +
                (classes ? std::to_string(evaluation.predicted[i]) : numberText(double(evaluation.scores[i]))) + "\r\n";
    return text;
}

std::string tableText(const Row &row, const Evaluation &evaluation, const HostTime &time, const Dataset &data,
                      const ImpliedScaling &scaling, Rounding rounding)
{
    const std::string measure = evaluation.predicted.empty() ? "AUC        " : "accuracy   ";
    std::string text = row.text(Column::model) + " on " + row.text(Column::data) + ", " +
                       std::to_string(evaluation.samples) + " test samples\n\n";
    text += "  " + measure + figureText(Column::accuracy, evaluation.accuracy);
    if (evaluation.confidence95 > 0)
        text += "  ± " + figureFormat(Column::accuracy, 1).text(evaluation.confidence95) + " (95 % interval)";
    text += "\n  host time  " + figureText(Column::hostMs, time.medianMs) + "  (from " +
            figureText(Column::hostMs, time.minMs) + " to " + figureText(Column::hostMs, time.maxMs) +
            "; one sample, one thread, median of " + std::to_string(time.runs) + " runs)\n";
    text += "  size       " + figureText(Column::sizeBytes, row.number(Column::sizeBytes).value_or(0)) + "\n";
    text += "  input      " + scaling.scaling.text() + "  (" + scaling.why + ")\n";
    if (rounding == Rounding::tflite)
        text += "  rounding   as TensorFlow Lite on a PC; boards give slightly different numbers\n";
    if (!data.division.empty())
        text += "  data       " + data.division + "\n";
    return text;
}

Result<void> run(const Given &given)
{
    const Result<int> word = choice("--rounding", given.rounding, {"tflm", "tflite"});
    if (!word)
        return word.error();
    const auto rounding = Rounding(*word);
    if (!given.predictions.empty())
        if (const Result<void> writable = checkTarget(given.predictions); !writable)
            return writable;
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    const Result<ProgramPtr> program = Program::compile(model->model, rounding);
    if (!program)
        return program.error().in("'" + given.model + "'");
    const ProgressLine line;
    const Result<DatasetPtr> data = openDataset(given.data, line.progress());
    if (!data)
        return data.error();
    if ((*data)->test.count == 0 || (*data)->test.labels.empty())
        return unusableInput("'" + given.data + "' has no labelled test samples to evaluate on");
    const Result<ImpliedScaling> scaling = chosenScaling(given.scaling, *model->model, **data);
    if (!scaling)
        return scaling.error();

    if (labelKindFor(model->model->main(), **data) == LabelKind::unrelated)
        return unusableInput("the model reproduces its input, of which the labels of '" + given.data +
                             "' say nothing: give data labelled 0, normal, and 1, anomalous");

    Row row = originalRow(*model, *data);
    if (const Result<void> measured = measureModel(row, *model->model, model->bytes); !measured)
        return measured;
    ThreadPool pool(int(given.threads));
    const Result<Evaluation> evaluation =
        measureAccuracy(row, *program, **data, scaling->scaling, std::size_t(given.limit), pool, line.progress());
    if (!evaluation)
        return evaluation.error();
    const Result<HostTime> time = measureHostTime(row, *program, line.progress());
    if (!time)
        return time.error();
    if (!given.predictions.empty()) {
        const std::string text = predictionLines(*evaluation, (*data)->test.labels);
        if (const Result<void> written = writeFile(given.predictions, text); !written)
            return written;
    }
    if (!given.json)
        return print(tableText(row, *evaluation, *time, **data, *scaling, rounding));
    nlohmann::ordered_json document = toJson(row);
    document["accuracy_confidence95"] = evaluation->confidence95;
    document["evaluation_seconds"] = evaluation->seconds;
    document["scaling"] = scaling->scaling.text();
    document["rounding"] = given.rounding;
    return print(jsonText(document));
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, a .tflite file");
    options.text("--data", given->data, "DATA", "The data set: a folder or file of a known kind",
                 Options::Need::required);
    options.whole("--limit", given->limit, "At most so many test samples, spread over the set; 0 means all");
    options.text("--scaling", given->scaling, "S",
                 "How raw values become the input's: none, 0..1, -1..1, raw*0.5+1, "
                 "pass-through; default: what model and data imply");
    options.text("--rounding", given->rounding, "R",
                 "How integer models round: tflm, twice, as TensorFlow Lite Micro and boards do (default), or tflite, "
                 "once, as TensorFlow Lite on a PC");
    options.text("--predictions", given->predictions, "F.csv", "Writes label and answer of every sample");
    options.whole("--threads", given->threads, "Threads; 0 means one per processor", 0, 1024);
    options.flag("--json", given->json, "One JSON document on standard output");
    return [given] { return run(*given); };
}

} // namespace

extern const Command evaluateCommand;
const Command evaluateCommand = {"evaluate", "Accuracy (AUC for an autoencoder) and time per inference", declare};

} // namespace espalier::cli
