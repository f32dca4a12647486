// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/huffman.h"
#include "core/formats/packed/packedweights.h"
#include "core/techniques/clustering.h"
#include "core/techniques/sharedweights.h"
#include "core/techniques/valuegrids.h"
#include "core/train/trainingnetwork.h"
#include "golden.h"
#include "modelbuilder.h"

#include <algorithm>
#include <cmath>

using namespace espalier;

/// Weights that share few values: clusters, grids, and how they are stored.
class SharedValuesTest : public QObject
{
    Q_OBJECT

private slots:
    void clustersAreTfMots()
    {
        ESPALIER_NEEDS_SHARED("golden/clustering_deepcompression.hand.json");
        const nlohmann::json all = golden("clustering_deepcompression.hand.json");
        int linear = 0, density = 0;
        for (const nlohmann::json &c : all["clustering"]) {
            const std::vector<float> w = flat<float>(c["w"]);
            const auto count = c["n"].get<std::size_t>();
            if (c["init"] == "linear") {
                const std::vector<float> centroids = linearStart(w, count), expected = flat<float>(c["centroids"]);
                for (std::size_t i = 0; i < count; ++i)
                    QVERIFY(std::abs(centroids[i] - expected[i]) < 1e-6f);
                QCOMPARE(nearestCentroids(w, centroids), flat<std::uint16_t>(c["indices"]));
                ++linear;
            } else {
                // The file tells between which two points of the grid each centroid lies.
                const std::vector<float> centroids = densityStart(w, count), grid = flat<float>(c["cdf_x"]),
                                         share = flat<float>(c["cdf"]), wanted = flat<float>(c["probabilities"]);
                const std::vector<std::size_t> above = flat<std::size_t>(c["searchsorted_right"]);
                QCOMPARE(centroids.size(), count);
                for (std::size_t i = 0; i < count; ++i) {
                    const std::size_t k = above[i];
                    const float expected = k == grid.size()
                                               ? grid.back()
                                               : grid[k - 1] + (wanted[i] - share[k - 1]) / (share[k] - share[k - 1]) *
                                                                   (grid[k] - grid[k - 1]);
                    QVERIFY(std::abs(centroids[i] - expected) < 1e-5f);
                }
                ++density;
            }
        }
        QVERIFY(linear >= 3 && density >= 1);
    }

    void nearestIsTheFirstOfEqual()
    {
        const std::vector<float> centroids = {2, 0, 0, -2};
        QCOMPARE(nearestCentroids(std::vector<float>{1, -1, 0, 5, -5, 0.9f}, centroids),
                 std::vector<std::uint16_t>({0, 1, 1, 0, 3, 1}));
    }

    void refiningNeverMakesItWorse()
    {
        Random random(3);
        std::vector<float> values(500);
        for (float &value : values)
            value = float(random.uniform() * random.uniform() - 0.3);
        const auto error = [&](const std::vector<float> &centroids) {
            double sum = 0;
            const std::vector<std::uint16_t> nearest = nearestCentroids(values, centroids);
            for (std::size_t i = 0; i < values.size(); ++i)
                sum += std::pow(double(values[i] - centroids[nearest[i]]), 2);
            return sum;
        };
        for (const std::vector<float> &start : {linearStart(values, 8), densityStart(values, 8),
                                                kMeansStart(values, 8, random), randomStart(values, 8, random)})
            QVERIFY(error(refined(values, start)) < error(start));
        // Where all values are the same, so is their centroid.
        const std::vector<float> same(9, 0.5f);
        QCOMPARE(refined(same, kMeansStart(same, 4, random)), std::vector<float>({0.5f}));
        QCOMPARE(nearestCentroids(same, linearStart(same, 4)), std::vector<std::uint16_t>(9, 0));
    }

