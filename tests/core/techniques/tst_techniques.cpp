// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "chainmodel.h"
#include "core/graph/compare.h"
#include "core/techniques/namedrecipes.h"
#include "techniquetest.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <set>

using namespace espalier;
using namespace espalier::test;

/// What every technique keeps, for all that are registered.
class TechniquesTest : public QObject
{
    Q_OBJECT

    /// A recipe in which the technique has something to do.
    static std::string recipeOf(const QString &id)
    {
        return (id == QStringLiteral("sparse-runtime") ? "prune-magnitude sparsity=0.9 | " : "") + id.toStdString();
    }

    /// What a technique finds something to do in.
    static ModelPtr modelFor(const QString &id)
    {
        return id == QStringLiteral("equalize") ? chainModel({}) : sampleModel();
    }

    static void everyTechnique()
    {
        QTest::addColumn<QString>("id");
        for (const Technique *technique : techniques())
            QTest::newRow(technique->id.data()) << QString::fromUtf8(technique->id.data());
    }
private slots:
    void isDescribed_data() { everyTechnique(); }
    void isDescribed()
    {
        QFETCH(QString, id);
        const Technique &technique = *findTechnique(id.toStdString());
        QVERIFY(!technique.title.empty() && !technique.source.empty());
        QVERIFY(technique.summary.ends_with("."));
        const Result<ParameterValues> defaults = ParameterValues::parse(technique.parameters, {});
        QVERIFY(defaults);
        QVERIFY(!technique.label(*defaults).empty());
        for (const ParameterSpec &spec : technique.parameters)
            QVERIFY2(!spec.title.empty() && spec.description.ends_with("."), spec.key.c_str());
    }

    void keepsTheContract_data() { everyTechnique(); }
    void keepsTheContract()
    {
        QFETCH(QString, id);
        ThreadPool one(1), two(2);
        const ModelPtr model = modelFor(id);
        const Result<ModelPtr> result = applied(model, recipeOf(id), one);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(firstDifference(*model, *modelFor(id)), std::string()); // the original is untouched
        const Result<void> sound = verify(**result);
        QVERIFY2(sound, sound ? "" : sound.error().message.c_str());
        QVERIFY(unsupportedOperators(**result).empty());
        QVERIFY(written(*result) != written(model));

        const Result<ModelPtr> again = applied(model, recipeOf(id), two);
        QVERIFY(again);
        QVERIFY(written(*result) == written(*again)); // the same seed, another number of threads
    }

    void tellsEveryEpoch()
    {
        ThreadPool pool(1);
        TechniqueContext context{noise(20), {}, 1, pool, {}};
        std::vector<TrainedEpoch> told;
        context.epochFinished = [&](const TrainedEpoch &epoch) { told.push_back(epoch); };
        const Result<Recipe> recipe = Recipe::parse("finetune epochs=2 patience=5 | quantize-float16 | "
                                                    "prune-channels fraction=0.5 rounds=2 epochs=1");
        QVERIFY(recipe && recipe->apply(sampleModel(), context));
        QCOMPARE(told.size(), 4u);
        for (std::size_t i = 0; i < told.size(); ++i) {
            QCOMPARE(told[i].step, i < 2 ? 1u : 3u);
            QCOMPARE(told[i].result.epoch, int(i) + 1); // through all trainings of the recipe
            QVERIFY(told[i].result.trainLoss > 0);
            QCOMPARE(told[i].result.validationLoss.has_value(), i < 2);
        }
        context.epochs = 0;
        QVERIFY(Recipe::parse("prune-magnitude")->apply(sampleModel(), context));
        QCOMPARE(told.size(), 4u); // which trains nothing
    }

