// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::device {

/// A source file that the program carries: a runtime header ("espalier/conv2d.h"), a part of the benchmark's firmware
/// ("firmware/main.cpp") or the runtime's licence ("runtime/LICENSE").
struct EmbeddedFile
{
    std::string_view path;
    std::string_view text;
};

std::span<const EmbeddedFile> embeddedFiles();

/// Null where there is none.
const EmbeddedFile *findEmbeddedFile(std::string_view path);

/// The given runtime headers and all that they include, each once.
std::vector<const EmbeddedFile *> headersWithIncludes(std::span<const std::string> headers);

} // namespace espalier::device
