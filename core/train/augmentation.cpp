// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/augmentation.h"

#include <algorithm>
#include <vector>

namespace espalier {

namespace {

/// From -reach to reach, every one equally likely.
int within(int reach, Random &random)
{
    return int(random.below(std::uint64_t(2 * reach + 1))) - reach;
}

void augmentImage(const Augmentation &settings, int height, int width, int channels, std::span<float> sample,
                  Random &random)
{
    const int down = within(settings.shift, random), right = within(settings.shift, random);
    const bool mirrored = settings.flip && random.below(2) == 1;
    if (down != 0 || right != 0 || mirrored) {
        const std::vector<float> before(sample.begin(), sample.end());
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                const int fromY = y - down, shifted = x - right;
                const int fromX = mirrored ? width - 1 - shifted : shifted;
                const bool inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
                for (int c = 0; c < channels; ++c)
                    sample[std::size_t((y * width + x) * channels + c)] =
                        inside ? before[std::size_t((fromY * width + fromX) * channels + c)] : 0.0f;
            }
    }
    if (settings.cutOut > 0) {
        const int y = int(random.below(std::uint64_t(height))) - settings.cutOut / 2;
        const int x = int(random.below(std::uint64_t(width))) - settings.cutOut / 2;
        for (int row = std::max(y, 0); row < std::min(y + settings.cutOut, height); ++row)
            for (int column = std::max(x, 0); column < std::min(x + settings.cutOut, width); ++column)
                std::fill_n(sample.begin() + (row * width + column) * channels, channels, 0.0f);
    }
}

/// Nearly normal, with mean 0 and deviation 1: twelve uniform numbers less 6. No logarithm, whose last bit differs
/// between C libraries.
float noise(Random &random)
{
    double sum = -6;
    for (int i = 0; i < 12; ++i)
        sum += random.uniform();
    return float(sum);
}

void augmentSeries(const Augmentation &settings, int steps, int channels, std::span<float> sample, Random &random)
{
    if (const int later = within(settings.timeShift, random); later != 0) {
        const std::vector<float> before(sample.begin(), sample.end());
        for (int t = 0; t < steps; ++t)
            std::copy_n(before.begin() + std::clamp(t - later, 0, steps - 1) * channels, channels,
                        sample.begin() + t * channels);
    }
    const auto factor = float(1 + settings.scale * (2 * random.uniform() - 1));
    for (float &value : sample)
        value *= factor;
    for (float &value : sample.first(settings.jitter > 0 ? sample.size() : 0))
        value += float(settings.jitter) * noise(random);
}

} // namespace

void augment(const Augmentation &settings, const Shape &shape, std::span<float> sample, Random &random)
{
    if (shape.size() < 2 || sample.empty())
        return;
    if (settings.shift > 0 || settings.flip || settings.cutOut > 0)
        augmentImage(settings, shape[0], shape[1], int(sample.size()) / (shape[0] * shape[1]), sample, random);
    if (settings.jitter > 0 || settings.scale > 0 || settings.timeShift > 0)
        augmentSeries(settings, shape[0], int(sample.size()) / shape[0], sample, random);
}

} // namespace espalier
