// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How long work takes to return once it is told to stop: at many moments of its life, evenly spread, so that every
// stretch of it that does not look is met. See README.md.

#include "ourtraining.h"

#include "core/techniques/recipe.h"

#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace espalier;
using namespace espalier::benchmarks;

using Work = std::function<Result<ModelPtr>(ThreadPool &pool, const Progress &progress)>;

const Network networks[] = {
    {"mlp", {28, 28}, 10},        {"lenet", {28, 28}, 10},          {"cnn", {28, 28}, 10},
    {"cnn1d", {100, 35}, 8},      {"autoencoder", {640}, 0},        {"dscnn", {49, 10}, 12},
    {"resnet8", {32, 32, 3}, 10}, {"mobilenetv1", {96, 96, 3}, 10}, {"mobilenetv2", {96, 96, 3}, 10}};

/// What trains, once more on a network of many weights, and what calibrates or searches without training.
const char *const recipes[] = {
    "finetune epochs=1 batch=128",
    "distill epochs=1 batch=128",
    "quantize-aware epochs=1 batch=128",
    "binarize epochs=1 batch=128",
    "binarize activations=yes epochs=1 batch=128",
    "cluster-weights",
    "cluster-weights epochs=1 batch=128",
    "cluster-weights clusters=256 start=density keep_zeros=yes",
    "deep-compression epochs=1 batch=128",
    "prune-magnitude sparsity=0.8 schedule=polynomial epochs=1 batch=128",
    "prune-global sparsity=0.8 epochs=1 batch=128",
    "prune-random sparsity=0.8",
    "prune-depth epochs=1 batch=128",
    "prune-channels criterion=l1",
    "prune-channels criterion=l2",
    "prune-channels criterion=fpgm",
    "prune-channels criterion=taylor fraction=0.5 epochs=1 batch=128",
    "prune-channels criterion=gradient",
    "prune-channels criterion=apoz",
    "prune-channels criterion=activation",
    "prune-channels criterion=relevance",
    "prune-channels criterion=random",
    "prune-channels scope=global rounds=3",
    "prune-channels scope=sensitivity fraction=0.5",
    "equalize | quantize-int8 per_channel=no",
    "quantize-int8",
    "quantize-int8 calibration=moving-average",
    "quantize-int8 calibration=mean",
    "quantize-int8 calibration=percentile",
    "quantize-int8 calibration=mse",
    "quantize-int8 calibration=entropy",
    "quantize-int8 calibration=tf_enhanced",
    "quantize-int8 bias-correction=empirical",
    "quantize-int8 bias-correction=analytic",
    "quantize-int8 bias-correction=fast",
    "quantize-int8 bits=4 rounding=adaround iterations=50",
    "quantize-int4 group=32",
    "quantize-int16x8",
    "quantize-dynamic",
    "quantize-float16",
    "quantize-linear",
    "assign-bits",
};

double processorMilliseconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * double(now.tv_sec) + 1e-6 * double(now.tv_nsec);
}

/// Processor milliseconds: since the work began, and from the request to stop until it had returned.
struct Stop
{
    double after, taken;
};

/// The work's copies, each of which is told to stop where it was made.
struct Copies
{
    std::stop_source source;
    double began = processorMilliseconds();
    double asked = -1; ///< in a copy: when it was made, by the clock of the work
    timeval interval{};

    /// Sends the next signal after so much of the work: copying itself takes longer than some intervals.
    void wait() const
    {
        const itimerval once{{}, interval};
        setitimer(ITIMER_PROF, &once, nullptr);
    }
};
Copies *copies = nullptr;

/// Between any two instructions of the work: its copy is to stop, the work itself goes on once that has ended.
void copyAndStop(int)
{
    const int error = errno;
    const double now = processorMilliseconds();
    const pid_t copy = _Fork();
    if (copy == 0) {
        copies->asked = now - copies->began;
        copies->source.request_stop();
    } else if (copy > 0) {
        while (waitpid(copy, nullptr, 0) < 0 && errno == EINTR)
            ;
        copies->wait(); // a copy has no timer
    }
    errno = error;
}

