// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/binary.h>
#include <espalier/conv2d.h>
#include <espalier/copy.h>
#include <espalier/depthwiseconv2d.h>
#include <espalier/fullyconnected.h>
#include <espalier/hybrid.h>
#include <espalier/interpolation.h>
#include <espalier/kernelbounds.h>
#include <espalier/layers.h>
#include <espalier/lookup.h>
#include <espalier/mean.h>
#include <espalier/pairwise.h>
#include <espalier/planimage.h>
#include <espalier/pool2d.h>
#include <espalier/resizebilinear.h>
#include <espalier/resizenearest.h>
#include <espalier/softmax.h>
#include <espalier/sparse.h>
#include <espalier/sparsefloat.h>
#include <espalier/transposeconv.h>
#include <espalier/unary.h>

#if defined(ESPALIER_TABLE_DSP)
#include <espalier/dsp/add.h>
#include <espalier/dsp/clustered.h>
#include <espalier/dsp/convolution.h>
#include <espalier/dsp/depthwise.h>
#include <espalier/dsp/fullyconnected.h>
#include <espalier/dsp/grouped.h>
#include <espalier/dsp/rowconvolution.h>
#include <espalier/dsp/wide.h>
#endif
#if defined(ESPALIER_TABLE_THUMB)
#include <espalier/thumb/add.h>
#include <espalier/thumb/clustered.h>
#include <espalier/thumb/convolution.h>
#include <espalier/thumb/depthwise.h>
#include <espalier/thumb/fullyconnected.h>
#include <espalier/thumb/grouped.h>
#include <espalier/thumb/wide.h>
#endif

/// The kernels of espalier/kernels.def as a plan image calls them: the plain ones, and those of the families whose
/// ESPALIER_TABLE_… is defined.
namespace espalier {
namespace rt {
namespace detail {

template <size_t... I>
struct Indices
{
};
template <size_t N, size_t... I>
struct CountTo : CountTo<N - 1, N - 1, I...>
{
};
template <size_t... I>
struct CountTo<0, I...>
{
    typedef Indices<I...> Type;
};

/// Calls `kernel` with the arguments as pointers to their types.
template <class Layer, class... Types>
struct Typed
{
    static constexpr uint16_t settings = sizeof(Layer) / 4, arguments = sizeof...(Types);

    /// See Kernel::widths.
    static constexpr uint32_t widths()
    {
        const uint32_t sizes[] = {sizeof(Types)...};
        uint32_t all = 0;
        for (uint32_t i = 0; i < sizeof...(Types); ++i)
            all |= (sizes[i] == 8 ? 3 : sizes[i] / 2) << (2 * i);
        return all;
    }

    template <class Body>
    static void call(const void *layer, void *const *operands, Body kernel)
    {
        spread(layer, operands, kernel, typename CountTo<sizeof...(Types)>::Type());
    }

private:
    template <class Body, size_t... I>
    static void spread(const void *layer, void *const *operands, Body kernel, Indices<I...>)
    {
        const Layer own = *static_cast<const Layer *>(layer); // which no operand can alias
        kernel(own, static_cast<Types *>(operands[I])...);
    }
};

template <class Layer, bool (*check)(const Layer &, const bounds::Operand *)>
bool staysWithin(const void *layer, const bounds::Operand *operands)
{
    return check(*static_cast<const Layer *>(layer), operands);
}

} // namespace detail

#define ESPALIER_KERNEL(function, layer, ...)                                                                          \
    {kernelId(#function "(" #__VA_ARGS__ ")"),                                                                         \
     detail::Typed<layer, __VA_ARGS__>::settings,                                                                      \
     detail::Typed<layer, __VA_ARGS__>::arguments,                                                                     \
     detail::Typed<layer, __VA_ARGS__>::widths(),                                                                      \
     [](const void *settings, void *const *arguments) {                                                                \
         detail::Typed<layer, __VA_ARGS__>::call(                                                                      \
             settings, arguments, [](const layer &of, auto *...pointers) { function(of, pointers...); });              \
     },                                                                                                                \
     detail::staysWithin<layer, bounds::function>},
#define KERNEL_OF_plain(...) ESPALIER_KERNEL(__VA_ARGS__)
#if defined(ESPALIER_TABLE_DSP)
#define KERNEL_OF_dsp(...) ESPALIER_KERNEL(__VA_ARGS__)
#else
#define KERNEL_OF_dsp(...)
#endif
#if defined(ESPALIER_TABLE_THUMB)
#define KERNEL_OF_thumb(...) ESPALIER_KERNEL(__VA_ARGS__)
#else
#define KERNEL_OF_thumb(...)
#endif
#define KERNEL(family, ...) KERNEL_OF_##family(__VA_ARGS__)

constexpr Kernel kernelTable[] = {
#include <espalier/kernels.def>
};

#undef KERNEL
#undef KERNEL_OF_plain
#undef KERNEL_OF_dsp
#undef KERNEL_OF_thumb
#undef ESPALIER_KERNEL

/// Null where there is none.
inline const Kernel *findKernel(uint32_t id)
{
    for (const Kernel &kernel : kernelTable) {
        if (kernel.id == id)
            return &kernel;
    }
    return nullptr;
}

} // namespace rt
} // namespace espalier
