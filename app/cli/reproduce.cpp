// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/boardchoice.h"
#include "core/study/reproduction.h"

#include "app/cli/command.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/base/text.h"
#include "core/exporters/csvtable.h"
#include "core/exporters/latextable.h"
#include "core/exporters/markdowntable.h"
#include "core/exporters/plaintable.h"
#include "core/exporters/reporttables.h"
#include "core/exporters/rowjson.h"
#include "device/boards/board.h"

#include <nlohmann/json.hpp>

namespace espalier::cli {

namespace {

using Json = nlohmann::ordered_json;

/// Where Debian's package dataset-fashion-mnist puts its files.
constexpr const char *fashionMnist = "/usr/share/datasets/fashion-mnist";
constexpr std::size_t quickSamples = 2000;

struct Given
{
    std::string table, model, data, scaling, board, csv, markdown, latex;
    std::int64_t epochs = 0, seed = 0, threads = 0;
    bool quick = false, json = false, runner = false;
};

std::vector<std::string> tableIds()
{
    std::vector<std::string> ids;
    for (const PaperTable *table : paperTables())
        ids.emplace_back(table->id);
    return ids;
}

Json document(const Reproduction &reproduction)
{
    Json rows = Json::array();
    for (const ReproducedRow &row : reproduction.rows) {
        Json columns = Json::array();
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            const std::string_view published = row.paper->published[i];
            columns.push_back({{"title", reproduction.table->columns[i].title},
                               {"here", row.cells[i].empty() ? Json() : Json(row.cells[i])},
                               {"paper", published.empty() ? Json() : Json(published)},
                               {"paper_source", "published"}});
        }
        rows.push_back({{"title", row.paper->title},
                        {"columns", std::move(columns)},
                        {"measured", toJson(row.row)},
                        {"original", toJson(row.original)}});
    }
    return {{"table", reproduction.table->id},
            {"title", reproduction.table->title},
            {"notes", reproduction.notes},
            {"rows", std::move(rows)}};
}

Result<DatasetPtr> dataOf(const Given &given, const PaperTable &table, const Progress &progress)
{
    if (!given.data.empty())
        return openDataset(given.data, progress);
    std::error_code ignored;
    if (table.takesSeries)
        return invalidArgument("reproduce " + given.table +
                               ": --data is missing: give a data set of series, say of a motion sensor");
    if (!std::filesystem::is_directory(fashionMnist, ignored))
        return unusableInput(
            "reproduce " + given.table +
            ": there is no data set: install the Debian package dataset-fashion-mnist, or give --data");
    return openDataset(fashionMnist, progress);
}

Result<void> run(const Given &given)
{
    ReproductionRequest request;
    request.table = findPaperTable(given.table);
    if (!request.table)
        return invalidArgument("there is no table '" + given.table + "'; known are " + joined(tableIds(), ", ") + "." +
                               didYouMean(given.table, tableIds()));
    for (const std::string &path : {given.csv, given.markdown, given.latex})
        if (!path.empty())
            if (const Result<void> writable = checkTarget(path); !writable)
                return writable;
    std::string board = given.board.empty() ? std::string(request.table->board) : given.board;
    if (given.runner && given.board.empty())
        board = BoardChoice::of(board).board; // which only counts
    if (!request.table->board.empty()) {
        const Result<BoardInfo> info = device::boardInfo(board);
        if (!info)
            return info.error();
        if (const std::string &missing = given.runner ? info->missingForRunner : info->missing; !missing.empty())
            return missingTool(board + " cannot be used now: " + missing);
    }
    Result<Reproduction> reproduction = Reproduction();
    {
        const ProgressLine line;
        const Result<DatasetPtr> data = dataOf(given, *request.table, line.progress());
        if (!data)
            return data.error();
        request.data = *data;
        if (!given.model.empty()) {
            const Result<ModelFile> model = loadModel(given.model);
            if (!model)
                return model.error();
            const Result<ImpliedScaling> scaling = chosenScaling(given.scaling, *model->model, **data);
            if (!scaling)
                return scaling.error();
            request.model = model->model;
            request.scaling = scaling->scaling;
        }
        request.board = board;
        request.quick = given.quick ? quickSamples : 0;
        request.epochs = int(given.epochs);
        request.seed = std::uint64_t(given.seed);
        request.threads = int(given.threads);
        const auto bench = [&](const ModelPtr &model, const std::string &id, BenchOptions options,
                               const Progress &progress) {
            options.useRunner = given.runner;
            return device::benchmark(model, id, options, progress);
        };
        reproduction = reproduce(request, bench, line.progress());
    }
    if (!reproduction)
        return reproduction.error();
    const TextTable table = reproductionTable(*reproduction);
    Result<void> first = print(given.json ? jsonText(document(*reproduction)) : plainText(table));
    // One file that cannot be written does not keep the others from being there.
    const auto write = [&](const std::string &path, const std::string &text) {
        const Result<void> written = path.empty() ? Result<void>() : writeFile(path, text);
        if (first && !written)
            first = written;
    };
    write(given.csv, csvText(table));
    write(given.markdown, markdownText(table));
    write(given.latex, latexText(table));
    return first;
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("TABLE", given->table, "The table: " + joined(tableIds(), ", "));
    options.text("--model", given->model, "M", "A model for all rows; default: each row's is trained here");
    options.text("--data", given->data, "DATA", "The data set; default: Fashion-MNIST where it is installed");
    options.text("--board", given->board, "B", "Another board for tables that have one");
    options.flag("--runner", given->runner, "Measures on the board by its resident runner: needs no compiler");
    options.flag("--quick", given->quick,
                 "Trains and tests on " + std::to_string(quickSamples) + " samples, to see how it works");
    options.whole("--epochs", given->epochs, "Of the models that are trained; default 5, or 50 for series", 1, 100000);
    options.text("--csv", given->csv, "F.csv", "Writes the table");
    options.text("--markdown", given->markdown, "F.md", "Writes the table");
    options.text("--latex", given->latex, "F.tex", "Writes the table");
    options.text("--scaling", given->scaling, "S",
                 "How raw values become the input's of --model; default: what model and data imply");
    options.whole("--seed", given->seed, "Seed of first weights and what is drawn at random");
    options.whole("--threads", given->threads, "Threads; 0 means one per processor", 0, 1024);
    options.flag("--json", given->json, "One JSON document on standard output");
    std::string remark;
    for (const PaperTable *table : paperTables())
        remark += std::string(table->id) + ": " + std::string(table->title) + "\n";
    options.remark(remark);
    return [given] { return run(*given); };
}

} // namespace

extern const Command reproduceCommand;
const Command reproduceCommand = {"reproduce", "Fills a paper's table with figures measured here, beside the paper's",
                                  declare};

} // namespace espalier::cli