/// Does the work on this thread, which is the only one, and makes a copy after every so many milliseconds. A copy has a
/// clock of its own, which starts at 0; what it copies of the memory counts.
std::vector<Stop> stopsOf(const Work &work, double interval)
{
    int ends[2];
    if (pipe(ends) != 0)
        fail("no pipe");
    ThreadPool pool(1);
    Copies made;
    copies = &made;
    struct sigaction action = {};
    action.sa_handler = copyAndStop;
    action.sa_flags = SA_RESTART;
    sigaction(SIGPROF, &action, nullptr);
    made.interval = {long(interval) / 1000, long(interval * 1e3) % 1000000};
    made.wait();
    std::ignore = work(pool, Progress(made.source.get_token(), {}));
    if (made.asked >= 0) {
        const Stop stop{made.asked, processorMilliseconds()};
        _exit(write(ends[1], &stop, sizeof stop) == sizeof stop ? 0 : 1);
    }
    made.interval = {};
    made.wait(); // for ever
    close(ends[1]);
    std::vector<Stop> all;
    for (Stop stop{}; read(ends[0], &stop, sizeof stop) == sizeof stop;)
        all.push_back(stop);
    close(ends[0]);
    return all;
}

void measure(const std::string &name, const Work &work, int stops)
{
    double whole = -processorMilliseconds();
    {
        ThreadPool pool(1);
        if (const Result<ModelPtr> made = work(pool, {}); !made)
            fail(name + ": " + made.error().message);
    }
    whole += processorMilliseconds();
    std::vector<Stop> all = stopsOf(work, std::max(whole / (stops + 1), 1.0));
    if (all.empty())
        all.push_back({});
    const Stop worst = *std::ranges::max_element(all, {}, &Stop::taken);
    std::ranges::nth_element(all, all.begin() + std::ptrdiff_t(all.size() / 2), {}, &Stop::taken);
    std::printf("| %s | %.0f | %zu | %.1f | %.1f | %.0f |\n", name.c_str(), whole, all.size(),
                all[all.size() / 2].taken, worst.taken, worst.after);
    std::fflush(stdout);
}

Work training(const Network &network, const Dataset &data, int batch, bool keepsCheckpoints)
{
    return [built = untrained(network), data, batch, keepsCheckpoints](ThreadPool &pool, const Progress &progress) {
        TrainOptions options;
        options.layers = built.layers;
        options.batch = batch;
        options.epochs = 1;
        options.learningRate = 1e-3;
        options.validation = 0.25;
        if (keepsCheckpoints)
            options.checkpoint = std::filesystem::temp_directory_path() / "espalier-cancelling.checkpoint";
        return train(built.model, data, options, pool, {}, progress);
    };
}

Work making(const ModelPtr &model, const DatasetPtr &data, const Recipe &recipe)
{
    return [=](ThreadPool &pool, const Progress &progress) {
        TechniqueContext context{.data = data, .scaling = {}, .seed = 0, .pool = pool, .progress = progress};
        return recipe.apply(model, context);
    };
}

bool isChosen(const std::vector<std::string> &chosen, const std::string &name)
{
    return chosen.empty() ||
           std::ranges::any_of(chosen, [&](const std::string &part) { return name.find(part) != std::string::npos; });
}

} // namespace

int main(int argc, char **argv)
{
    int stops = 100;
    std::vector<std::string> chosen;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--stops") == 0 && i + 1 < argc)
            stops = std::max(1, std::atoi(argv[++i]));
        else
            chosen.emplace_back(argv[i]);
    }
    std::printf("Processor milliseconds of the whole work and from the request to stop until it returned.\n\n"
                "| work | whole | requests | median | longest | requested at |\n"
                "| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (const Network &network : networks)
        for (const int batch : {32, 128, 4096}) {
            const std::string name = std::string("train ") + network.name + ", batch " + std::to_string(batch);
            // Two steps; a batch of thousands only where its samples are small enough to be many.
            const bool isLarge = elementCount(network.sample) > 4096;
            if (isChosen(chosen, name) && !(batch == 4096 && isLarge))
                measure(name, training(network, noise(network, std::size_t(batch) * 8 / 3), batch, false), stops);
        }
    // As many samples as CIFAR-10 has, whose bytes the checkpoint's fingerprint covers.
    const Network small = {"mlp", {32, 32, 3}, 10};
    if (const std::string name = "train mlp, 50000 samples, checkpoint"; isChosen(chosen, name))
        measure(name, training(small, noise(small, 50000), 4096, true), stops);
    for (const char *const id : {"resnet8", "mobilenetv2"})
        for (const char *const text : recipes) {
            const Network &network =
                *std::ranges::find_if(networks, [&](const Network &n) { return std::strcmp(n.name, id) == 0; });
            const std::string name = std::string(id) + ", `" + text + "`";
            if (!isChosen(chosen, name))
                continue;
            const Result<Recipe> recipe = Recipe::parse(text);
            if (!recipe)
                fail(recipe.error().message);
            const auto data = std::make_shared<const Dataset>(noise(network, 256));
            measure(name, making(untrained(network).model, data, *recipe), stops);
        }
}
