// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest>

#include <filesystem>

/// Where Debian's package dataset-fashion-mnist puts its files.
inline const std::filesystem::path fashionFolder = "/usr/share/datasets/fashion-mnist";

/// Skips the test function, with the reason, where the data are not there.
#define ESPALIER_NEEDS_FASHION_MNIST                                                                                   \
    if (!std::filesystem::is_directory(fashionFolder))                                                                 \
    QSKIP("needs the Debian package dataset-fashion-mnist")
