// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/arena.h"
#include "core/engine/engine.h"
#include "support/graphbuilder.h"

#include <QtTest>

#include <cstring>
#include <map>
#include <random>

using namespace espalier;

namespace {

std::vector<float> floats(std::span<const std::byte> bytes)
{
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

void set(Session &session, const std::vector<float> &values, std::size_t input = 0)
{
    std::memcpy(session.input(input).data(), values.data(), values.size() * sizeof(float));
}

/// y = relu(x + 1) + x, in a chain long enough that memory is used again and again.
std::shared_ptr<Model> chain(int links)
{
    GraphBuilder b;
    TensorId x = b.input({1, 4});
    const TensorId one = b.constant({1, 4}, std::vector<float>(4, 1.0f));
    for (int i = 0; i < links; ++i) {
        const TensorId sum = b.arithmetic(OpKind::add, x, one);
        x = b.arithmetic(OpKind::add, b.unary(OpKind::relu, sum), x);
    }
    return b.model({x});
}

std::vector<float> chainPlainly(std::vector<float> x, int links)
{
    for (int i = 0; i < links; ++i)
        for (float &v : x)
            v = std::max(v + 1, 0.0f) + v;
    return x;
}

} // namespace

class EngineTest : public QObject
{
    Q_OBJECT

private slots:
    void memoryIsSharedWithoutHarm()
    {
        const Result<ProgramPtr> program = Program::compile(chain(6));
        QVERIFY2(program, program ? "" : program.error().message.c_str());
        const std::vector<float> x = {-3, -0.5f, 0.25f, 2};
        Session session(*program, 2);
        set(session, x);
        session.run();
        QCOMPARE(floats(session.output()), chainPlainly(x, 6));
        session.run(); // the input is still there
        QCOMPARE(floats(session.output()), chainPlainly(x, 6));

        std::vector<float> two = {1, 2, 3, 4, -1, -2, -3, -4};
        set(session, two);
        session.run(2);
        QCOMPARE(floats(session.output()), chainPlainly(two, 6));
    }

    void observedTensorsKeepTheirMemory()
    {
        const std::shared_ptr<Model> model = chain(3);
        const Result<ProgramPtr> program = Program::compile(model);
        QVERIFY(program);
        const std::vector<float> x = {-3, -0.5f, 0.25f, 2};
        Session session(*program);
        set(session, x);
        std::map<std::int32_t, std::pair<std::span<const std::byte>, std::vector<float>>> seen;
        session.run(1, [&](TensorId id, std::span<const std::byte> bytes) { seen[id.index] = {bytes, floats(bytes)}; });
        QCOMPARE(seen.size(), 1 + model->main().operators.size());
        for (const auto &[id, tensor] : seen)
            QCOMPARE(floats(tensor.first), tensor.second); // nothing was written over it since
        QCOMPARE(floats(session.output()), chainPlainly(x, 3));
        session.run();
        QCOMPARE(floats(session.output()), chainPlainly(x, 3));
    }

    void constantsAreComputedOnce()
    {
        GraphBuilder b;
        const TensorId x = b.input({1, 2});
        const auto half =
            b.constantBytes({1, 2}, DType::float16, sharedBytes(std::vector<std::uint16_t>{0x4000, 0xbc00})); // 2, -1
        const TensorId weights = b.dequantize(half);
        const std::shared_ptr<Model> model = b.model({b.fullyConnected(x, weights, TensorId::none), weights});
        QVERIFY(unsupportedOperators(*model).empty());
        const Result<ProgramPtr> program = Program::compile(model);
        QVERIFY2(program, program ? "" : program.error().message.c_str());
        Session session(*program, 2);
        set(session, {10, 1, 20, 3});
        int seen = 0;
        session.run(2, [&](TensorId id, std::span<const std::byte>) {
            QVERIFY(id != weights);
            ++seen;
        });
        QCOMPARE(seen, 2); // the input and the dense layer's output
        QCOMPARE(floats(session.output(0)), (std::vector<float>{19, 37}));
        QCOMPARE(floats(session.output(1)), (std::vector<float>{2, -1, 2, -1})); // once per image
    }

    void inputsCanBeOutputs()
    {
        GraphBuilder b;
        const TensorId x = b.input({1, 2}), y = b.input({1, 2});
        const TensorId sum = b.arithmetic(OpKind::add, x, y);
        const Result<ProgramPtr> program = Program::compile(b.model({sum, y, sum}));
        QVERIFY2(program, program ? "" : program.error().message.c_str());
        Session session(*program);
        set(session, {1, 2}, 0);
        set(session, {10, 20}, 1);
        session.run();
        QCOMPARE(floats(session.output(0)), (std::vector<float>{11, 22}));
        QCOMPARE(floats(session.output(1)), (std::vector<float>{10, 20}));
        QCOMPARE(floats(session.output(2)), (std::vector<float>{11, 22}));
    }

