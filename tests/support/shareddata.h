// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest>

#include <cstdlib>
#include <filesystem>

/// The folder of real models and data beside the checkout: $ESPALIER_SHARED, or ../shared. Empty where there is none.
inline std::filesystem::path sharedFolder()
{
    const char *given = std::getenv("ESPALIER_SHARED");
    const std::filesystem::path path =
        given ? std::filesystem::path(given) : std::filesystem::path(ESPALIER_SOURCE_DIR).parent_path() / "shared";
    return std::filesystem::is_directory(path) ? path : std::filesystem::path();
}

/// Skips the test function, with the reason, where the real models and data are not there.
#define ESPALIER_NEEDS_SHARED(relative)                                                                                \
    if (sharedFolder().empty() || !std::filesystem::exists(sharedFolder() / relative))                                 \
    QSKIP("needs the shared models and data: set ESPALIER_SHARED to their folder")
