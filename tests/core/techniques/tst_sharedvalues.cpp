// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/clustering.h"
#include "core/techniques/valuegrids.h"
#include "golden.h"

#include <algorithm>
#include <cmath>

using namespace espalier;

/// Weights that share few values: clusters and grids.
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
