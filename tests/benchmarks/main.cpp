// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast the engine runs the MLPerf Tiny models, side by side with XNNPACK and with TensorFlow Lite in WebAssembly:
// all measured in turns within one run, so that a busy machine slows all. See README.md.

#include "core/base/threadpool.h"
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/kernels/simd/isa.h"
#include "core/metrics/modelmetrics.h"
#include "peer.h"
#include "requantization.h"
#include "xnnpackmodel.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <optional>

double peakFloatMacs512(double seconds);
double peakByteMacs512(double seconds);

namespace {

using namespace espalier;
using namespace espalier::benchmarks;

/// Seconds that this thread has had a processor: what other programs take does not count.
double processorSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

double wallSeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Something to time, done for a number of images at once.
struct Contender
{
    std::function<void()> work = {};
    double images = 1;
    bool isThreaded = false;                           ///< measured by the wall clock rather than this thread's
    std::function<double(int repeats)> elsewhere = {}; ///< seconds of one, instead of `work`
    double bestSeconds = INFINITY;
    std::vector<double> all = {};

    double seconds(int repeats) const
    {
        if (elsewhere)
            return elsewhere(repeats);
        const auto clock = isThreaded ? wallSeconds : processorSeconds;
        const double start = clock();
        for (int r = 0; r < repeats; ++r)
            work();
        return (clock() - start) / repeats;
    }
    double best() const { return bestSeconds / images * 1e6; }
    double median()
    {
        std::ranges::sort(all);
        return all[all.size() / 2] / images * 1e6;
    }
};

/// Runs the contenders in turns, in bursts short enough that some have the machine to themselves.
void race(std::vector<Contender> &contenders, int bursts)
{
    constexpr double burstSeconds = 0.002;
    std::vector<int> repeats;
    for (Contender &c : contenders) {
        c.seconds(1);
        repeats.push_back(std::max(1, int(burstSeconds / c.seconds(1))));
    }
    for (int b = 0; b < bursts; ++b)
        for (std::size_t i = 0; i < contenders.size(); ++i) {
            Contender &c = contenders[i];
            c.all.push_back(c.seconds(repeats[i]));
            c.bestSeconds = std::min(c.bestSeconds, c.all.back());
        }
}

void fill(std::span<std::byte> bytes, bool isFloat)
{
    std::uint32_t state = 2654435769u;
    for (std::size_t at = 0; at < bytes.size(); at += isFloat ? 4 : 1) {
        state = state * 1664525u + 1013904223u;
        const float value = float(state >> 24) / 127.5f - 1.0f;
        if (isFloat)
            std::memcpy(bytes.data() + at, &value, 4);
        else
            bytes[at] = std::byte(state >> 24);
    }
}

/// Another program's loop that never waits, while it is wanted.
class BusyLoop
{
public:
    BusyLoop() : m_process(fork())
    {
        if (m_process == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;)
                asm volatile("");
        }
        want(false);
    }
    ~BusyLoop()
    {
        kill(m_process, SIGKILL);
        waitpid(m_process, nullptr, 0);
    }
    BusyLoop(const BusyLoop &) = delete;
    BusyLoop &operator=(const BusyLoop &) = delete;

    void want(bool isWanted) const { kill(m_process, isWanted ? SIGCONT : SIGSTOP); }

private:
    pid_t m_process;
};

/// How many times longer a piece of work takes beside a busy loop, by the medians of bursts that the processors' turns
/// even out in.
double slowdownBesideBusyLoop(const Contender &contender, int bursts)
{
    constexpr double burstSeconds = 0.1;
    const BusyLoop loop;
    const int repeats = std::max(1, int(burstSeconds / contender.seconds(1)));
    std::vector<double> alone, beside;
    for (int b = 0; b < bursts; ++b) {
        alone.push_back(contender.seconds(repeats));
        loop.want(true);
        beside.push_back(contender.seconds(repeats));
        loop.want(false);
    }
    std::ranges::sort(alone);
    std::ranges::sort(beside);
    return beside[beside.size() / 2] / alone[alone.size() / 2];
}

/// Where the time of one image goes.
void printLayers(const ProgramPtr &program, int bursts, double peak)
{
    const Graph &graph = program->graph();
    Session session(program);
    for (std::size_t i = 0; i < graph.inputs.size(); ++i)
        fill(session.input(i), graph[graph.inputs[i]].type == DType::float32);
    std::vector<double> best(graph.tensors.size(), INFINITY);
    for (int b = 0; b < bursts; ++b) {
        double last = processorSeconds();
        session.run(1, [&](TensorId id, std::span<const std::byte>) {
            const double now = processorSeconds();
            best[std::size_t(id.index)] = std::min(best[std::size_t(id.index)], now - last);
            last = processorSeconds();
        });
    }
    for (const Operator &op : graph.operators) {
        const double seconds = best[std::size_t(op.outputs[0].index)];
        std::printf("    %-20s %-14s %9.2f us  %9.3f MMAC  %5.2f of peak\n", op.typeName.c_str(),
                    shapeText(graph[op.outputs[0]].shape).c_str(), seconds * 1e6, double(macs(graph, op)) / 1e6,
                    double(macs(graph, op)) / seconds / peak);
    }
}

/// The engine over many images: micro-batches on a pool's threads.
std::function<void()> dataSet(const ProgramPtr &program, ThreadPool &pool, std::size_t images, bool isFloat)
{
    const int batch = program->preferredBatch(images, pool.size());
    auto sessions = std::make_shared<std::vector<Session>>();
    for (int i = 0; i < pool.size(); ++i)
        fill(sessions->emplace_back(program, batch).input(), isFloat);
    return [sessions, &pool, images, batch] {
        const std::size_t batches = (images + std::size_t(batch) - 1) / std::size_t(batch);
        pool.run(batches, [&](std::size_t index, int worker) {
            const std::size_t left = images - index * std::size_t(batch);
            (*sessions)[std::size_t(worker)].run(int(std::min(left, std::size_t(batch))));
        });
    };
}

