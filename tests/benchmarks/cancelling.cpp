// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How long work that trains takes to return once it is told to stop: at many moments of its life, evenly spread, so
// that every stretch of it that does not look is met. See README.md.

#include "ourtraining.h"

#include "core/techniques/recipe.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace espalier;
using namespace espalier::benchmarks;
using Clock = std::chrono::steady_clock;

using Work = std::function<Result<ModelPtr>(ThreadPool &pool, const Progress &progress)>;

const Network networks[] = {
    {"mlp", {28, 28}, 10},        {"lenet", {28, 28}, 10},          {"cnn", {28, 28}, 10},
    {"cnn1d", {100, 35}, 8},      {"autoencoder", {640}, 0},        {"dscnn", {49, 10}, 12},
    {"resnet8", {32, 32, 3}, 10}, {"mobilenetv1", {96, 96, 3}, 10}, {"mobilenetv2", {96, 96, 3}, 10}};

const char *const recipes[] = {
    "finetune epochs=1 batch=128",
    "distill epochs=1 batch=128",
    "quantize-aware epochs=1 batch=128",
    "binarize epochs=1 batch=128",
    "cluster-weights epochs=1 batch=128",
    "deep-compression epochs=1 batch=128",
    "prune-magnitude sparsity=0.8 schedule=polynomial epochs=1 batch=128",
    "prune-global sparsity=0.8 epochs=1 batch=128",
    "prune-channels criterion=taylor fraction=0.5 epochs=1 batch=128",
    "prune-channels scope=sensitivity fraction=0.5",
    "quantize-int8 bits=4 rounding=adaround iterations=50",
};

double processorMilliseconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * double(now.tv_sec) + 1e-6 * double(now.tv_nsec);
}

double milliseconds(Clock::duration duration)
{
    return std::chrono::duration<double, std::milli>(duration).count();
}

struct Stop
{
    double after, wall, processor; ///< milliseconds: since the start, and from the request until it had returned
};

/// `after` negative: it is let run to its end, where `after` of the result tells how long it took.
Stop runUntil(const Work &work, int threads, double after)
{
    ThreadPool pool(threads);
    std::stop_source source;
    Stop end{};
    const Clock::time_point start = Clock::now();
    std::mutex mutex;
    std::condition_variable hasEnded;
    bool ended = false;
    Clock::time_point returned;
    std::jthread worker([&] {
        const Result<ModelPtr> made = work(pool, Progress(source.get_token(), {}));
        end.processor = processorMilliseconds();
        returned = Clock::now();
        {
            const std::lock_guard lock(mutex);
            ended = true;
        }
        hasEnded.notify_one();
        if (!made && made.error().code != ErrorCode::cancelled)
            fail(made.error().message);
    });
    if (after < 0) {
        worker.join();
        return {milliseconds(returned - start), 0, 0};
    }
    const bool isLate = [&] {
        std::unique_lock lock(mutex);
        return hasEnded.wait_for(lock, std::chrono::duration<double, std::milli>(after), [&] { return ended; });
    }();
    const double processor = processorMilliseconds();
    const Clock::time_point requested = Clock::now();
    source.request_stop();
    worker.join();
    return isLate
               ? Stop{after, 0, 0}
               : Stop{milliseconds(requested - start), milliseconds(returned - requested), end.processor - processor};
}

void measure(const std::string &name, const Work &work, int threads, int stops)
{
    const double whole = runUntil(work, threads, -1).after;
    std::vector<Stop> all;
    for (int i = 0; i < stops; ++i)
        all.push_back(runUntil(work, threads, whole * (i + 0.5) / stops));
    const Stop worst = *std::ranges::max_element(all, {}, threads == 1 ? &Stop::processor : &Stop::wall);
    std::ranges::nth_element(all, all.begin() + stops / 2, {}, &Stop::processor);
    std::printf("| %s | %.0f | %.1f | %.1f | %.1f | %.0f |\n", name.c_str(), whole,
                all[std::size_t(stops) / 2].processor, worst.processor, worst.wall, worst.after);
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
    int stops = 100, threads = 1;
    std::vector<std::string> chosen;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--stops") == 0 && i + 1 < argc)
            stops = std::max(1, std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            threads = std::max(1, std::atoi(argv[++i]));
        else
            chosen.emplace_back(argv[i]);
    }
    std::printf("Milliseconds of the whole work and from the request to stop until it returned, %d requests, %d "
                "thread(s).\n\n"
                "| work | whole | median, processor | longest, processor | wall | requested at |\n"
                "| --- | ---: | ---: | ---: | ---: | ---: |\n",
                stops, threads);
    for (const Network &network : networks)
        for (const int batch : {32, 128, 4096}) {
            const std::string name = std::string("train ") + network.name + ", batch " + std::to_string(batch);
            // Two steps; a batch of thousands only where its samples are small enough to be many.
            const bool isLarge = elementCount(network.sample) > 4096;
            if (isChosen(chosen, name) && !(batch == 4096 && isLarge))
                measure(name, training(network, noise(network, std::size_t(batch) * 8 / 3), batch, false), threads,
                        stops);
        }
    // As many samples as CIFAR-10 has, whose bytes the checkpoint's fingerprint covers.
    const Network small = {"mlp", {32, 32, 3}, 10};
    if (const std::string name = "train mlp, 50000 samples, checkpoint"; isChosen(chosen, name))
        measure(name, training(small, noise(small, 50000), 4096, true), threads, stops);
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
            measure(name, making(untrained(network).model, data, *recipe), threads, stops);
        }
}
