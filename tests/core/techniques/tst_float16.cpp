// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/float16.h"
#include "golden.h"

#include <cmath>
#include <limits>

using namespace espalier;

class Float16Test : public QObject
{
    Q_OBJECT

private slots:
    void everyHalfRoundTrips()
    {
        for (std::uint32_t half = 0; half < 0x10000; ++half) {
            const float value = fromFloat16(std::uint16_t(half));
            if (std::isnan(value))
                QVERIFY(std::isnan(fromFloat16(toFloat16(value))));
            else
                QCOMPARE(toFloat16(value), std::uint16_t(half));
        }
    }

    void roundsToNearestEven()
    {
        // Between each two neighbours: the middle goes to the even one, a little more or less to the nearer one.
        for (std::uint16_t half = 0; half < 0x7bff; ++half) {
            const float low = fromFloat16(half), high = fromFloat16(std::uint16_t(half + 1));
            const float middle = low + (high - low) / 2;
            const auto above = std::uint16_t(half + 1);
            QCOMPARE(toFloat16(middle), half % 2 == 0 ? half : above);
            QCOMPARE(toFloat16(std::nextafter(middle, 0.0f)), half);
            QCOMPARE(toFloat16(std::nextafter(middle, 1e9f)), above);
            QCOMPARE(toFloat16(-middle), std::uint16_t(0x8000 | (half % 2 == 0 ? half : above)));
        }
    }

    void overflowsAt65520()
    {
        QCOMPARE(toFloat16(std::nextafter(65520.0f, 0.0f)), std::uint16_t(0x7bff));
        QCOMPARE(toFloat16(65520), std::uint16_t(0x7c00));
        QCOMPARE(toFloat16(-std::numeric_limits<float>::infinity()), std::uint16_t(0xfc00));
        QCOMPARE(toFloat16(std::numeric_limits<float>::denorm_min()), std::uint16_t(0));
    }

    void agreesWithGolden()
    {
        ESPALIER_NEEDS_SHARED("golden/torch_rounding_fp16.json");
        int seen = 0;
        const nlohmann::json cases = golden("torch_rounding_fp16.json");
        for (const nlohmann::json &c : cases["cases"]) {
            if (!c.contains("bits"))
                continue;
            const std::vector<float> x = flat<float>(c["x"]), back = flat<float>(c["back"]);
            const std::vector<int> bits = flat<int>(c["bits"]);
            for (std::size_t i = 0; i < x.size(); ++i, ++seen) {
                QCOMPARE(int(toFloat16(x[i])), bits[i]);
                QCOMPARE(fromFloat16(std::uint16_t(bits[i])), back[i]);
            }
        }
        QVERIFY(seen >= 17);
    }
};

QTEST_GUILESS_MAIN(Float16Test)
#include "tst_float16.moc"
