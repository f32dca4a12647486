// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How long a step of training takes, side by side with PyTorch: both measured in turns within one run, so that a busy
// machine slows both. See README.md.

#include "core/base/random.h"
#include "core/base/threadpool.h"
#include "core/train/architectures/architecture.h"
#include "core/train/train.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace espalier;

/// A network as both sides have it.
struct Network
{
    const char *name; ///< of the peer's and, unless another is given, of the architecture
    Shape sample;
    std::size_t classes; ///< 0: it is to reproduce its input
    double width = 1;
};
const Network networks[] = {
    {"lenet", {28, 28}, 10},      {"cnn1d", {100, 35}, 8}, {"autoencoder", {640}, 0},
    {"resnet8", {32, 32, 3}, 10}, {"dscnn", {49, 10}, 12}, {"mobilenetv1", {96, 96, 3}, 2, 0.25},
};

[[noreturn]] void fail(const std::string &why)
{
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

/// Noise with a little of the label in it.
Dataset noise(const Network &network, std::size_t count)
{
    Dataset data;
    data.name = "noise";
    data.classes = network.classes;
    data.labelKind = network.classes == 0 ? LabelKind::anomaly : LabelKind::classes;
    Random random(7);
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) {
        data.train.labels.push_back(std::int32_t(random.below(std::max<std::size_t>(network.classes, 1))));
        for (std::size_t k = 0; k < elementCount(network.sample); ++k)
            values.push_back(float(random.uniform() - 0.5 + 0.1 * data.train.labels.back()));
    }
    data.train.shape = network.sample;
    data.train.count = count;
    data.train.values = sharedBytes(values);
    return data;
}

constexpr int batchesPerEpoch = 10;

/// Trains on the same batches again and again.
class Ours
{
public:
    Ours(const Network &network, int batch) : m_data(noise(network, std::size_t(batch) * batchesPerEpoch))
    {
        const Result<Untrained> untrained =
            findArchitecture(network.name)->build({network.sample, network.classes, 1, network.width});
        if (!untrained)
            fail(untrained.error().message);
        m_model = untrained->model;
        m_options.layers = untrained->layers;
        m_options.batch = batch;
        m_options.learningRate = 0.001;
        m_options.schedule.kind = RateSchedule::constant;
    }

    /// Seconds of a step, what comes before the first included; of one thread those that it had a processor.
    double run(int steps, ThreadPool &pool)
    {
        m_options.epochs = std::max(1, steps / batchesPerEpoch);
        const clockid_t clock = pool.size() == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
        const double start = seconds(clock);
        const Result<ModelPtr> trained = train(m_model, m_data, m_options, pool);
        const double taken = seconds(clock) - start;
        if (!trained)
            fail(trained.error().message);
        return taken / (m_options.epochs * batchesPerEpoch);
    }

private:
    static double seconds(clockid_t clock)
    {
        timespec now{};
        clock_gettime(clock, &now);
        return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
    }

    Dataset m_data;
    ModelPtr m_model;
    TrainOptions m_options;
};

/// PyTorch in a process of its own, which sleeps unless it is asked.
class Peer
{
public:
    Peer()
    {
        int to[2], from[2];
        if (pipe(to) != 0 || pipe(from) != 0)
            fail("no pipe");
        m_process = fork();
        if (m_process == 0) {
            dup2(to[0], 0);
            dup2(from[1], 1);
            close(to[1]);
            close(from[0]);
            setenv("OPENBLAS_NUM_THREADS", "1", 1); // its threads spin beside PyTorch's own: several times slower
            const char *python = std::getenv("PYTHON");
            execlp(python ? python : "python3", "python3", ESPALIER_TORCH_PEER, nullptr);
            _exit(127);
        }
        close(to[0]);
        close(from[1]);
        m_to = fdopen(to[1], "w");
        m_from = fdopen(from[0], "r");
    }
    ~Peer()
    {
        std::fclose(m_to);
        std::fclose(m_from);
        waitpid(m_process, nullptr, 0);
    }
    Peer(const Peer &) = delete;
    Peer &operator=(const Peer &) = delete;

    std::string ask(const std::string &command)
    {
        std::fprintf(m_to, "%s\n", command.c_str());
        std::fflush(m_to);
        char line[256];
        if (!std::fgets(line, sizeof line, m_from))
            fail("PyTorch gave no answer: install python3-torch, or name a Python that has it in PYTHON");
        return std::string(line, std::strcspn(line, "\n"));
    }
    void prepare(const Network &network, int batch, int threads, const char *layout)
    {
        ask("prepare " + std::string(network.name) + " " + std::to_string(batch) + " " + std::to_string(threads) + " " +
            layout);
    }
    double run(int steps) { return std::stod(ask("run " + std::to_string(steps))); }

private:
    pid_t m_process;
    std::FILE *m_to, *m_from;
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
        Ours(network, batch).run(1, pool);
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
    Peer peer;
    peer.prepare(network, batch, 2, "nchw");
    peer.run(3);
    return std::stod(peer.ask("memory")) / (1 << 20);
}

struct Contender
{
    const char *name;
    std::function<double(int steps)> run;
    int steps = batchesPerEpoch;
    std::vector<double> all = {};

    double best() const { return *std::ranges::min_element(all) * 1e3; }
    double median() const
    {
        std::vector<double> sorted = all;
        std::ranges::sort(sorted);
        return sorted[sorted.size() / 2] * 1e3;
    }
};

/// `busy`: one thread only, by the processor time that it had.
void benchmark(const Network &network, int batch, int bursts, bool busy)
{
    const double memory = ourMemory(network, batch), theirMemory = torchMemory(network, batch);
    ThreadPool one(1), two(2);
    Ours ours(network, batch);
    Peer plain, channelsLast, single;
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
    for (Contender &contender : contenders) { // bursts of about 0.1 s
        const double seconds = contender.run(batchesPerEpoch);
        contender.steps = std::clamp(int(0.1 / seconds) / batchesPerEpoch, 1, 1000) * batchesPerEpoch;
    }
    for (int burst = 0; burst < bursts; ++burst)
        for (Contender &contender : contenders)
            contender.all.push_back(contender.run(contender.steps));

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
    bool busy = false;
    std::vector<std::string> chosen;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--bursts") == 0 && i + 1 < argc)
            bursts = std::max(1, std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--batch") == 0 && i + 1 < argc)
            batch = std::max(1, std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--busy") == 0)
            busy = true;
        else
            chosen.emplace_back(argv[i]);
    }
    std::printf("Milliseconds of a step, best (median).\n\n");
    if (busy)
        std::printf("| network, batch | Espalier, 1 thread | PyTorch, 1 thread | ratio | MiB | PyTorch MiB | ratio |\n"
                    "| --- | --- | --- | --- | --- | --- | --- |\n");
    else
        std::printf("| network, batch | Espalier, 2 threads | 1 thread | PyTorch, 2 threads, NCHW | NHWC | 1 thread | "
                    "ratio | ratio, 1 thread | second thread | MiB | PyTorch MiB | ratio |\n"
                    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    std::fflush(stdout);
    for (const Network &network : networks)
        if (chosen.empty() || std::ranges::find(chosen, network.name) != chosen.end())
            benchmark(network, batch, bursts, busy);
}
