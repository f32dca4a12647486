// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/standardized.h"

#include "core/graph/model.h"

#include <cassert>
#include <cmath>
#include <cstring>

namespace espalier {

namespace {

std::vector<float> realValues(const Samples &samples)
{
    const std::size_t count = samples.count * elementCount(samples.shape);
    std::vector<float> values(count);
    if (count == 0)
        return values;
    const std::uint8_t *raw = samples.values->data();
    if (samples.type == DType::float32)
        std::memcpy(values.data(), raw, count * sizeof(float));
    else
        for (std::size_t i = 0; i < count; ++i)
            values[i] = samples.type == DType::int8 ? float(std::int8_t(raw[i])) : float(raw[i]);
    return values;
}

} // namespace

DatasetPtr standardized(const Dataset &data)
{
    assert(data.train.count > 0);
    const std::vector<float> train = realValues(data.train);
    const std::size_t channels = data.train.shape.empty() ? 1 : std::size_t(data.train.shape.back());
    std::vector<double> means(channels, 0), deviations(channels, 0);
    const double each = double(train.size() / channels);
    for (std::size_t i = 0; i < train.size(); ++i)
        means[i % channels] += double(train[i]) / each;
    for (std::size_t i = 0; i < train.size(); ++i)
        deviations[i % channels] += std::pow(double(train[i]) - means[i % channels], 2) / each;
    for (double &deviation : deviations)
        deviation = deviation > 0 ? std::sqrt(deviation) : 1;

    auto result = std::make_shared<Dataset>(data);
    for (Samples *samples : {&result->train, &result->calibration, &result->test}) {
        std::vector<float> values = realValues(*samples);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = float((double(values[i]) - means[i % channels]) / deviations[i % channels]);
        samples->type = DType::float32;
        samples->values = sharedBytes(values);
    }
    return result;
}

} // namespace espalier
