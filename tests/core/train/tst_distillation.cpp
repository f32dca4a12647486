// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/compare.h"
#include "core/train/distillation.h"
#include "core/train/teacher.h"
#include "core/train/train.h"
#include "support/quadrants.h"
#include "support/shareddata.h"
#include "support/tinytraining.h"

#include <nlohmann/json.hpp>

#include <QtTest>

#include <cmath>
#include <fstream>

using namespace espalier;

class DistillationTest : public QObject
{
    Q_OBJECT

private slots:
    void agreesWithTheGoldenCases()
    {
        ESPALIER_NEEDS_SHARED("golden/kd_criteria_pareto.json");
        std::ifstream in(sharedFolder() / "golden/kd_criteria_pareto.json");
        const auto flat = [](const nlohmann::json &rows) {
            std::vector<float> all;
            for (const auto &row : rows)
                for (const auto &value : row)
                    all.push_back(value.get<float>());
            return all;
        };
        int cases = 0;
        const nlohmann::json golden = nlohmann::json::parse(in);
        for (const auto &one : golden["knowledge_distillation"]) {
            const std::vector<float> student = flat(one["student"]), teacher = flat(one["teacher"]);
            const std::vector<float> expected = flat(one["grad_student"]);
            const auto labels = one["labels"].get<std::vector<std::int32_t>>();
            std::vector<float> gradients(student.size());
            Distillation settings;
            settings.temperature = one["T"].get<double>();
            settings.alpha = one["alpha"].get<double>();
            const auto count = double(labels.size());
            const LossSum sum = distillationLoss(settings, student, teacher, labels, float(1 / count), gradients);
            QVERIFY(std::abs(sum.loss / count - one["loss"].get<double>()) < 1e-5);
            for (std::size_t i = 0; i < expected.size(); ++i)
                QVERIFY(std::abs(gradients[i] - expected[i]) < 1e-5f);
            ++cases;
        }
        QVERIFY(cases > 0);
    }

    void studentsFollowTheirTeacher()
    {
        const Dataset data = quadrants(300);
        TrainOptions options;
        options.epochs = 30;
        const Result<ModelPtr> teacher = trained(network(true), data, options);
        QVERIFY(teacher);
        Dataset misled = data;
        std::ranges::fill(misled.train.labels, 3); // only the teacher knows
        options.distillation = {*teacher, 2, 1};
        options.learningRate = 0.02;
        options.epochs = 40;
        std::vector<EpochResult> epochs;
        const Result<ModelPtr> student = trained(network(), misled, options, 2, &epochs);
        QVERIFY2(student, student ? "" : student.error().message.c_str());
        QVERIFY2(epochs.back().trainLoss < 0.2 * epochs.front().trainLoss,
                 qPrintable(QString::number(epochs.back().trainLoss)));
    }

    /// The teacher is asked about samples as they are varied: points are turned by steps, and labels say nothing.
    void theTeacherSeesWhatItsStudentSees()
    {
        Dataset data = quadrants(300);
        data.train.shape = {4, 1}; // a series
        TrainOptions options;
        options.epochs = 30;
        const ModelPtr plain = network(true);
        const Result<ModelPtr> teacher = trained(plain, data, options);
        QVERIFY2(teacher, teacher ? "" : teacher.error().message.c_str());
        std::ranges::fill(data.train.labels, 3);
        options.distillation = {*teacher, 2, 1};
        options.learningRate = 0.02;
        options.epochs = 40;
        options.augmentation.scale = 0.5;
        options.augmentation.jitter = 0.3;
        std::vector<EpochResult> epochs, others;
        const Result<ModelPtr> student = trained(network(), data, options, 2, &epochs);
        QVERIFY2(student, student ? "" : student.error().message.c_str());
        // The answers for samples as they were would be no teaching for such different ones.
        QVERIFY2(epochs.back().trainLoss < 0.2 * epochs.front().trainLoss,
                 qPrintable(QString::number(epochs.back().trainLoss)));
        const Result<ModelPtr> again = trained(network(), data, options, 1, &others);
        QVERIFY(again && firstDifference(**student, **again).empty());
    }

    void inputsAreScaledBackForTheTeacher_data()
    {
        QTest::addColumn<QString>("student");
        QTest::addColumn<QString>("teacher");
        QTest::newRow("the same") << "0..1"
                                  << "0..1";
        QTest::newRow("another range") << "0..1"
                                       << "-1..1";
        QTest::newRow("raw") << "-1..1"
                             << "none";
    }

    /// Samples of bytes as a student with a scaling of its own sees them get the answers of the samples themselves.
    void inputsAreScaledBackForTheTeacher()
    {
        QFETCH(QString, student);
        QFETCH(QString, teacher);
        Samples samples;
        samples.type = DType::uint8;
        samples.shape = {4};
        samples.count = 20;
        Bytes bytes;
        for (int i = 0; i < 80; ++i)
            bytes.push_back(std::uint8_t(i * 37));
        samples.values = sharedBytes(bytes);
        const InputScaling theirs = *InputScaling::parse(student.toStdString()),
                           ours = *InputScaling::parse(teacher.toStdString());
        const ModelPtr model = network(true);
        Result<Teacher> made = Teacher::prepare(model, samples, ours, 4, 2);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        ThreadPool pool(2);
        const Result<std::vector<float>> expected = made->logits(samples, pool, {});
        QVERIFY(expected);
        std::vector<float> inputs(80), logits(80);
        fillInput(model->main()[model->main().inputs[0]], samples, theirs, 0, 20,
                  std::as_writable_bytes(std::span(inputs)));
        made->logits(inputs, 20, theirs, 1, logits);
        for (std::size_t i = 0; i < logits.size(); ++i)
            QVERIFY2(std::abs(logits[i] - (*expected)[i]) < 1e-3f * std::max(1.0f, std::abs(logits[i])),
                     qPrintable(QStringLiteral("%1 for %2").arg(logits[i]).arg((*expected)[i])));
    }
};

QTEST_GUILESS_MAIN(DistillationTest)

#include "tst_distillation.moc"
