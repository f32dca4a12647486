// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Plan images with a right checksum, whatever else is in them: what the loader accepts runs within its arena and
// changes nothing of the image. The input's first byte chooses a real plan of one step, of every kernel there is; the
// others overwrite words of it: where, then what. 255 takes the rest as the image itself.
#define ESPALIER_TABLE_DSP
#define ESPALIER_TABLE_THUMB
#include "device/plan/planimage.h"

#include "../device/randomgraph.h"
#include "../device/stepalone.h"

#include <espalier/kerneltable.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <set>

using namespace espalier;

namespace {

constexpr std::uint32_t mostArena = 8192, mostSteps = 4; // a run takes milliseconds
constexpr std::size_t largestBase = 4096;

using Image = std::vector<std::uint32_t>;

Image imageOf(std::span<const std::uint8_t> bytes)
{
    Image image((bytes.size() + 7) / 8 * 2);
    std::memcpy(image.data(), bytes.data(), bytes.size());
    return image;
}

// Graphs of one operator each: those of many take long to plan.
std::vector<Graph> graphsOf(DType type)
{
    using test::RandomGraph;
    std::vector<std::function<void(RandomGraph &)>> makers = {
        [=](RandomGraph &g) { g.addConv2D(type); },
        [=](RandomGraph &g) { g.addDepthwise(type); },
        [=](RandomGraph &g) { g.addFullyConnected(type); },
        [=](RandomGraph &g) { g.addClustered(type); },
        [=](RandomGraph &g) { g.addTransposeConv(type); },
        [=](RandomGraph &g) { g.addPool(OpKind::averagePool2D, type); },
        [=](RandomGraph &g) { g.addPool(OpKind::maxPool2D, type); },
        [=](RandomGraph &g) { g.addMean(type); },
        [=](RandomGraph &g) { g.addConcatenation(type); },
        [=](RandomGraph &g) { g.addTranspose(type); },
        [=](RandomGraph &g) { g.addStridedSlice(type); },
        [=](RandomGraph &g) { g.addPad(type, false); },
        [=](RandomGraph &g) { g.addResize(OpKind::resizeNearestNeighbor, type); },
        [=](RandomGraph &g) { g.addResize(OpKind::resizeBilinear, type); },
        [=](RandomGraph &g) { g.addUnary(OpKind::leakyRelu, type); },
        [=](RandomGraph &g) { g.addUnary(OpKind::relu, type); },
        [=](RandomGraph &g) { g.addConversion(type, type == DType::float32 ? DType::int8 : DType::float32); },
    };
    for (const OpKind kind : {OpKind::add, OpKind::sub, OpKind::mul, OpKind::maximum, OpKind::minimum})
        makers.push_back([=](RandomGraph &g) { g.addPairwise(kind, type); });
    if (type == DType::int8 || type == DType::int16)
        makers.push_back([=](RandomGraph &g) { g.addNetwork(type); });
    if (type == DType::int8) {
        makers.push_back([](RandomGraph &g) { g.addSparse(); });
        makers.push_back([](RandomGraph &g) { g.addGrouped(); });
    }
    if (type == DType::float32) {
        makers.push_back([=](RandomGraph &g) { g.addConv2D(type, true); });
        makers.push_back([=](RandomGraph &g) { g.addDepthwise(type, true); });
        makers.push_back([=](RandomGraph &g) { g.addFullyConnected(type, true); });
    }
    if (type != DType::int16)
        makers.push_back([=](RandomGraph &g) { g.addUnary(OpKind::softmax, type); });
    std::vector<Graph> graphs;
    for (const auto &make : makers) {
        for (unsigned seed = 1; seed <= 4; ++seed) {
            RandomGraph graph(seed);
            make(graph);
            graphs.push_back(graph.take());
        }
    }
    return graphs;
}

std::vector<Image> bases;

void makeBases()
{
    std::set<std::string> seen;
    for (const auto &[type, family] :
         {std::pair(DType::float32, device::KernelFamily::plain), std::pair(DType::int8, device::KernelFamily::plain),
          std::pair(DType::uint8, device::KernelFamily::plain), std::pair(DType::int16, device::KernelFamily::plain),
          std::pair(DType::int8, device::KernelFamily::dsp), std::pair(DType::int8, device::KernelFamily::thumb)}) {
        for (const Graph &graph : graphsOf(type)) {
            const auto plan = device::makePlan(*test::modelOf(graph), family, device::WeightForms::compact);
            if (!plan)
                std::abort();
            for (const device::PlanStep &step : plan->steps) {
                const auto image = device::writePlanImage(test::stepAlone(*plan, step));
                if (image.size() <= largestBase && seen.insert(kernelSignature(*plan, step)).second)
                    bases.push_back(imageOf(image));
            }
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *, char ***)
{
    makeBases();
    std::fprintf(stderr, "%zu kernels\n", bases.size());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    Image image;
    if (*data == 255) {
        image = imageOf({data + 1, size - 1});
    } else {
        image = bases[*data % bases.size()];
        for (std::size_t at = 1; at + 6 <= size; at += 6) {
            std::uint16_t place;
            std::memcpy(&place, data + at, 2);
            std::memcpy(&image[place % image.size()], data + at + 2, 4);
        }
    }
    auto *const bytes = reinterpret_cast<std::uint8_t *>(image.data());
    const auto available = std::uint32_t(4 * image.size());
    const rt::PlanImage plan(bytes);
    if (available >= sizeof(rt::PlanHeader)) { // what the checksum guards against is no news
        const std::uint32_t length = image[2] >= 16 && image[2] <= available ? image[2] : available;
        image[3] = rt::planChecksum(bytes, length);
    }
    if (plan.check(available, mostArena, rt::findKernel) || plan.header().steps > mostSteps)
        return 0;
    const Image before = image;
    std::vector<std::uint64_t> arena((plan.header().arenaBytes + 7) / 8);
    std::vector<rt::Kernel::Call> calls(plan.header().steps);
    plan.resolve(calls.data(), rt::findKernel);
    plan.run(reinterpret_cast<std::uint8_t *>(arena.data()), calls.data(), [](std::uint32_t) {});
    if (image != before) {
        std::fprintf(stderr, "broken promise: a plan changes its own image\n");
        std::abort();
    }
    return 0;
}
