// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/division.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace espalier {

namespace {

/// splitmix64: the standard's distributions differ between libraries, these draws must not.
class Draw
{
public:
    explicit Draw(std::uint64_t seed) : m_state(seed) {}

    /// A number in [0, limit), limit at most 2^32.
    std::size_t below(std::size_t limit)
    {
        m_state += 0x9e3779b97f4a7c15u;
        std::uint64_t x = m_state;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        x ^= x >> 31;
        return std::size_t(((x >> 32) * std::uint64_t(limit)) >> 32);
    }

    /// Moves `count` elements drawn without replacement to the front.
    void pick(std::vector<std::size_t> &from, std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i)
            std::swap(from[i], from[i + below(from.size() - i)]);
    }

private:
    std::uint64_t m_state;
};

std::string counted(std::size_t n, const char *one, const char *many)
{
    return std::to_string(n) + " " + (n == 1 ? one : many);
}

void say(Dataset &dataset, const std::string &sentence)
{
    dataset.division += (dataset.division.empty() ? "" : " ") + sentence;
}

} // namespace

Samples selected(const Samples &samples, std::span<const std::size_t> indices)
{
    Samples some{samples.type, samples.shape, indices.size(), nullptr, {}, {}};
    const std::size_t each = samples.sampleBytes();
    Bytes values;
    values.reserve(indices.size() * each);
    for (const std::size_t i : indices) {
        const auto sample = samples.sample(i);
        values.insert(values.end(), sample.begin(), sample.end());
        if (!samples.labels.empty())
            some.labels.push_back(samples.labels[i]);
        if (!samples.recordings.empty())
            some.recordings.push_back(samples.recordings[i]);
    }
    some.values = std::make_shared<const Bytes>(std::move(values));
    return some;
}

void divide(Dataset &dataset, const Samples &all)
{
    std::map<std::int32_t, std::vector<std::size_t>> ofClass;
    for (std::size_t i = 0; i < all.count; ++i)
        ofClass[all.labels.empty() ? 0 : all.labels[i]].push_back(i);
    std::vector<std::size_t> train, calibration, test;
    Draw draw(0);
    for (auto &[label, members] : ofClass) {
        const std::size_t n = members.size();
        const std::size_t tests = n < 2 ? n : std::max<std::size_t>(1, (2 * n + 5) / 10);
        const std::size_t calibrations = (n + 5) / 10;
        draw.pick(members, tests + calibrations);
        const auto afterTest = members.begin() + std::ptrdiff_t(tests);
        const auto afterCalibration = afterTest + std::ptrdiff_t(calibrations);
        test.insert(test.end(), members.begin(), afterTest);
        calibration.insert(calibration.end(), afterTest, afterCalibration);
        train.insert(train.end(), afterCalibration, members.end());
    }
    for (auto *split : {&train, &calibration, &test})
        std::ranges::sort(*split);
    dataset.train = selected(all, train);
    dataset.calibration = selected(all, calibration);
    dataset.test = selected(all, test);
    say(dataset, "The set has one split: of its " + counted(all.count, "sample ", "samples ") +
                     std::to_string(train.size()) + " train, " + std::to_string(calibration.size()) +
                     " calibrate and " + std::to_string(test.size()) +
                     " test (70, 10 and 20 % of each class, always the same ones).");
}

Result<void> complete(Dataset &dataset)
{
    Samples &train = dataset.train, &calibration = dataset.calibration, &test = dataset.test;
    if (train.count == 0 && test.count == 0)
        return unusableInput("the data set has no samples");
    if (test.count == 0) {
        const Samples all = std::move(train);
        divide(dataset, all);
    }
    const auto differs = [&](const Samples &other) {
        return other.count > 0 && (other.shape != test.shape || other.type != test.type);
    };
    for (const auto &[split, name] : {std::pair{&train, "train"}, std::pair{&calibration, "calibration"}}) {
        if (differs(*split))
            return unusableInput(std::string("samples of ") + name + " are " + shapeText(split->shape) + " " +
                                 std::string(espalier::name(split->type)) + ", those of test are " +
                                 shapeText(test.shape) + " " + std::string(espalier::name(test.type)));
    }
    if (calibration.count == 0 && train.count > 0) {
        std::vector<std::size_t> drawn(train.count);
        std::iota(drawn.begin(), drawn.end(), std::size_t(0));
        const std::size_t count = std::min(drawnCalibration, train.count);
        Draw(0).pick(drawn, count);
        drawn.resize(count);
        std::ranges::sort(drawn);
        calibration = selected(train, drawn);
        say(dataset, "There is no calibration split: " + counted(count, "sample", "samples") +
                         " of train calibrate, always the same ones.");
    }
    if (calibration.count == 0)
        say(dataset, "All " + counted(test.count, "sample", "samples") +
                         " are for testing and none may calibrate: techniques that calibrate need a data set with "
                         "calibration or train samples.");
    for (const Samples *split : {&train, &calibration, &test})
        for (const std::int32_t label : split->labels)
            dataset.classes = std::max(dataset.classes, std::size_t(label) + 1);
    return {};
}

} // namespace espalier
