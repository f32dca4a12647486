// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/arrayset.h"

#include "core/data/division.h"
#include "core/data/npy.h"

namespace espalier {

namespace {

/// The split of this suffix ("_test"); no samples where its arrays are absent.
Result<Samples> readSplit(const ArrayLookup &lookup, const std::string &suffix, bool needsLabels)
{
    Result<std::optional<NamedArray>> x = lookup("x" + suffix);
    if (!x)
        return x.error();
    Result<std::optional<NamedArray>> y = lookup("y" + suffix);
    if (!y)
        return y.error();
    if (!*x && *y)
        return unusableInput((*y)->shownName + " has labels for samples that are missing: there is no x" + suffix);
    if (!*x)
        return Samples{};
    const std::string shownX = (*x)->shownName;
    if (!*y && needsLabels)
        return unusableInput("the labels of " + shownX + " are missing: there is no y" + suffix);
    Result<Samples> samples = samplesOfNpy(std::move((*x)->file));
    if (!samples)
        return samples.error().in(shownX);
    if (*y) {
        const std::string shownY = (*y)->shownName;
        Result<std::vector<std::int32_t>> labels = labelsOfNpy(std::move((*y)->file));
        if (!labels)
            return labels.error().in(shownY);
        if (labels->size() != samples->count)
            return unusableInput(shownX + " has " + std::to_string(samples->count) + " samples, " + shownY + " has " +
                                 std::to_string(labels->size()) + " labels");
        samples->labels = std::move(*labels);
    }
    return samples;
}

} // namespace

Result<Dataset> datasetOfArrays(const ArrayLookup &lookup)
{
    Dataset dataset;
    struct Named
    {
        Samples *split;
        const char *suffix;
        bool needsLabels;
    };
    for (const Named &named :
         {Named{&dataset.train, "_train", true}, Named{&dataset.calibration, "_calibration", false},
          Named{&dataset.test, "_test", true}}) {
        Result<Samples> samples = readSplit(lookup, named.suffix, named.needsLabels);
        if (!samples)
            return samples.error();
        *named.split = std::move(*samples);
    }
    if (dataset.train.count == 0 && dataset.test.count == 0) {
        const Result<Samples> all = readSplit(lookup, "", true);
        if (!all)
            return all.error();
        if (all->count > 0 && dataset.calibration.count == 0)
            divide(dataset, *all);
        else
            dataset.test = *all;
    }
    return dataset;
}

} // namespace espalier
