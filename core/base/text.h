// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace espalier {

/// The shortest decimal text that reads back as the same double, with '.' whatever the locale: "0.5", "1e-05".
std::string numberText(double value);

/// Of `known`, the name nearest to `given` by edit distance, or empty where none is near enough to be meant.
std::string nearestName(std::string_view given, std::span<const std::string> known);

/// " Did you mean 'x'?" or an empty string.
std::string didYouMean(std::string_view given, std::span<const std::string> known);

std::string joined(std::span<const std::string> words, std::string_view separator);

} // namespace espalier