    void gridsArePlaygrounds()
    {
        ESPALIER_NEEDS_SHARED("golden/playground_linear_quant.json");
        const nlohmann::json all = golden("playground_linear_quant.json");
        int checked = 0;
        for (const nlohmann::json &c : all["cases"]) {
            if (!c.contains("x"))
                continue; // activations over several calls
            const std::string fn = c["fn"];
            const int bits = c["bits"];
            const std::vector<float> x = flat<float>(c["x"]), expected = flat<float>(c["y"]);
            std::vector<float> y;
            if (fn == "linear") {
                const double overflow = c["overflow_rate"];
                QCOMPARE(integralBits(x, overflow), c["integral_part"].get<int>());
                y = onLinearGrid(x, bits, overflow);
            } else {
                y = fn == "tanh" ? onTanhGrid(x, bits) : onExtremesGrid(x, bits);
            }
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (std::isinf(expected[i]))
                    QCOMPARE(y[i], x[i]);
                else
                    QVERIFY2(std::abs(y[i] - expected[i]) <= 1e-5f * std::max(1.0f, std::abs(expected[i])), fn.c_str());
            }
            ++checked;
        }
        QVERIFY(checked >= 40);
    }

    void huffmanCodesAreOptimalAndDecode()
    {
        Random random(11);
        for (const std::size_t alphabet : {1, 2, 3, 17, 256})
            for (const std::size_t count : {0, 1, 5, 4000}) {
                std::vector<std::uint16_t> symbols;
                for (std::size_t i = 0; i < count; ++i) // the lower the more often
                    symbols.push_back(std::uint16_t(random.below(random.below(alphabet) + 1)));
                const std::vector<std::uint64_t> counts = symbolCounts(symbols, alphabet);
                const std::vector<std::uint8_t> lengths = huffmanLengths(counts);
                double entropy = 0;
                for (const std::uint64_t n : counts)
                    if (n > 0)
                        entropy -= double(n) * std::log2(double(n) / double(count));
                const auto bits = double(huffmanBits(symbols, lengths));
                QVERIFY(bits >= entropy - 1e-6 && bits <= entropy + double(count));
                const Bytes bytes = huffmanEncoded(symbols, lengths);
                QCOMPARE(bytes.size(), std::size_t(std::ceil(bits / 8)));
                const Result<std::vector<std::uint16_t>> back = huffmanDecoded(bytes, lengths, count);
                QVERIFY2(back, back ? "" : back.error().message.c_str());
                QCOMPARE(*back, symbols);
                if (count > 8)
                    QVERIFY(!huffmanDecoded(std::span(bytes).first(bytes.size() - 1), lengths, count));
            }
        // A textbook's frequencies: 45 13 12 16 9 5 take 224 bits.
        const std::vector<std::uint64_t> known = {45, 13, 12, 16, 9, 5};
        QCOMPARE(huffmanLengths(known), std::vector<std::uint8_t>({1, 3, 3, 3, 4, 4}));
        // Lengths that are no prefix code.
        const Bytes any(64, 0xa5);
        QVERIFY(!huffmanDecoded(any, std::vector<std::uint8_t>{1, 1, 1}, 9));
        QVERIFY(!huffmanDecoded(any, std::vector<std::uint8_t>{0, 0}, 9));
        QVERIFY(!huffmanDecoded(any, std::vector<std::uint8_t>{200, 1}, 9));
    }

    void storageIsDeepCompressions()
    {
        ESPALIER_NEEDS_SHARED("golden/clustering_deepcompression.hand.json");
        const nlohmann::json all = golden("clustering_deepcompression.hand.json");
        int accounts = 0, indices = 0;
        for (const nlohmann::json &c : all["deep_compression"]) {
            if (c.contains("relative_index")) {
                const nlohmann::json &index = c["relative_index"];
                const std::vector<float> dense = flat<float>(index["dense"]);
                const std::optional<PackedWeights> packed = packedWeights(dense, index["bits"].get<unsigned>());
                QVERIFY(packed);
                QCOMPARE(packed->symbols.size(), index["entries"].size());
                for (std::size_t i = 0; i < packed->symbols.size(); ++i) {
                    const nlohmann::json &entry = index["entries"][i];
                    const std::uint16_t symbol = packed->symbols[i];
                    QCOMPARE(packed->zerosBefore[i], entry["zeros_before"].get<std::uint16_t>());
                    QCOMPARE(symbol == 0 ? 0.0f : packed->codebook[symbol - 1u], entry["value"].get<float>());
                }
                QCOMPARE(*unpackedWeights(*packed), dense);
                ++indices;
            } else {
                const StorageBits bits =
                    storageBits(c["weights"].get<std::uint64_t>(), c["nonzeros"].get<std::uint64_t>(),
                                c["codebook_bits"].get<unsigned>(), c["index_bits"].get<unsigned>());
                QCOMPARE(bits.dense, c["bits_dense"].get<std::uint64_t>());
                QCOMPARE(bits.pruned, c["bits_pruned_csr_relative"].get<std::uint64_t>());
                QCOMPARE(bits.shared, c["bits_shared"].get<std::uint64_t>());
                ++accounts;
            }
        }
        QVERIFY(accounts >= 2 && indices >= 1);
    }

    void packedWeightsComeBack()
    {
        Random random(5);
        for (const double zeros : {0.0, 0.5, 0.97, 1.0})
            for (const unsigned indexBits : {1u, 3u, 5u, 8u}) {
                std::vector<float> weights(1500, 0.0f);
                for (float &w : weights)
                    if (random.uniform() >= zeros)
                        w = float(random.below(9)) - 4.5f;
                const std::optional<PackedWeights> packed = packedWeights(weights, indexBits);
                QVERIFY(packed);
                QCOMPARE(*unpackedWeights(*packed), weights);
            }
        std::vector<float> different(300);
        for (std::size_t i = 0; i < different.size(); ++i)
            different[i] = float(i);
        QVERIFY(!packedWeights(different, 5)); // too many values to share
        PackedWeights beyond = *packedWeights(std::vector<float>{0, 1, 0, 1}, 5);
        beyond.zerosBefore[1] = 9;
        QVERIFY(!unpackedWeights(beyond));
    }

    void sharedValuesAreTrained()
    {
        ModelBuilder b(4);
        const TensorId in = b.input("in", {1, 12}), w = b.weights("w", {3, 12}, 1.0f);
        const TensorId dense =
            b.add(OpKind::fullyConnected, {in, w, b.weights("b", {3}, 0.1f)}, "dense", {1, 3}, FullyConnectedOptions());
        const ModelPtr model =
            b.finish({b.add(OpKind::softmax, {dense}, "classes", {1, 3}, SoftmaxOptions{.beta = 1})});
        std::vector<float> pruned(values<float>(model->main()[w]).begin(), values<float>(model->main()[w]).end());
        for (std::size_t i = 0; i < pruned.size(); i += 3)
            pruned[i] = 0;
        ThreadPool pool(1);
        const std::vector<std::int32_t> labels = {0, 2, 1, 2};
        for (const bool keepsZeros : {false, true}) {
            const auto shared =
                keepsZeros ? std::make_shared<SharedWeights>(pruned, std::vector{-0.6f, -0.2f}, std::vector{0.3f, 0.7f})
                           : std::make_shared<SharedWeights>(std::vector{0.5f, -0.4f, 0.1f});
            Model start = *model;
            if (keepsZeros)
                start.main()[w].data = sharedBytes(pruned);
            Result<TrainingNetwork> network = TrainingNetwork::prepare(start, {{w, shared}});
            QVERIFY2(network, network ? "" : network.error().message.c_str());
            std::vector<float> parameters(network->parameterCount()), gradients(parameters.size(), 0.0f);
            QCOMPARE(parameters.size(), std::size_t(36 + 3) + shared->learned().size());
            network->readParameters(parameters);
            TrainingNetwork::Worker worker(*network, 4);
            const auto lossNow = [&](std::span<float> to) {
                Random random(2);
                auto *const input = reinterpret_cast<float *>(worker.input().data());
                for (std::size_t i = 0; i < 48; ++i)
                    input[i] = float(random.uniform() * 2 - 1);
                return network->run(worker, labels, 0.25f, to).loss / 4;
            };
            lossNow(gradients);
            network->throughTransforms(gradients);
            // The derivative by a shared value is what moving it, and so all of its members, changes.
            const auto place = std::size_t(network->placeOfLearned(w));
            for (std::size_t c = 0; c < shared->learned().size(); ++c) {
                constexpr float step = 1e-2f;
                double losses[2];
                for (const int side : {0, 1}) {
                    std::vector<float> moved = parameters, unused(parameters.size());
                    moved[place + c] += side == 0 ? -step : step;
                    network->writeParameters(moved, 0);
                    QVERIFY(network->parametersChanged(pool));
                    losses[side] = lossNow(unused);
                }
                QVERIFY(std::abs((losses[1] - losses[0]) / (2 * step) - double(gradients[place + c])) < 2e-3);
            }
            // The weights behind get theirs straight through, but zeros that are kept stay.
            for (std::size_t i = 0; i < 36; ++i)
                QCOMPARE(gradients[std::size_t(network->placeOf(w)) + i] == 0, keepsZeros && i % 3 == 0);
        }
    }

    void gridsOfOddValues()
    {
        const std::vector<float> none, zeros(3, 0.0f), same(3, 0.7f), huge = {-3e38f, 3e38f, 1};
        for (const int bits : {2, 8, 16})
            for (const std::vector<float> &values : {none, zeros, same, huge})
                for (const std::vector<float> &y : {onLinearGrid(values, bits, 0), onExtremesGrid(values, bits),
                                                    onLogGrid(values, bits), onTanhGrid(values, bits)}) {
                    QCOMPARE(y.size(), values.size());
                    QVERIFY(std::ranges::all_of(y, [](float v) { return std::isfinite(v); }));
                }
        const std::vector<float> signs = onLogGrid(std::vector<float>{0, -1, 2}, 8);
        QVERIFY(signs[0] == 0 && signs[1] < 0 && signs[2] > 0);
    }
};

QTEST_GUILESS_MAIN(SharedValuesTest)
#include "tst_sharedvalues.moc"
