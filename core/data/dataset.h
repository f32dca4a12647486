// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/graph/tensor.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// Labelled samples of one shape and type, one after another.
struct Samples
{
    DType type = DType::float32; ///< float32, uint8 or int8: as the files hold them
    Shape shape;                 ///< of one sample, without a batch extent
    std::size_t count = 0;
    SharedBytes values;               ///< count * elements, little-endian
    std::vector<std::int32_t> labels; ///< one per sample; empty where the set has none
    /// Empty, or the recording that each sample is a window of (numbers from 0, in order). Labels are the recording's;
    /// an anomaly detector's score of a recording is the mean over its windows.
    std::vector<std::int32_t> recordings;

    std::size_t sampleBytes() const { return byteCount(type, elementCount(shape)); }
    std::span<const std::uint8_t> sample(std::size_t i) const
    {
        return std::span(*values).subspan(i * sampleBytes(), sampleBytes());
    }
    /// The first `limit` samples (all where there are fewer); values are shared, not copied.
    Samples first(std::size_t limit) const;
    /// `limit` samples (all where there are fewer) from the whole row, in its order: one of each of as many stretches
    /// of equal length, always the same ones. Files that are ordered by class, or in which classes alternate, show all
    /// of them. Values are copied where some are left out.
    Samples spread(std::size_t limit) const;
};

/// What labels are to a model: classes to name, anomaly flags (0 normal, 1 anomalous) judged by AUC, or nothing, as
/// classes are to one that reproduces its input.
enum class LabelKind { classes, anomaly, unrelated };

/// A data set with its three splits. Calibration never overlaps test.
struct Dataset
{
    std::string name; ///< the last part of the path
    std::filesystem::path path;
    std::string kind; ///< DatasetKind::id
    Samples train, calibration, test;
    LabelKind labelKind = LabelKind::classes;
    std::size_t classes = 0;
    std::vector<std::string> classNames; ///< empty, or one per class
    std::string division; ///< a sentence where the program divided the set itself: "the file has one split: …"
};

using DatasetPtr = std::shared_ptr<const Dataset>;

/// A kind of data set. One file here and one line in datasets.def make a new one.
struct DatasetKind
{
    std::string_view id;    ///< "idx"
    std::string_view title; ///< "IDX folder (MNIST layout)"
    bool (*recognises)(const std::filesystem::path &path);
    /// An unusableInput error says file and line or index: wrong shape, missing label, truncated or non-numeric row.
    Result<Dataset> (*open)(const std::filesystem::path &path, const Progress &progress);
};

std::span<const DatasetKind *const> datasetKinds();

/// Opens a path of any known kind, recognised by content.
Result<DatasetPtr> openDataset(const std::filesystem::path &path, const Progress &progress = {});

} // namespace espalier
