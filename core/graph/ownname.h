// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace espalier {

/// What a person knows a tensor by: converters join the names of everything they fused with semicolons, the tensor's own
/// first; the rest is left out.
inline std::string ownName(const std::string &name) { return name.substr(0, name.find(';')); }

} // namespace espalier
