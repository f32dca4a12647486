// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/engine/engine.h"
#include "core/graph/sparsehint.h"
#include "core/kernels/simd/isa.h"
#include "core/kernels/sparseproduct.h"
#include "core/kernels/xnnpackproduct.h"
#include "core/metrics/sparsetimes.h"
#include "support/graphbuilder.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace espalier;

namespace {

std::vector<float> draws(std::size_t count, double zeros, Random &random)
{
    std::vector<float> all(count);
    for (float &v : all)
        v = random.uniform() < zeros ? 0 : float(random.uniform() * 2 - 1);
    return all;
}

/// A 1×1 convolution and a dense layer on its image's pixels, nine tenths of the weights zero.
std::shared_ptr<Model> pruned(int pixels, Activation activation)
{
    Random random(3);
    GraphBuilder b;
    const TensorId in = b.input({1, 1, pixels, 20});
    Conv2DOptions options;
    options.activation = activation;
    const TensorId conv = b.conv2D(in, b.constant({19, 1, 1, 20}, draws(380, 0.9, random)),
                                   b.constant({19}, draws(19, 0, random)), options);
    const TensorId dense = b.fullyConnected(conv, b.constant({7, 19}, draws(133, 0.9, random)), TensorId::none, {});
    return b.model({dense});
}

std::vector<float> run(const ModelPtr &model, int batch, std::size_t images)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        qFatal("%s", program.error().message.c_str());
    Random random(8);
    Session session(*program, batch);
    const std::size_t perImage = session.input().size() / std::size_t(batch) / sizeof(float);
    const std::vector<float> in = draws(images * perImage, 0, random);
    std::vector<float> out;
    for (std::size_t first = 0; first < images; first += std::size_t(batch)) {
        std::memcpy(session.input().data(), &in[first * perImage], std::size_t(batch) * perImage * sizeof(float));
        session.run(batch);
        const auto *begin = reinterpret_cast<const float *>(session.output().data());
        out.insert(out.end(), begin, begin + session.output().size() / sizeof(float));
    }
    return out;
}

ModelPtr hinted(std::shared_ptr<Model> model)
{
    setSparseHint(*model, 0.5);
    return model;
}

} // namespace

class SparseProductTest : public QObject
{
    Q_OBJECT

private slots:
    void equalsTheDenseKernels_data()
    {
        QTest::addColumn<int>("pixels");
        QTest::addColumn<int>("activation");
        for (const int pixels : {1, 2, 3, 5, 9, 31, 32, 75})
            for (const Activation activation : {Activation::none, Activation::relu, Activation::relu6})
                QTest::addRow("%d pixels, %d", pixels, int(activation)) << pixels << int(activation);
    }
    void equalsTheDenseKernels()
    {
        QFETCH(int, pixels);
        QFETCH(int, activation);
        const auto model = [&] { return pruned(pixels, Activation(activation)); };
        const std::vector<float> dense = run(model(), 4, 16), sparse = run(hinted(model()), 4, 16);
        QVERIFY(dense == sparse);
        // The batch changes no bit.
        QVERIFY(run(hinted(model()), 1, 16) == sparse);
        QVERIFY(run(hinted(model()), 16, 16) == sparse);
        // Nor do the instructions that the processor has.
        const Isa best = currentIsa();
        for (const Isa isa : availableIsas()) {
            setCurrentIsa(isa);
            const std::vector<float> found = run(hinted(model()), 4, 16);
            setCurrentIsa(best);
            QVERIFY(found == sparse);
        }
    }

    void takesWhatItCan()
    {
        const auto takes = [](const std::shared_ptr<Model> &model) {
            return canRunSparsely(model->main(), model->main().operators[0]);
        };
        QVERIFY(takes(pruned(3, Activation::relu)));
        QVERIFY(!takes(pruned(3, Activation::tanh)));
        GraphBuilder b;
        const TensorId in = b.input({1, 4, 4, 1});
        const TensorId w = b.constant({2, 3, 3, 1}, std::vector<float>(18, 0.0f));
        QVERIFY(!takes(b.model({b.conv2D(in, w, TensorId::none, {})})));
    }

