// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How long a step of training takes, side by side with PyTorch: both measured in turns within one run, so that a busy
// machine slows both. See README.md.

#include "ourtraining.h"
#include "peer.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace espalier;
using namespace espalier::benchmarks;

/// Those that the peer has too.
const Network networks[] = {
    {"lenet", {28, 28}, 10},      {"cnn1d", {100, 35}, 8}, {"autoencoder", {640}, 0},
    {"resnet8", {32, 32, 3}, 10}, {"dscnn", {49, 10}, 12}, {"mobilenetv1", {96, 96, 3}, 2, 0.25},
};

/// PyTorch in a process of its own, which sleeps unless it is asked.
class Torch
{
public:
    Torch()
    {
        setenv("OPENBLAS_NUM_THREADS", "1", 1); // its threads spin beside PyTorch's own: several times slower
        const char *python = std::getenv("PYTHON");
        m_peer.emplace(std::vector<std::string>{python ? python : "python3", ESPALIER_TORCH_PEER});
    }
    std::string ask(const std::string &command)
    {
        const std::optional<std::string> answer = m_peer->ask(command);
        if (!answer)
            fail("PyTorch gave no answer: install python3-torch, or name a Python that has it in PYTHON");
        return *answer;
    }
    void prepare(const Network &network, int batch, int threads, const char *layout)
    {
        ask("prepare " + std::string(network.name) + " " + std::to_string(batch) + " " + std::to_string(threads) + " " +
            layout);
    }
    double run(int steps) { return std::stod(ask("run " + std::to_string(steps))); }

private:
    std::optional<Peer> m_peer;
};

/// The most memory that a process of its own takes to train a little, in MiB.
double ourMemory(const Network &network, int batch)
{
    int ends[2];
    if (pipe(ends) != 0)
        fail("no pipe");
    const pid_t process = fork();
    if (process == 0) {
        ThreadPool pool(2);
        OurTraining(network, batch).run(1, pool);
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        const double mebibytes = double(usage.ru_maxrss) / 1024;
        _exit(write(ends[1], &mebibytes, sizeof mebibytes) == sizeof mebibytes ? 0 : 1);
    }
    double mebibytes = NAN;
    if (read(ends[0], &mebibytes, sizeof mebibytes) != sizeof mebibytes)
        fail("training in a process of its own failed");
    waitpid(process, nullptr, 0);
    close(ends[0]);
    close(ends[1]);
    return mebibytes;
}

double torchMemory(const Network &network, int batch)
{
    Torch peer;
    peer.prepare(network, batch, 2, "nchw");
    peer.run(3);
    return std::stod(peer.ask("memory")) / (1 << 20);
}

struct Contender
{
    const char *name;
    std::function<double(int steps)> run;
    int steps = OurTraining::batchesPerEpoch;
    std::vector<double> all = {};

    double best() const { return *std::ranges::min_element(all) * 1e3; }
    double median() const
    {
        std::vector<double> sorted = all;
        std::ranges::sort(sorted);
        return sorted[sorted.size() / 2] * 1e3;
    }
};

/// In turns, bursts of about 0.1 s.
void measure(std::span<Contender> contenders, int bursts)
{
    constexpr int least = OurTraining::batchesPerEpoch;
    for (Contender &contender : contenders)
        contender.steps = std::clamp(int(0.1 / contender.run(least)) / least, 1, 1000) * least;
    for (int burst = 0; burst < bursts; ++burst)
        for (Contender &contender : contenders)
            contender.all.push_back(contender.run(contender.steps));
}

/// What quantization-aware training costs beside training the same network on in float: both as once saved and loaded,
/// one thread, by the processor time that it had.
void benchmarkQuantizeAware(const Network &network, int batch, int bursts)
{
    ThreadPool pool(1);
    OurTraining plain(network, batch, OurTraining::Form::loaded);
    OurTraining aware(network, batch, OurTraining::Form::quantizeAware);
    Contender contenders[] = {{"float", [&](int steps) { return plain.run(steps, pool); }},
                              {"quantization-aware", [&](int steps) { return aware.run(steps, pool); }}};
    measure(contenders, bursts);
    std::printf("| %s, %d | %.3f (%.3f) | %.3f (%.3f) | %.2f |\n", network.name, batch, contenders[0].best(),
                contenders[0].median(), contenders[1].best(), contenders[1].median(),
                contenders[1].best() / contenders[0].best());
    std::fflush(stdout);
}

