// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arenajson.h"
#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/exporters/plaintable.h"
#include "core/exporters/rowjson.h"
#include "core/graph/ownname.h"
#include "core/study/figureformat.h"
#include "core/study/hostmeasure.h"
#include "device/boards/board.h"

#include <nlohmann/json.hpp>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Given
{
    std::string model, board, data, scaling;
    std::int64_t validate = 0;
    double energyMj = 0;
    bool perLayer = false, runner = false, json = false;
};

Json layerJson(const LayerProfile &layer)
{
    const auto orNull = [](const auto &value) { return value ? Json(*value) : Json(nullptr); };
    return {{"name", layer.name},
            {"type", layer.typeName},
            {"macs", layer.macs},
            {"cycles", orNull(layer.cycles)},
            {"instructions", orNull(layer.instructions)},
            {"per_mac", orNull(layer.perMac())},
            {"best_per_mac", orNull(layer.bestPerMac)},
            {"best_known", layer.bestPerMac ? Json(layer.bestKnown) : Json(nullptr)}};
}

std::string layerTable(const std::vector<LayerProfile> &layers)
{
    TextTable table;
    table.heads = {{"Layer", "", false},       {"Operator", "", false}, {"MACs", "", true}, {"Cycles", "", true},
                   {"Instructions", "", true}, {"per MAC", "", true},   {"best", "", true}};
    FigureFormat twoDecimals;
    twoDecimals.decimals = 2;
    const auto count = [](const auto &value) { return value ? std::to_string(*value) : std::string(); };
    const auto perMac = [&](const std::optional<double> &value) { return value ? twoDecimals.text(*value) : ""; };
    std::vector<std::string> sources; // of the best, each once
    for (const LayerProfile &layer : layers) {
        std::string best = perMac(layer.bestPerMac);
        if (layer.bestPerMac) {
            const auto place = std::ranges::find(sources, layer.bestKnown) - sources.begin();
            if (std::size_t(place) == sources.size())
                sources.push_back(layer.bestKnown);
            best += " [" + std::to_string(place + 1) + "]";
        }
        table.rows.push_back({ownName(layer.name), layer.typeName, std::to_string(layer.macs), count(layer.cycles),
                              count(layer.instructions), perMac(layer.perMac()), best});
    }
    std::string text = plainText(table);
    if (!sources.empty())
        text += "\nBest known for the kind of layer, per MAC of a whole model:\n";
    for (std::size_t i = 0; i < sources.size(); ++i)
        text += "  [" + std::to_string(i + 1) + "] " + sources[i] + "\n";
    return text;
}

std::string tableText(const Row &row, const BoardInfo &board, const BenchRecord &record)
{
    std::string text = row.text(Column::model) + " on " + board.title + "\n\n";
    for (const ColumnInfo &column : columns()) {
        const auto value = row.number(column.column);
        const bool ofBoard = column.column >= Column::latencyMs && column.column <= Column::energyMj;
        if (!value || !(ofBoard || column.column == Column::accuracy || column.column == Column::samples))
            continue;
        std::string title(column.title);
        title.resize(std::max<std::size_t>(title.size() + 2, 16), ' ');
        text += "  " + title + figureText(column.column, *value) + "\n";
    }
    const auto line = [&](const char *title, const std::string &value) {
        if (!value.empty())
            text += std::string("  ") + title + value + "\n";
    };
    line("Outputs         ",
         row.text(Column::fidelity) == "exact" ? "equal the host's, bit for bit" : row.text(Column::fidelity));
    if (const auto &flash = record.flash) {
        const auto part = [](std::int64_t bytes) { return figureText(Column::flashBytes, double(bytes)); };
        line("Flash goes to   ", "weights " + part(flash->weights) + ", other constants " + part(flash->constants) +
                                     ", kernels " + part(flash->kernels) + ", libraries " + part(flash->libraries) +
                                     "; not charged: harness " + part(flash->harness));
    }
    line("Difference      ", row.text(Column::why));
    line("Figures are     ", row.text(Column::timeSource) + (board.meaning.empty() ? "" : ": " + board.meaning));
    line("Measured on     ", row.text(Column::measuredOn));
    return text;
}

Result<void> run(const Given &given)
{
    const Result<BoardInfo> board = device::boardInfo(given.board);
    if (!board)
        return board.error();
    if ((given.validate > 0) == given.data.empty())
        return invalidArgument("benchmark: --data and --validate N belong together: N samples of the data are run on "
                               "the board.");
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    const BoardInfo &info = *board;
    if (const std::string &missing = given.runner ? info.missingForRunner : info.missing; !missing.empty())
        return missingTool(info.id + " cannot be used now: " + missing);
    const ProgressLine line;
    BenchOptions options;
    options.perLayer = given.perLayer;
    options.useRunner = given.runner;
    options.validateSamples = std::size_t(given.validate);
    if (!given.data.empty()) {
        Result<DatasetPtr> data = openDataset(given.data, line.progress());
        if (!data)
            return data.error();
        const Result<ImpliedScaling> scaling = chosenScaling(given.scaling, *model->model, **data);
        if (!scaling)
            return scaling.error();
        options.data = *std::move(data);
        options.scaling = scaling->scaling;
    }
    Row row = originalRow(*model, options.data);
    if (const Result<void> measured = measureModel(row, *model->model, model->bytes); !measured)
        return measured;
    Result<BenchRecord> record = device::benchmark(model->model, given.board, options, line.progress());
    if (!record)
        return record.error();
    if (given.energyMj > 0) {
        record->energyMj = given.energyMj;
        record->energySource = Source::measured;
        record->measuredOn += "; energy as given with --energy-mj";
    }
    fill(row, *record);
    if (!given.json)
        return print(tableText(row, info, *record) + (given.perLayer ? "\n" + layerTable(record->layers) : ""));
    Json document = toJson(row);
    if (given.perLayer) {
        Json &layers = document["layers"] = Json::array();
        for (const LayerProfile &layer : record->layers)
            layers.push_back(layerJson(layer));
        document["arena"] = arenaJson(record->arena);
        if (const auto &flash = record->flash)
            document["flash"] = {{"weights", flash->weights},
                                 {"constants", flash->constants},
                                 {"kernels", flash->kernels},
                                 {"libraries", flash->libraries},
                                 {"harness", flash->harness}};
    }
    return print(jsonText(document));
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, a .tflite file");
    options.text("--board", given->board, "B",
                 "The board; 'espalier boards' lists them. Of several of a kind pico@1-2 is the one on USB port 1-2",
                 Options::Need::required);
    options.text("--data", given->data, "DATA", "A data set whose samples are run on the board");
    options.whole("--validate", given->validate, "So many samples of the data are run on the board");
    options.text("--scaling", given->scaling, "S",
                 "How raw values become the input's; default: what model and data imply");
    options.real(
        "--energy-mj", given->energyMj,
        "Energy of one inference in mJ, from a power meter on the board; without it, it is estimated where the "
        "board's current is known",
        1e-9, 1e9);
    options.flag("--per-layer", given->perLayer, "Also tells what each layer takes");
    options.flag("--runner", given->runner, "Uses the resident runner: needs no compiler");
    options.flag("--json", given->json, "One JSON document on standard output");
    return [given] { return run(*given); };
}

} // namespace

extern const Command benchmarkCommand;
const Command benchmarkCommand = {"benchmark", "Builds, flashes, runs and measures on a board", declare};

} // namespace espalier::cli