    void xnnpackComputesTheSame_data()
    {
        QTest::addColumn<int>("pixels");
        QTest::addColumn<int>("activation");
        for (const int pixels : {1, 32, 75})
            for (const Activation activation : {Activation::none, Activation::relu6})
                QTest::addRow("%d pixels, %d", pixels, int(activation)) << pixels << int(activation);
    }
    void xnnpackComputesTheSame()
    {
        QFETCH(int, pixels);
        QFETCH(int, activation);
        const std::shared_ptr<Model> model = pruned(pixels, Activation(activation));
        const Graph &graph = model->main();
        const Operator &conv = graph.operators[0];
        Result<XnnpackProduct> dense = XnnpackProduct::make(graph, conv, XnnpackProduct::Form::dense);
        if (!dense && dense.error().code == ErrorCode::missingTool)
            QSKIP(dense.error().message.c_str());
        QVERIFY2(dense, dense ? "" : dense.error().message.c_str());
        Result<XnnpackProduct> sparse = XnnpackProduct::make(graph, conv, XnnpackProduct::Form::sparse);
        QVERIFY2(sparse, sparse ? "" : sparse.error().message.c_str());
        QVERIFY(!XnnpackProduct::make(graph, graph.operators[1], XnnpackProduct::Form::sparse)); // a dense layer

        Random random(8);
        const std::vector<float> in = draws(20 * std::size_t(pixels), 0, random);
        const std::shared_ptr<Model> alone = pruned(pixels, Activation(activation));
        alone->main().outputs = {conv.outputs[0]};
        const std::vector<float> expected = run(alone, 1, 1); // on the same draws

        std::ranges::copy(in, dense->input().begin());
        dense->run();
        const std::span<float> turned = sparse->input();
        for (std::size_t p = 0; p < std::size_t(pixels); ++p)
            for (std::size_t c = 0; c < 20; ++c)
                turned[c * std::size_t(pixels) + p] = in[p * 20 + c];
        sparse->run();
        for (std::size_t p = 0; p < std::size_t(pixels); ++p)
            for (std::size_t c = 0; c < 19; ++c) {
                const float wanted = expected[p * 19 + c];
                QVERIFY(std::abs(dense->output()[p * 19 + c] - wanted) < 1e-5);
                QVERIFY(std::abs(sparse->output()[c * std::size_t(pixels) + p] - wanted) < 1e-5);
            }
    }

    void timesAreTold()
    {
        const Result<SparseTimes> times = sparseTimes(hinted(pruned(75, Activation::relu)));
        QVERIFY2(times, times ? "" : times.error().message.c_str());
        QVERIFY(times->denseMs > 0 && times->sparseMs > 0);
        QCOMPARE(times->layers, 2);
        QVERIFY(times->text().starts_with("One image on this computer takes "));
        if (!times->xnnpack)
            QSKIP(times->whyNoXnnpack.c_str());
        QCOMPARE(times->xnnpack->layers, 1); // the dense layer is none of its kind
        QVERIFY(times->xnnpack->denseMs > 0 && times->xnnpack->sparseMs > 0);
    }

    void readsItsHint()
    {
        Model model;
        QVERIFY(!sparseHint(model));
        setSparseHint(model, 0.5);
        setSparseHint(model, 0.7);
        QCOMPARE(model.metadata.size(), std::size_t(1));
        QCOMPARE(*sparseHint(model), 0.7);
        for (const std::string text : {"", "often", "1.5", "-1", "nan"}) {
            model.metadata[0].data = std::make_shared<const Bytes>(text.begin(), text.end());
            QVERIFY(!sparseHint(model));
        }
    }
};

QTEST_GUILESS_MAIN(SparseProductTest)
#include "tst_sparseproduct.moc"