/// `busy`: one thread only, by the processor time that it had.
void benchmark(const Network &network, int batch, int bursts, bool busy)
{
    const double memory = ourMemory(network, batch), theirMemory = torchMemory(network, batch);
    ThreadPool one(1), two(2);
    OurTraining ours(network, batch);
    Torch plain, channelsLast, single;
    plain.prepare(network, batch, 2, "nchw");
    channelsLast.prepare(network, batch, 2,
                         network.sample.size() < 3 && std::strcmp(network.name, "lenet") != 0 &&
                                 std::strcmp(network.name, "dscnn") != 0
                             ? "nchw"
                             : "nhwc");
    single.prepare(network, batch, 1, "nchw");
    std::vector<Contender> contenders;
    contenders.push_back({"Espalier, 2 threads", [&](int steps) { return ours.run(steps, two); }});
    contenders.push_back({"Espalier, 1 thread", [&](int steps) { return ours.run(steps, one); }});
    contenders.push_back({"PyTorch, 2 threads, NCHW", [&](int steps) { return plain.run(steps); }});
    contenders.push_back({"PyTorch, 2 threads, NHWC", [&](int steps) { return channelsLast.run(steps); }});
    contenders.push_back({"PyTorch, 1 thread, NCHW", [&](int steps) { return single.run(steps); }});
    if (busy)
        std::erase_if(contenders, [](const Contender &c) { return std::strstr(c.name, "2 threads") != nullptr; });
    measure(contenders, bursts);
    if (busy) {
        std::printf("| %s, %d | %.3f (%.3f) | %.3f (%.3f) | %.2f | %.0f | %.0f | %.2f |\n", network.name, batch,
                    contenders[0].best(), contenders[0].median(), contenders[1].best(), contenders[1].median(),
                    contenders[0].best() / contenders[1].best(), memory, theirMemory, memory / theirMemory);
        std::fflush(stdout);
        return;
    }
    double torch = INFINITY;
    for (const Contender &contender : std::span(contenders).subspan(2))
        torch = std::min(torch, contender.best());
    std::printf("| %s, %d |", network.name, batch);
    for (const Contender &contender : contenders)
        std::printf(" %.3f (%.3f) |", contender.best(), contender.median());
    std::printf(" %.2f | %.2f | %.2f | %.0f | %.0f | %.2f |\n", contenders[0].best() / torch,
                contenders[1].best() / contenders[4].best(), contenders[1].best() / contenders[0].best(), memory,
                theirMemory, memory / theirMemory);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    int bursts = 30, batch = 32;
    bool busy = false, quantizeAware = false;
    std::vector<std::string> chosen;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--bursts") == 0 && i + 1 < argc)
            bursts = std::max(1, std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--batch") == 0 && i + 1 < argc)
            batch = std::max(1, std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--busy") == 0)
            busy = true;
        else if (std::strcmp(argv[i], "--quantize-aware") == 0)
            quantizeAware = true;
        else
            chosen.emplace_back(argv[i]);
    }
    std::printf("Milliseconds of a step, best (median).\n\n");
    if (quantizeAware)
        std::printf("| network, batch | float | quantization-aware | ratio |\n| --- | --- | --- | --- |\n");
    else if (busy)
        std::printf("| network, batch | Espalier, 1 thread | PyTorch, 1 thread | ratio | MiB | PyTorch MiB | ratio |\n"
                    "| --- | --- | --- | --- | --- | --- | --- |\n");
    else
        std::printf("| network, batch | Espalier, 2 threads | 1 thread | PyTorch, 2 threads, NCHW | NHWC | 1 thread | "
                    "ratio | ratio, 1 thread | second thread | MiB | PyTorch MiB | ratio |\n"
                    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    std::fflush(stdout);
    for (const Network &network : networks) {
        if (!chosen.empty() && std::ranges::find(chosen, network.name) == chosen.end())
            continue;
        if (quantizeAware)
            benchmarkQuantizeAware(network, batch, bursts);
        else
            benchmark(network, batch, bursts, busy);
    }
}