    void stopsWhenCancelled_data() { everyTechnique(); }
    void stopsWhenCancelled()
    {
        QFETCH(QString, id);
        ThreadPool pool(2);
        std::stop_source stop;
        stop.request_stop();
        const Technique &technique = *findTechnique(id.toStdString());
        TechniqueContext context{noise(20), {}, 1, pool, Progress(stop.get_token(), {})};
        const Result<ModelPtr> result =
            technique.apply(sampleModel(), *ParameterValues::parse(technique.parameters, {}), context);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::cancelled);
    }

    void saysWhatDataItLacks_data() { everyTechnique(); }
    void saysWhatDataItLacks()
    {
        QFETCH(QString, id);
        ThreadPool pool(1);
        const bool needsData = findTechnique(id.toStdString())->needs != TechniqueNeeds::nothing;
        const Result<ModelPtr> without = applied(modelFor(id), recipeOf(id), pool, 1, nullptr);
        QCOMPARE(without.has_value(), !needsData);
        if (!needsData)
            return;
        QCOMPARE(without.error().code, ErrorCode::invalidArgument);
        auto empty = std::make_shared<Dataset>(*noise(1));
        empty->calibration = empty->train = {};
        const Result<ModelPtr> withEmpty = applied(modelFor(id), recipeOf(id), pool, 1, empty);
        QVERIFY(!withEmpty);
        QCOMPARE(withEmpty.error().code, ErrorCode::unusableInput);
    }

    void refusesIntegerModels_data() { everyTechnique(); }
    void refusesIntegerModels()
    {
        QFETCH(QString, id);
        ThreadPool pool(1);
        const Result<ModelPtr> integer = applied(sampleModel(), "quantize-int8", pool);
        QVERIFY(integer);
        const Result<ModelPtr> again = applied(*integer, id.toStdString(), pool);
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::unusableInput);
    }

    void layersTakeSettingsOfTheirOwn()
    {
        ThreadPool pool(2);
        const auto data = [](const ModelPtr &model, const std::string &tensor) {
            const auto found = std::ranges::find(model->main().tensors, tensor, &Tensor::name);
            return found == model->main().tensors.end() ? Tensor() : *found;
        };
        const auto zeros = [&](const ModelPtr &model, const std::string &tensor) {
            const Tensor found = data(model, tensor);
            const std::span<const float> all = values<float>(found);
            return double(std::ranges::count(all, 0.0f)) / double(all.size());
        };
        const Result<ModelPtr> pruned =
            applied(sampleModel(), "prune-magnitude layer=hidden:sparsity=0.9 layer=con*:skip=true", pool);
        QVERIFY2(pruned, pruned ? "" : pruned.error().message.c_str());
        QVERIFY(std::abs(zeros(*pruned, "hidden/w") - 0.9) < 0.01);
        QVERIFY(std::abs(zeros(*pruned, "logits/w") - 0.5) < 0.01);
        QCOMPARE(zeros(*pruned, "conv/w"), 0.0);
        const Result<ModelPtr> trained =
            applied(sampleModel(), "prune-magnitude epochs=1 layer=hidden:sparsity=0.9 layer=con*:skip=true", pool);
        QVERIFY(trained);
        QVERIFY(std::abs(zeros(*trained, "hidden/w") - 0.9) < 0.01);
        QVERIFY(std::abs(zeros(*trained, "logits/w") - 0.5) < 0.01);

        const Result<ModelPtr> integer = applied(
            sampleModel(),
            "quantize-int8 layer=conv:bits=3 layer=dw:per_channel=no layer=hidden:skip=yes layer=sum:calibration=mean",
            pool);
        QVERIFY2(integer, integer ? "" : integer.error().message.c_str());
        const Tensor conv = data(*integer, "conv/w");
        for (const std::int8_t w : values<std::int8_t>(conv))
            QVERIFY(std::abs(int(w)) <= 3 * 32 && w % 32 == 0); // spread over the byte
        QCOMPARE(data(*integer, "dw/w").quantization.scale.size(), std::size_t(1));
        QCOMPARE(data(*integer, "hidden/w").type, DType::float32);
        QCOMPARE(data(*integer, "logits/w").type, DType::int8);
        const Result<ModelPtr> plain = applied(sampleModel(), "quantize-int8", pool);
        QVERIFY(plain);
        QVERIFY(data(*integer, "sum").quantization.scale != data(*plain, "sum").quantization.scale);
        QVERIFY(data(*integer, "scaled").quantization.scale == data(*plain, "scaled").quantization.scale);

        const Result<ModelPtr> clustered =
            applied(sampleModel(), "cluster-weights clusters=16 layer=conv:clusters=4", pool);
        QVERIFY(clustered);
        const Tensor shared = data(*clustered, "conv/w");
        const std::span<const float> all = values<float>(shared);
        QCOMPARE(std::set<float>(all.begin(), all.end()).size(), std::size_t(4));
        for (const char *recipe : {"quantize-float16 layer=hidden:skip=yes", "quantize-linear layer=hidden:skip=yes",
                                   "quantize-dynamic layer=hidden:skip=yes"}) {
            const Result<ModelPtr> left = applied(sampleModel(), recipe, pool);
            QVERIFY2(left, recipe);
            QVERIFY2(*data(*left, "hidden/w").data == *data(sampleModel(), "hidden/w").data, recipe);
        }
        const Result<ModelPtr> aware =
            applied(sampleModel(), "quantize-aware epochs=1 layer=conv:bits=2 layer=logits:skip=yes", pool);
        QVERIFY2(aware, aware ? "" : aware.error().message.c_str());
        const Tensor narrow = data(*aware, "conv/w");
        for (const std::int8_t w : values<std::int8_t>(narrow))
            QVERIFY(w == -64 || w == 0 || w == 64);
        QCOMPARE(data(*aware, "logits/w").type, DType::float32);

        const std::string text = "quantize-int8 bits=6 layer=conv:bits=4 layer=\"a b:skip=true\"";
        QCOMPARE(Recipe::parse(text)->text(), text);
        QCOMPARE(Recipe::parse(text)->label(), std::string("int8 with 6-bit weights but a b, conv"));
        const Result<ModelPtr> unknown = applied(sampleModel(), "quantize-int8 layer=hiden:bits=4", pool);
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().code, ErrorCode::invalidArgument);
        QVERIFY(QString::fromStdString(unknown.error().message).contains(QStringLiteral("Did you mean 'hidden'?")));
        QVERIFY(!applied(sampleModel(), "prune-magnitude scope=global layer=hidden:sparsity=0.9", pool));
    }
    // Rows of one name could not be told apart.
    void labelsTellRecipesApart()
    {
        std::vector<Recipe> recipes;
        for (const char *text : {"finetune", "finetune optimizer=adam learning_rate=0.001", "finetune batch=32",
                                 "prune-random sparsity=0.5 | finetune batch=32", "finetune"})
            recipes.push_back(Recipe::parse(text).value());
        const std::vector<std::string> labels = distinctLabels(recipes);
        const std::string plain = recipes[0].label();
        QCOMPARE(labels[0], plain);
        QCOMPARE(labels[1], plain + " (learning_rate=0.001, optimizer=adam)");
        QCOMPARE(labels[2], plain + " (batch=32)");
        QCOMPARE(labels[3], recipes[3].label());
        QCOMPARE(labels[4], plain);
    }

    void neutralSettingsChangeNothing_data()
    {
        QTest::addColumn<QString>("recipe");
        for (const char *recipe : {"prune-magnitude sparsity=0", "prune-magnitude sparsity=0 scope=global",
                                   "prune-random sparsity=0", "prune-global sparsity=0", "prune-channels fraction=0",
                                   "finetune epochs=0", "quantize-dynamic min_elements=1000000"})
            QTest::newRow(recipe) << QString::fromUtf8(recipe);
    }

    void neutralSettingsChangeNothing()
    {
        QFETCH(QString, recipe);
        ThreadPool pool(1);
        const Result<ModelPtr> result = applied(sampleModel(), recipe.toStdString(), pool);
        QVERIFY(result);
        QVERIFY(written(*result) == written(sampleModel()));
    }

    void onlyTheNamedLayersChange()
    {
        ThreadPool pool(1);
        const auto changed = [&](const std::string &recipe) {
            const Result<ModelPtr> result = applied(sampleModel(), recipe, pool);
            if (!result)
                qFatal("%s", result.error().message.c_str());
            std::vector<std::string> names;
            const ModelPtr before = sampleModel();
            for (const Tensor &tensor : before->main().tensors)
                for (const Tensor &after : (*result)->main().tensors)
                    if (tensor.isConstant() && after.name == tensor.name && *after.data != *tensor.data)
                        names.push_back(tensor.name);
            return names;
        };
        QCOMPARE(changed("prune-magnitude layers=conv"), std::vector<std::string>({"conv/w"}));
        QCOMPARE(changed("prune-random layers=conv,logits"), std::vector<std::string>({"conv/w", "logits/w"}));
        QCOMPARE(changed("prune-global layers=dw"), std::vector<std::string>({"dw/w"}));
        QCOMPARE(changed("prune-channels layers=hidden"), std::vector<std::string>({"hidden/w", "logits/w"}));
        for (const char *recipe : {"prune-magnitude layers=nothing", "prune-channels layers=hiden"})
            QCOMPARE(applied(sampleModel(), recipe, pool).error().code, ErrorCode::invalidArgument);
        for (const char *recipe : {"prune-magnitude layers=dw", "prune-channels layers=logits"})
            QCOMPARE(applied(sampleModel(), recipe, pool).error().code, ErrorCode::unusableInput);
    }

    void namesStandForRecipes_data()
    {
        QTest::addColumn<QString>("id");
        for (const NamedRecipe &named : namedRecipes())
            QTest::newRow(named.id.data()) << QString::fromUtf8(named.id.data());
    }

    void namesStandForRecipes()
    {
        QFETCH(QString, id);
        const std::string name = id.toStdString();
        const NamedRecipe &named = *findNamedRecipe(name);
        QVERIFY(!named.title.empty() && !named.source.empty());
        QVERIFY(!findTechnique(name));
        const Result<Recipe> whole = Recipe::parse(name), spelled = Recipe::parse(named.recipe);
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        QVERIFY(*whole == *spelled);
        QCOMPARE(Recipe::parse(name + " | quantize-float16")->steps().size(), whole->steps().size() + 1);
        QCOMPARE(Recipe::parse(name + " seed=1").error().code, ErrorCode::invalidArgument);
    }

    void trainingSettingsTakeEffect()
    {
        ThreadPool pool(2);
        const auto bytesWith = [&](const std::string &settings) {
            const Result<ModelPtr> model = applied(sampleModel(), "finetune epochs=2 " + settings, pool);
            return model ? written(*model) : Bytes();
        };
        const Bytes usual = bytesWith("");
        QVERIFY(usual == bytesWith("training_seed=1")); // the study's here
        for (const std::string settings :
             {"optimizer=adam learning_rate=0.001", "momentum=0.5", "rate_schedule=constant", "weight_decay=0.01",
              "label_smoothing=0.1", "augment=shift", "augment=shift-flip", "patience=1", "training_seed=9"}) {
            const Bytes other = bytesWith(settings);
            QVERIFY2(!other.empty() && other != usual, settings.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TechniquesTest)
#include "tst_techniques.moc"
