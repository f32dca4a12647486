// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace espalier {

/// Text of a file as an error shows it: in quotes, on one line, and no longer than `most` bytes.
std::string shown(std::string_view text, std::size_t most = 40);

} // namespace espalier