    void saysWhatItCannotRun()
    {
        GraphBuilder b;
        const TensorId x = b.input({1, 4, 4, 1}), filter = b.input({1, 3, 3, 1});
        const TensorId y = b.conv2D(x, filter, TensorId::none);
        const TensorId z = b.unary(OpKind::relu, y);
        const std::shared_ptr<Model> model = b.model({z});
        Operator &relu = model->main().operators[1];
        relu.kind = OpKind::other;
        relu.builtinCode = 32;
        relu.typeName = "MyOperator";
        const std::vector<UnsupportedOperator> unsupported = unsupportedOperators(*model);
        QCOMPARE(unsupported.size(), std::size_t(2));
        QCOMPARE(unsupported[0].index, std::size_t(0));
        QCOMPARE(unsupported[0].why, std::string("its filter is not a constant"));
        QCOMPARE(unsupported[1].typeName, std::string("MyOperator"));
        const Result<ProgramPtr> program = Program::compile(model);
        QVERIFY(!program);
        QVERIFY(program.error().message.find("operator 0 (CONV_2D)") != std::string::npos);
        QVERIFY(program.error().message.find("MyOperator") != std::string::npos);
    }

    void refusesStateBetweenRuns()
    {
        GraphBuilder b;
        const TensorId x = b.input({1, 2}), state = b.input({1, 2});
        b.graph()[state].isVariable = true;
        const std::shared_ptr<Model> model = b.model({b.arithmetic(OpKind::add, x, state)});
        QCOMPARE(unsupportedOperators(*model).size(), std::size_t(1));
        QVERIFY(!Program::compile(model));
    }

    void refusesHugeActivations()
    {
        GraphBuilder b;
        const Result<ProgramPtr> program =
            Program::compile(b.model({b.unary(OpKind::relu, b.input({1, 12000, 12000, 1}))}));
        QVERIFY(!program);
        QVERIFY(program.error().message.find("MiB") != std::string::npos);
    }

    void refusesHugePadding()
    {
        GraphBuilder b;
        const TensorId x = b.input({1, 64, 64, 1});
        const TensorId filter = b.constant({1, 3, 3, 1}, std::vector<float>(9, 1.0f));
        Conv2DOptions options;
        options.dilationH = options.dilationW = 1 << 20;
        const Result<ProgramPtr> program = Program::compile(b.model({b.conv2D(x, filter, TensorId::none, options)}));
        QVERIFY(!program);
        QVERIFY(program.error().message.find("too large") != std::string::npos);
    }

    void batchesFitTheCache()
    {
        const Result<ProgramPtr> small = Program::compile(chain(1));
        QVERIFY(small);
        QCOMPARE((*small)->preferredBatch(), 64);
        QCOMPARE((*small)->preferredBatch(10'000, 2), 64);
        QCOMPARE((*small)->preferredBatch(1000, 2), 32);
        QCOMPARE((*small)->preferredBatch(64, 2), 2);
        QCOMPARE((*small)->preferredBatch(3, 2), 1);
        GraphBuilder b;
        const Result<ProgramPtr> large =
            Program::compile(b.model({b.unary(OpKind::relu, b.input({1, 1000, 1000, 1}))}));
        QVERIFY(large);
        QCOMPARE((*large)->preferredBatch(), 1);
    }

    void blocksThatLiveTogetherAreApart()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 200; ++round) {
            std::vector<Lifetime> blocks(1 + random() % 30);
            for (Lifetime &block : blocks) {
                block.bytes = random() % 5 == 0 ? 0 : random() % 1000;
                block.first = random() % 20;
                block.last = block.first + random() % 6;
            }
            std::ranges::sort(blocks, {}, &Lifetime::first);
            const ArenaLayout layout = layoutArena(blocks);
            std::size_t total = 0;
            for (std::size_t i = 0; i < blocks.size(); ++i) {
                total += (blocks[i].bytes + 63) / 64 * 64;
                QCOMPARE(layout.offsets[i] % 64, std::size_t(0));
                QVERIFY(layout.offsets[i] + blocks[i].bytes <= layout.bytes);
                for (std::size_t k = 0; k < i; ++k) {
                    const bool together = blocks[i].bytes > 0 && blocks[k].bytes > 0 &&
                                          blocks[k].first <= blocks[i].last && blocks[i].first <= blocks[k].last;
                    const bool apart = layout.offsets[k] + blocks[k].bytes <= layout.offsets[i] ||
                                       layout.offsets[i] + blocks[i].bytes <= layout.offsets[k];
                    QVERIFY(!together || apart);
                }
            }
            QVERIFY(layout.bytes <= total);
        }
        // Two that take turns need no more than the larger two that meet.
        const ArenaLayout turns = layoutArena({{640, 0, 1}, {128, 1, 2}, {640, 2, 3}, {128, 3, 4}});
        QCOMPARE(turns.bytes, std::size_t(768));
    }
};

QTEST_GUILESS_MAIN(EngineTest)
#include "tst_engine.moc"
