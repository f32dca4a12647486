// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/simd/isa.h"

#include <array>
#include <atomic>

namespace espalier {

namespace {

struct Available
{
    std::array<Isa, 3> isas{};
    std::size_t count = 0;

    Available()
    {
        isas[count++] = Isa::portable;
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
            isas[count++] = Isa::avx2;
        if (count == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512vnni"))
            isas[count++] = Isa::avx512;
#endif
    }
};

const Available &available()
{
    static const Available instance;
    return instance;
}

std::atomic<Isa> &current()
{
    static std::atomic<Isa> isa = availableIsas().back();
    return isa;
}

} // namespace

std::string_view name(Isa isa)
{
    constexpr std::string_view names[] = {"portable", "avx2", "avx512"};
    return names[std::size_t(isa)];
}

std::span<const Isa> availableIsas()
{
    return {available().isas.data(), available().count};
}

Isa currentIsa()
{
    return current();
}

void setCurrentIsa(Isa isa)
{
    current() = isa;
}

} // namespace espalier
