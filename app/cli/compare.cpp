// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/comparefiles.h"
#include "app/cli/comparestudy.h"
#include "app/cli/curvesfile.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/exporters/exporter.h"
#include "core/study/comparison.h"
#include "device/boards/board.h"

#include <algorithm>
#include <map>
#include <optional>

namespace espalier::cli {

namespace {

struct Given
{
    std::string model, data, scaling, study, budgetText, curves;
    std::vector<std::string> recipes, boards;
    CompareFiles files;
    std::int64_t limit = 0, seed = 0, threads = 0;
    bool json = false, resume = false, noHostTime = false, strict = false, runner = false;
};

/// A study in the place of the model gives what the command line does not.
Result<void> takeStudy(Given &given)
{
    const Result<Study> study = readStudy(given.model);
    if (!study)
        return study.error();
    if (given.study.empty())
        given.study = given.model;
    given.model = study->model.string();
    if (given.model.empty())
        return unusableInput("'" + given.study + "' names no model yet");
    if (given.data.empty())
        given.data = study->data.string();
    if (given.scaling.empty() && study->scaling)
        given.scaling = study->scaling->text();
    if (given.recipes.empty())
        for (const Study::Entry &entry : study->recipes)
            if (entry.ticked)
                given.recipes.push_back(entry.recipe.text());
    if (given.boards.empty())
        given.boards = study->boards;
    if (given.budgetText.empty())
        given.budgetText = study->budget.text();
    if (given.seed == 0)
        given.seed = std::int64_t(study->seed);
    if (given.limit == 0)
        given.limit = std::int64_t(study->limit);
    return {};
}

Result<std::vector<Recipe>> parsedRecipes(const std::vector<std::string> &texts)
{
    std::vector<Recipe> recipes;
    for (const std::string &text : texts) {
        Result<Recipe> recipe = Recipe::parse(text);
        if (!recipe)
            return recipe.error();
        // The original comes first anyway; the same twice would only cost time.
        if (!recipe->empty() && std::ranges::find(recipes, *recipe) == recipes.end())
            recipes.push_back(*std::move(recipe));
    }
    return recipes;
}

Result<void> checkBoards(const std::vector<std::string> &boards, bool runner)
{
    for (const std::string &id : boards) {
        const Result<BoardInfo> info = device::boardInfo(id);
        if (!info)
            return info.error();
        if (const std::string &missing = runner ? info->missingForRunner : info->missing; !missing.empty())
            return missingTool(id + " cannot be used now: " + missing);
    }
    return {};
}

BenchFunction benchOn(bool runner)
{
    return [runner](const ModelPtr &model, const std::string &board, BenchOptions options, const Progress &progress) {
        options.useRunner = runner;
        return device::benchmark(model, board, options, progress);
    };
}

Result<std::optional<StudyKeeper>> openStudy(const Given &given, const ComparisonRequest &request,
                                             const std::filesystem::path &model, const Budget &budget)
{
    if (given.study.empty())
        return std::optional<StudyKeeper>();
    Study study;
    study.model = std::filesystem::absolute(model);
    study.modelSha256 = sha256(*request.modelFile);
    if (!given.data.empty())
        study.data = std::filesystem::absolute(given.data);
    if (!given.scaling.empty())
        study.scaling = request.scaling;
    for (const Recipe &recipe : request.recipes)
        study.recipes.push_back({recipe, true});
    study.boards = request.boards;
    study.budget = budget;
    study.seed = request.seed;
    study.limit = request.limit;
    Result<StudyKeeper> keeper = StudyKeeper::open(given.study, std::move(study));
    if (!keeper)
        return keeper.error();
    return std::optional(*std::move(keeper));
}

/// The rows of the whole request, those that were kept in the place of those that were left out.
struct Kept
{
    std::vector<std::vector<Row>> byRecipe; ///< empty where the recipe is measured
    std::size_t count = 0;
};

Kept leaveOutFinished(ComparisonRequest &request, const StudyKeeper &keeper)
{
    Kept kept;
    std::vector<Recipe> open;
    for (const Recipe &recipe : request.recipes) {
        kept.byRecipe.push_back(keeper.finished(recipe, request.boards));
        kept.count += kept.byRecipe.back().size();
        if (kept.byRecipe.back().empty())
            open.push_back(recipe);
    }
    request.recipes = std::move(open);
    return kept;
}

std::vector<Row> merged(const std::vector<Row> &measured, const Kept &kept, std::size_t rowsPerVariant)
{
    if (kept.count == 0)
        return measured;
    auto next = measured.begin();
    const auto takeMeasured = [&](std::vector<Row> &rows) {
        rows.insert(rows.end(), next, next + std::ptrdiff_t(rowsPerVariant));
        next += std::ptrdiff_t(rowsPerVariant);
    };
    std::vector<Row> rows;
    takeMeasured(rows); // the original
    for (const std::vector<Row> &known : kept.byRecipe) {
        if (known.empty())
            takeMeasured(rows);
        else
            rows.insert(rows.end(), known.begin(), known.end());
    }
    return rows;
}

/// Rows that failed stand in the table and say why; the work as a whole failed where nothing came of it.
Result<void> outcome(const std::vector<Row> &rows, bool strict)
{
    const auto failures = std::ranges::count(rows, Status::failed, &Row::status);
    if (std::ranges::count(rows, Status::cancelled, &Row::status) > 0)
        return cancelled();
    if (failures == 0 || (!strict && std::ranges::count(rows, Status::ok, &Row::status) > 0))
        return {};
    const auto first = std::ranges::find(rows, Status::failed, &Row::status);
    return failed(std::to_string(failures) + " of " + std::to_string(rows.size()) + " rows failed, the first is '" +
                  first->text(Column::variant) + "': " + first->text(Column::why));
}

/// "2 of 7 variants keep the budget (flash_bytes<=65536); the best is int8." and nothing without a budget.
std::string budgetSentence(const Budget &budget, const std::vector<Row> &rows)
{
    if (budget.empty())
        return {};
    const BudgetOutcome outcome = outcomeOf(budget, rows);
    std::string text = "\n" + std::to_string(outcome.kept) + " of " + std::to_string(outcome.rows) +
                       " variants keep the budget (" + budget.text() + ")";
    if (outcome.best)
        text += "; the best is " + rows[*outcome.best].text(Column::variant);
    if (outcome.unknown > 0)
        text += "; of " + std::to_string(outcome.unknown) + " a figure that has a limit is missing";
    return text + ".\n";
}

/// What is told below the table.
struct Notes
{
    std::string ofStudy;
    std::map<std::size_t, std::vector<std::string>> ofRows; ///< by index in the rows that were measured