/// Images of a data set: 64, or as many as take two milliseconds one by one, since real ones take longer than waking a
/// thread does.
std::size_t imagesOfDataSet(const Contender &oneImage)
{
    oneImage.seconds(10);
    return std::size_t(std::clamp(0.002 / oneImage.seconds(10), 64.0, 1024.0));
}

void benchmark(const std::filesystem::path &path, ThreadPool &one, ThreadPool &all, int bursts, bool layers)
{
    const Result<ModelPtr> model = readModel(path);
    if (!model) {
        std::printf("%s: %s\n", path.c_str(), model.error().message.c_str());
        return;
    }
    const Graph &graph = (*model)->main();
    const Result<ProgramPtr> program = Program::compile(*model);
    if (!program) {
        std::printf("%s: %s\n", path.c_str(), program.error().message.c_str());
        return;
    }
    const bool isFloat = graph[graph.inputs[0]].type == DType::float32;
    Session session(*program);
    fill(session.input(), isFloat);
    const std::size_t images = imagesOfDataSet({.work = [&] { session.run(); }});
    std::vector<Contender> contenders;
    contenders.push_back({.work = [&] { session.run(); }});
    contenders.push_back({.work = dataSet(*program, one, images, isFloat), .images = images});
    contenders.push_back({.work = dataSet(*program, all, images, isFloat), .images = images, .isThreaded = true});

    std::vector<std::unique_ptr<XnnpackModel>> peers; // one per thread, which is faster than threads within an image
    for (int i = 0; i < all.size(); ++i) {
        Result<std::unique_ptr<XnnpackModel>> peer = XnnpackModel::make(graph);
        if (!peer) {
            std::printf("%s: %s\n", path.filename().c_str(), peer.error().message.c_str());
            break;
        }
        fill((*peer)->input(), isFloat);
        peers.push_back(std::move(*peer));
    }
    if (peers.size() == std::size_t(all.size())) {
        contenders.push_back({.work = [&] { peers[0]->run(); }});
        const auto overImages = [&](std::size_t, int worker) { peers[std::size_t(worker)]->run(); };
        contenders.push_back(
            {.work = [&, overImages] { all.run(images, overImages); }, .images = images, .isThreaded = true});
    }
    const std::size_t xnnpack = contenders.size() > 3 ? 3 : 0;
    Peer wasm({"node", ESPALIER_TFLITE_PEER, path.string()});
    const std::string state = wasm.ask("ready").value_or("needs node, and 'npm ci' in tests/tflite");
    if (state == "ready")
        contenders.push_back({.elsewhere = [&](int repeats) { return std::stod(*wasm.ask(std::to_string(repeats))); }});
    else
        std::printf("%s: TensorFlow Lite in WebAssembly: %s\n", path.filename().c_str(), state.c_str());
    race(contenders, bursts);

    const double peak = isFloat ? peakFloatMacs512(0.05) : peakByteMacs512(0.05);
    const double share = double(macs(graph)) / (contenders[1].bestSeconds / double(images)) / peak;
    const auto print = [](Contender &c) { std::printf(" %.2f (%.2f) |", c.best(), c.median()); };
    std::printf("| %s |", path.stem().c_str());
    print(contenders[0]);
    std::printf(" %.2f |", share);
    if (xnnpack > 0) {
        print(contenders[xnnpack]);
        std::printf(" %.2f |", contenders[0].best() / contenders[xnnpack].best());
    } else {
        std::printf(" | |");
    }
    if (state == "ready") {
        print(contenders.back());
        std::printf(" %.2f |", contenders.back().best() / contenders[0].best());
    } else {
        std::printf(" | |");
    }
    print(contenders[1]);
    print(contenders[2]);
    std::printf(" %.2f |", contenders[1].best() / contenders[2].best());
    if (xnnpack > 0) {
        print(contenders[xnnpack + 1]);
        std::printf(" %.2f |", contenders[2].best() / contenders[xnnpack + 1].best());
    } else {
        std::printf(" | |");
    }
    std::printf(" %.2f |\n", slowdownBesideBusyLoop(contenders[2], std::min(bursts, 20)));
    if (layers)
        printLayers(*program, 200 * bursts, peak);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s [--bursts N] [--layers] MODEL.tflite…\n", argv[0]);
        return 2;
    }
    ThreadPool one(1), all;
    int bursts = 100;
    bool layers = false;
    std::printf("Instruction set: %s; %d threads; best (median) microseconds per image.\n\n",
                std::string(name(currentIsa())).c_str(), all.size());
    const RequantizationFigures rounding = measureRequantization();
    std::printf("Requantization: %.3f ns an output, %.2f ns by the reference's code; of %d outputs %d differ.\n\n",
                rounding.nanoseconds, rounding.scalarNanoseconds, rounding.outputs, rounding.mismatches);
    std::printf(
        "| model | 1 image | share of peak | XNNPACK, 1 image | ratio | TensorFlow Lite, WebAssembly, 1 image | "
        "times faster | data set, 1 thread | data set, all threads | times faster | XNNPACK, all threads | ratio "
        "| slowdown beside a busy loop |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--bursts") == 0 && i + 1 < argc)
            bursts = std::max(1, std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--layers") == 0)
            layers = true;
        else
            benchmark(argv[i], one, all, bursts, layers);
    }
}
