// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/metrics/evaluate.h"
#include "core/train/architectures/architecture.h"
#include "core/train/train.h"

#include <QCryptographicHash>
#include <QtTest>

#include <memory>

using namespace espalier;

namespace {

const std::filesystem::path dataFolder = "/usr/share/datasets/fashion-mnist";

#define NEEDS_FASHION_MNIST                                                                                            \
    if (!std::filesystem::is_directory(dataFolder))                                                                    \
    QSKIP("needs the Debian package dataset-fashion-mnist")

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
        NEEDS_FASHION_MNIST;
        const Result<DatasetPtr> data = openDataset(dataFolder);
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
        NEEDS_FASHION_MNIST;
        const Result<DatasetPtr> data = openDataset(dataFolder);
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
};

QTEST_GUILESS_MAIN(SampleModelTest)
#include "tst_samplemodel.moc"