    std::string text(const ComparisonRequest &request) const
    {
        constexpr std::size_t shown = 2; // the rest is more of the same
        const std::vector<std::string> labels = distinctLabels(request.recipes);
        std::string text = ofStudy;
        for (const auto &[row, notes] : ofRows) {
            const std::size_t variant = row / std::max<std::size_t>(1, request.boards.size());
            const std::string label = variant == 0 ? Recipe().label() : labels[variant - 1];
            for (std::size_t i = 0; i < std::min(notes.size(), shown); ++i)
                text += label + ": " + notes[i] + "\n";
            if (notes.size() > shown)
                text += label + ": and " + std::to_string(notes.size() - shown) +
                        " more notes; 'espalier apply' tells them all\n";
        }
        return text.empty() ? text : "\n" + text;
    }
};

Result<void> run(Given given)
{
    if (std::filesystem::path(given.model).extension() == ".espalier")
        if (const Result<void> taken = takeStudy(given); !taken)
            return taken;
    if (given.resume && given.study.empty())
        return invalidArgument("compare: --resume needs --study, the file that has the finished rows.");
    const Result<Budget> budget = Budget::parse(given.budgetText);
    if (!budget)
        return budget.error();
    ComparisonRequest request;
    Result<std::vector<Recipe>> recipes = parsedRecipes(given.recipes);
    if (!recipes)
        return recipes.error();
    request.recipes = *std::move(recipes);
    if (const Result<void> writable = check(given.files); !writable)
        return writable;
    if (!given.curves.empty())
        if (const Result<void> writable = checkTarget(given.curves); !writable)
            return writable;
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    if (const Result<void> usable = checkBoards(given.boards, given.runner); !usable)
        return usable;
    request.model = model->model;
    request.modelName = model->name();
    request.modelFile = model->bytes;
    request.boards = given.boards;
    request.hardwareOf = device::hardwareOf;
    request.limit = std::size_t(given.limit);
    request.seed = std::uint64_t(given.seed);
    request.threads = int(given.threads);
    request.measureHostTime = !given.noHostTime;

    Notes notes;
    std::vector<Row> rows;
    Result<void> kept;
    CurvesFile curves = CurvesFile::ofRecipes(given.curves);
    {
        const ProgressLine line;
        if (!given.data.empty()) {
            Result<DatasetPtr> data = openDataset(given.data, line.progress());
            if (!data)
                return data.error();
            const Result<ImpliedScaling> scaling = chosenScaling(given.scaling, *model->model, **data);
            if (!scaling)
                return scaling.error();
            request.scaling = scaling->scaling;
            request.data = *std::move(data);
        }
        Result<std::optional<StudyKeeper>> keeper = openStudy(given, request, model->path, *budget);
        if (!keeper)
            return keeper.error();
        Kept known;
        if (given.resume)
            known = leaveOutFinished(request, **keeper);
        if (known.count > 0)
            notes.ofStudy =
                std::to_string(known.count) + " rows are taken from '" + given.study + "', not measured again.\n";
        ComparisonEvents events;
        events.rowFinished = [&](std::size_t, const Row &row, const ModelPtr &) {
            if (*keeper && kept)
                kept = (*keeper)->take(row);
        };
        events.noted = [&](std::size_t row, const std::string &note) { notes.ofRows[row].push_back(note); };
        events.epochFinished = [&](std::size_t row, const TrainedEpoch &epoch) {
            const Recipe &recipe = request.recipes[row / std::max<std::size_t>(1, request.boards.size()) - 1];
            curves.add(recipe, epoch);
            if (*keeper)
                (*keeper)->follow(recipe, epoch);
        };
        const Result<std::vector<Row>> measured =
            runComparison(request, benchOn(given.runner), events, line.progress());
        if (!measured)
            return measured.error();
        rows = merged(*measured, known, std::max<std::size_t>(1, given.boards.size()));
    }
    const Result<void> written = write(given.files, rows);
    const std::string_view exporter = given.json ? "json" : given.files.relative ? "text-relative" : "text";
    std::string text = findExporter(exporter)->write(rows);
    if (!given.json)
        text += budgetSentence(*budget, rows) + notes.text(request);
    const Result<void> printed = print(text);
    for (const Result<void> &result : {kept, curves.outcome(), written, printed})
        if (!result)
            return result;
    return outcome(rows, given.strict);
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, a .tflite file, or a study to run again, an .espalier file");
    options.text("--data", given->data, "DATA", "The data set; without one there is no accuracy");
    options.texts("--recipe", given->recipes, "R", "A variant: 'a key=value | b'; as often as wanted");
    options.texts("--board", given->boards, "B", "A board to measure on; as often as wanted");
    options.flag("--runner", given->runner, "Measures on boards by their resident runner: needs no compiler");
    options.text("--budget", given->budgetText, "LIMITS",
                 "Tells which variants keep limits: 'flash_bytes<=256KiB accuracy>=0.9'");
    options.text("--csv", given->files.csv, "F.csv", "Writes every column");
    options.text("--markdown", given->files.markdown, "F.md", "Writes the table");
    options.text("--latex", given->files.latex, "F.tex", "Writes the table");
    options.text("--curves", given->curves, "F.csv", "Writes loss and accuracy of every epoch of steps that train");
    options.text("--plot", given->files.plot, "F.svg", "Draws the trade-off");
    options.text("--plot-x", given->files.plotX, "COLUMN",
                 "The plot's x axis; default size_bytes, or flash_bytes with boards");
    options.text("--plot-y", given->files.plotY, "COLUMN", "The plot's y axis; default accuracy");
    options.flag("--relative", given->files.relative, "Shows figures against the original: 75% ↓, 1.94x ↑");
    options.text("--study", given->study, "F.espalier", "Keeps the study there, written after every finished row");
    options.flag("--resume", given->resume, "Takes finished rows from the study and measures only the others");
    options.text("--scaling", given->scaling, "S",
                 "How raw values become the input's; default: what model and data imply");
    options.whole("--limit", given->limit, "At most so many test samples, spread over the set; 0 means all");
    options.whole("--seed", given->seed, "Seed of what is drawn at random");
    options.whole("--threads", given->threads, "Threads; 0 means one per processor", 0, 1024);
    options.flag("--no-host-time", given->noHostTime,
                 "Leaves out the time on this host: then the same command gives "
                 "the same bytes");
    options.flag("--strict", given->strict, "Exit status 1 where any row failed, not only where all did");
    options.flag("--json", given->json, "One JSON document on standard output");
    options.remark("Without --resume every row is measured anew; a row in the study stays until the new one is "
                   "finished. Rows of other recipes and boards in the study are kept.");
    return [given] { return run(*given); };
}

} // namespace

extern const Command compareCommand;
const Command compareCommand = {"compare", "Compares the original and every recipe, on the host and on boards",
                                declare};

} // namespace espalier::cli
