// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/curvesfile.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/progressline.h"
#include "core/exporters/rowjson.h"
#include "core/formats/modelformat.h"
#include "core/study/figureformat.h"
#include "core/study/hostmeasure.h"
#include "core/techniques/recipe.h"

#include <nlohmann/json.hpp>

namespace espalier::cli {

namespace {

struct Given
{
    std::string model, recipe, data, scaling, output, curves;
    std::int64_t seed = 0, threads = 0;
    bool json = false;
};

/// What the recipe may use of the data that was given.
Result<void> openData(const Given &given, const Model &model, TechniqueContext &context)
{
    if (given.data.empty())
        return {};
    Result<DatasetPtr> data = openDataset(given.data, context.progress);
    if (!data)
        return data.error();
    const Result<ImpliedScaling> scaling = chosenScaling(given.scaling, model, **data);
    if (!scaling)
        return scaling.error();
    context.data = *std::move(data);
    context.scaling = scaling->scaling;
    return {};
}

Result<void> run(const Given &given)
{
    const Result<Recipe> recipe = Recipe::parse(given.recipe);
    if (!recipe)
        return recipe.error();
    if (const Result<void> writable = checkTarget(given.output); !writable)
        return writable;
    if (!given.curves.empty())
        if (const Result<void> writable = checkTarget(given.curves); !writable)
            return writable;
    const Result<ModelFile> model = loadModel(given.model);
    if (!model)
        return model.error();
    ThreadPool pool(int(given.threads));
    const ProgressLine line;
    TechniqueContext context{nullptr, {}, std::uint64_t(given.seed), pool, line.progress()};
    if (const Result<void> opened = openData(given, *model->model, context); !opened)
        return opened;
    CurvesFile curves = CurvesFile::ofRecipes(given.curves);
    context.epochFinished = [&](const TrainedEpoch &epoch) { curves.add(*recipe, epoch); };
    const Result<ModelPtr> variant = recipe->apply(model->model, context);
    if (!variant)
        return variant.error();
    if (const Result<void> written = writeModel(**variant, given.output); !written)
        return written;
    if (!curves.outcome())
        return curves.outcome();

    Row before = originalRow(*model, context.data), after = before;
    after.set(Column::variant, recipe->label());
    after.set(Column::recipe, recipe->text());
    after.set(Column::seed, given.seed);
    const Result<Bytes> file = readFile(given.output);
    if (!file)
        return file.error();
    if (const Result<void> measured = measureModel(before, *model->model, model->bytes); !measured)
        return measured;
    if (const Result<void> measured = measureModel(after, **variant, std::make_shared<const Bytes>(*file)); !measured)
        return measured;
    if (given.json) {
        nlohmann::ordered_json document = toJson(after);
        document["output"] = given.output;
        document["notes"] = context.notes;
        return print(jsonText(document));
    }
    const auto line2 = [&](const char *title, Column column) {
        return std::string("  ") + title + figureText(column, before.number(column).value_or(0)) + " → " +
               figureText(column, after.number(column).value_or(0)) + "\n";
    };
    std::string text = given.output + ": " + recipe->label() + " of " + model->name() + "\n\n";
    text += line2("size        ", Column::sizeBytes) + line2("zipped      ", Column::zippedBytes) +
            line2("zeros       ", Column::sparsity) + line2("parameters  ", Column::parameters);
    for (const std::string &note : context.notes)
        text += "  note        " + note + "\n";
    return print(text);
}

Action declare(Options &options)
{
    const auto given = std::make_shared<Given>();
    options.word("MODEL", given->model, "The model, a .tflite file");
    options.text("--recipe", given->recipe, "R", "Techniques to apply, one after another: 'a key=value | b'",
                 Options::Need::required);
    options.text("--output,-o", given->output, "OUT.tflite", "Where the variant is written", Options::Need::required);
    options.text("--data", given->data, "DATA", "The data set, for techniques that need one");
    options.text("--scaling", given->scaling, "S",
                 "How raw values become the input's; default: what model and data imply");
    options.text("--curves", given->curves, "F.csv", "Writes loss and accuracy of every epoch of steps that train");
    options.whole("--seed", given->seed, "Seed of what is drawn at random");
    options.whole("--threads", given->threads, "Threads; 0 means one per processor", 0, 1024);
    options.flag("--json", given->json, "One JSON document on standard output");
    return [given] { return run(*given); };
}

} // namespace

extern const Command applyCommand;
const Command applyCommand = {"apply", "Applies a recipe and writes the variant", declare};

} // namespace espalier::cli
