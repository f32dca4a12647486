// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/sensitivity.h"
#include "support/graphbuilder.h"

#include <QtTest>

using namespace espalier;

namespace {

/// Says class 1 where the first of two inputs is the larger. Layer "wide" has a second row that nobody reads.
ModelPtr comparer()
{
    GraphBuilder b;
    const TensorId in = b.input({1, 2});
    const TensorId wide =
        b.fullyConnected(in, b.constant({2, 2}, std::vector<float>{1, -1.1f, 0.2f, 0.1f}), TensorId::none, {});
    const TensorId out =
        b.fullyConnected(wide, b.constant({2, 2}, std::vector<float>{-1, 0, 1, 0}), TensorId::none, {});
    auto model = std::make_shared<Model>(*b.model({out}));
    model->main()[wide].name = "wide";
    model->main()[out].name = "out";
    return model;
}

DatasetPtr pairs()
{
    auto data = std::make_shared<Dataset>();
    data->name = "pairs";
    data->classes = 2;
    std::vector<float> values;
    for (int i = 1; i <= 20; ++i) {
        values.insert(values.end(), {float(i % 5 + (i % 2 ? 2 : -4)), float(i % 5)});
        data->test.labels.push_back(i % 2);
    }
    data->test.shape = {2};
    data->test.count = 20;
    data->test.values = sharedBytes(values);
    return data;
}

SensitivityRequest request(const char *technique)
{
    SensitivityRequest request;
    request.model = comparer();
    request.data = pairs();
    request.technique = findTechnique(technique);
    request.shares = {0.25, 0.5, 0.75};
    return request;
}

} // namespace

class SensitivityTest : public QObject
{
    Q_OBJECT

private slots:
    void tellsWhichLayersMatter()
    {
        ThreadPool pool(2);
        const Result<Sensitivity> found = measureSensitivity(request("prune-magnitude"), pool);
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QCOMPARE(found->samples, std::size_t(20));
        QCOMPARE(found->accuracy, 1.0);
        QCOMPARE(found->curves.size(), std::size_t(2));
        const SensitivityCurve &wide = found->curves[0];
        QCOMPARE(wide.layer, std::string("wide"));
        QCOMPARE(wide.weights, std::size_t(4));
        // Half of the weights belong to the row that nobody reads; the next one matters.
        QCOMPARE(wide.accuracies[0], 1.0);
        QCOMPARE(wide.accuracies[1], 1.0);
        QVERIFY(wide.accuracies[2] < 1);
        QCOMPARE(shareThatHolds(*found, wide, {0.25, 0.5, 0.75}, 0.01), 0.5);
        QCOMPARE(shareThatHolds(*found, wide, {0.25, 0.5, 0.75}, 1), 0.75);
    }

    void everyTechniqueOfTheListHasCurves()
    {
        ThreadPool pool(1);
        const std::vector<std::string> ids = sensitivityTechniques();
        QVERIFY(ids.size() >= 4);
        for (const std::string &id : ids) {
            const Result<Sensitivity> found = measureSensitivity(request(id.c_str()), pool);
            QVERIFY2(found, found ? "" : found.error().message.c_str());
            QVERIFY(!found->curves.empty());
        }
        QVERIFY(shareKey(*findTechnique("quantize-int8")).empty());
    }

    void stopsWhenCancelled()
    {
        ThreadPool pool(1);
        std::stop_source stop;
        stop.request_stop();
        const Result<Sensitivity> found =
            measureSensitivity(request("prune-magnitude"), pool, Progress(stop.get_token(), {}));
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::cancelled);
    }
};

QTEST_GUILESS_MAIN(SensitivityTest)
#include "tst_sensitivity.moc"
