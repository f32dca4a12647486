// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/simd/tilecode.h"

#include <espalier/fixedpoint.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace espalier {

namespace {

/// Four lanes as plain arrays, which compilers keep in the registers that every processor has.
struct Portable
{
    static constexpr int lanes = 4;
    struct Floats
    {
        float lane[lanes];
    };
    struct Ints
    {
        std::int32_t lane[lanes];
    };
    static constexpr int maxVectors = 2;
    static constexpr int tilePixels[maxVectors] = {4, 4};
    static constexpr int channelTilePixels = 4, channelTileVectors = 4;
    static constexpr bool hasByteProducts = false;

    template <class R, class F>
    static R each(F f)
    {
        R r;
        for (int i = 0; i < lanes; ++i)
            r.lane[i] = f(i);
        return r;
    }

    static Floats zeroFloats() { return {}; }
    static Floats loadFloats(const float *from)
    {
        return each<Floats>([&](int i) { return from[i]; });
    }
    static Floats broadcastFloat(const float *from)
    {
        return each<Floats>([&](int) { return *from; });
    }
    static Floats fma(const Floats &x, const Floats &w, const Floats &sum)
    {
        return each<Floats>([&](int i) { return std::fma(x.lane[i], w.lane[i], sum.lane[i]); });
    }
    static Floats addFloats(const Floats &a, const Floats &b)
    {
        return each<Floats>([&](int i) { return a.lane[i] + b.lane[i]; });
    }
    static Floats multiplyFloats(const Floats &a, const Floats &b)
    {
        return each<Floats>([&](int i) { return a.lane[i] * b.lane[i]; });
    }
    static Floats toFloats(const Ints &v)
    {
        return each<Floats>([&](int i) { return float(v.lane[i]); });
    }
    static Ints roundFloats(const Floats &v)
    {
        return each<Ints>([&](int i) { return std::int32_t(std::nearbyint(v.lane[i])); });
    }
    /// A NaN stays one.
    static Floats clampFloats(const Floats &v, const Floats &low, const Floats &high)
    {
        return each<Floats>([&](int i) { return std::min(std::max(v.lane[i], low.lane[i]), high.lane[i]); });
    }
    static void storeFloats(float *to, const Floats &v, int count = lanes)
    {
        for (int i = 0; i < count; ++i)
            to[i] = v.lane[i];
    }

    static Ints zeroInts() { return {}; }
    static Ints loadInts(const std::int32_t *from)
    {
        return each<Ints>([&](int i) { return from[i]; });
    }
    static Ints broadcastInt(std::int32_t v)
    {
        return each<Ints>([&](int) { return v; });
    }
    static Ints broadcastUnit(const std::byte *from)
    {
        std::int32_t unit;
        std::memcpy(&unit, from, sizeof unit);
        return broadcastInt(unit);
    }
    static Ints addWordProducts(const Ints &sums, const Ints &x, const Ints &w)
    {
        return each<Ints>([&](int i) {
            const int products =
                std::int16_t(x.lane[i]) * std::int16_t(w.lane[i]) + (x.lane[i] >> 16) * (w.lane[i] >> 16);
            return std::int32_t(std::uint32_t(sums.lane[i]) + std::uint32_t(products));
        });
    }
    // Sums wrap, as they do in vector registers.
    static Ints addInts(const Ints &a, const Ints &b)
    {
        return each<Ints>([&](int i) { return std::int32_t(std::uint32_t(a.lane[i]) + std::uint32_t(b.lane[i])); });
    }
    static Ints subtractInts(const Ints &a, const Ints &b)
    {
        return each<Ints>([&](int i) { return std::int32_t(std::uint32_t(a.lane[i]) - std::uint32_t(b.lane[i])); });
    }
    static Ints multiplyInts(const Ints &a, const Ints &b)
    {
        return each<Ints>([&](int i) { return std::int32_t(std::uint32_t(a.lane[i]) * std::uint32_t(b.lane[i])); });
    }
    static Ints clampInts(const Ints &v, const Ints &low, const Ints &high)
    {
        return each<Ints>([&](int i) { return std::min(std::max(v.lane[i], low.lane[i]), high.lane[i]); });
    }
    static void storeInts(std::int32_t *to, const Ints &v) { std::memcpy(to, v.lane, sizeof v.lane); }
    static void storeLowBytes(std::byte *to, const Ints &v, int count)
    {
        for (int i = 0; i < count; ++i)
            to[i] = std::byte(v.lane[i]);
    }

    class Requantizer
    {
    public:
        Requantizer(const Ints &multiplier, const Ints &shift) : m_multiplier(multiplier), m_shift(shift) {}
        Ints operator()(const Ints &x) const
        {
            return each<Ints>([&](int i) {
                return rt::multiplyByQuantizedMultiplier(x.lane[i], m_multiplier.lane[i], m_shift.lane[i]);
            });
        }

    private:
        Ints m_multiplier, m_shift;
    };
};

constinit const SimdFunctions portableFunctions = functionsOf<Portable>(Isa::portable);

} // namespace

#if defined(__x86_64__)
extern const SimdFunctions avx2Functions, avx512Functions, narrowAvx512Functions;
#endif

const SimdFunctions &simdFunctions(Isa isa, int channels)
{
#if defined(__x86_64__)
    if (isa == Isa::avx512)
        return channels <= 8 ? narrowAvx512Functions : avx512Functions;
    if (isa == Isa::avx2)
        return avx2Functions;
#endif
    (void)isa, (void)channels;
    return portableFunctions;
}

} // namespace espalier
