// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "core/techniques/fakequantization.h"
#include "core/train/architectures/architecture.h"
#include "core/train/train.h"
#include "core/train/trainingnetwork.h"
#include "support/fashiondata.h"

#include <QCryptographicHash>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <memory>

using namespace espalier;

namespace {

/// A hash of all constants, in order.
QByteArray hashOf(const Model &model)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const Tensor &tensor : model.main().tensors)
        if (tensor.isConstant())
            hash.addData(
                QByteArrayView(reinterpret_cast<const char *>(tensor.data->data()), qsizetype(tensor.data->size())));
    return hash.result().toHex().left(16);
}

} // namespace

/// The committed sample model, and that training gives the bits it gave when that was made. (The whole training takes
/// a minute: resources/samples/reproduce.)
class SampleModelTest : public QObject
{
    Q_OBJECT

private slots:
    void trainingGivesTheSameBitsAsEver()
    {
        ESPALIER_NEEDS_FASHION_MNIST;
        const Result<DatasetPtr> data = openDataset(fashionFolder);
        QVERIFY(data);
        Dataset part = **data;
        part.train = part.train.first(640);
        const Result<Untrained> built = findArchitecture("cnn")->build({part.train.shape, part.classes, 1});
        QVERIFY(built);
        const ModelPtr model = built->model;
        TrainOptions options;
        options.epochs = 1;
        options.seed = 1;
        for (const int threads : {1, 2}) {
            ThreadPool pool(threads);
            const Result<ModelPtr> trained = train(model, part, options, pool);
            QVERIFY(trained);
            QCOMPARE(hashOf(**trained), QByteArray("402adbe7b0ceb640"));
        }
    }

    void isAsGoodAsItsReadmeSays()
    {
        ESPALIER_NEEDS_FASHION_MNIST;
        const Result<DatasetPtr> data = openDataset(fashionFolder);
        const Result<ModelPtr> model = readModel(ESPALIER_SOURCE_DIR "/resources/samples/fashion-cnn.tflite");
        QVERIFY(data && model);
        const Result<ProgramPtr> program = Program::compile(*model);
        QVERIFY(program);
        const Tensor &input = (*program)->graph()[(*program)->graph().inputs[0]];
        ThreadPool pool(2);
        const Result<Evaluation> evaluation =
            evaluate(*program, (*data)->test, (*data)->labelKind, impliedScaling(input, (*data)->test).scaling, pool);
        QVERIFY(evaluation);
        QCOMPARE(evaluation->accuracy, 0.9107);
    }

    /// Weights and activations of 4 bits: the integer model is as accurate as the float one that training ran. Rounded
    /// as by boards, twice, a little of the difference is left, since sums of few bits are small.
    void fewBitsExportWhatTrainingSimulated()
    {
        ESPALIER_NEEDS_FASHION_MNIST;
        const Result<DatasetPtr> data = openDataset(fashionFolder);
        const Result<ModelPtr> model = readModel(ESPALIER_SOURCE_DIR "/resources/samples/fashion-cnn.tflite");
        QVERIFY(data && model);
        Dataset part = **data;
        part.train = part.train.first(640);
        const Samples &test = part.test;
        const InputScaling scaling = impliedScaling((*model)->main()[(*model)->main().inputs[0]], test).scaling;
        ThreadPool pool(2);
        TechniqueContext context{*data, scaling, 1, pool, {}};
        const auto ranges = activationRanges(*model, {.samples = 100}, context);
        QVERIFY(ranges);
        IntegerPlan plan;
        plan.weightBits = 4;
        const auto fake = std::make_shared<FakeQuantization>((*model)->main(), *ranges, plan, 0.99, 4);
        TrainOptions options;
        options.epochs = 1;
        options.learningRate = 0.005;
        options.transforms = fake->transforms();
        options.beforeStep = [&](std::int64_t, const TrainingNetwork &, std::span<float>) { fake->update(); };
        const Result<ModelPtr> trained = train(*model, part, options, pool);
        QVERIFY(trained);

        const auto network = TrainingNetwork::prepare(**trained, fake->transforms());
        QVERIFY(network);
        constexpr int batch = 50;
        TrainingNetwork::Worker worker(*network, batch);
        std::size_t right = 0;
        for (std::size_t first = 0; first < test.count; first += batch) {
            fillInput(network->input(), test, scaling, first, batch, worker.input());
            network->forward(worker, batch, [&](const TrainingNetwork::Outcome &outcome) {
                for (std::size_t i = 0; i < batch; ++i) {
                    const auto row = outcome.logits.subspan(i * part.classes, part.classes);
                    right += std::ranges::max_element(row) - row.begin() == test.labels[first + i] ? 1 : 0;
                }
                return LossSum();
            });
        }
        const double simulated = double(right) / double(test.count);
        const auto integer = integerModel(**trained, fake->plan(), context.notes);
        QVERIFY(integer);
        for (const auto &[rounding, tolerance] : {std::pair(Rounding::tflite, 0.001), {Rounding::micro, 0.002}}) {
            const Result<ProgramPtr> program = Program::compile(std::make_shared<const Model>(*integer), rounding);
            QVERIFY(program);
            const Tensor &input = (*program)->graph()[(*program)->graph().inputs[0]];
            const Result<Evaluation> exported =
                evaluate(*program, test, part.labelKind, impliedScaling(input, test).scaling, pool);
            QVERIFY(exported);
            QVERIFY2(std::abs(exported->accuracy - simulated) <= tolerance,
                     qPrintable(QStringLiteral("%1 %2").arg(simulated).arg(exported->accuracy)));
        }
        QVERIFY(simulated > 0.8);
    }
};

QTEST_GUILESS_MAIN(SampleModelTest)
#include "tst_samplemodel.moc"
