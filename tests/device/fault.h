// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace espalier::test {

/// What goes wrong at one step of a conversation with a device.
enum class Fault { none, silence, half, garbage, tooLong, stale, gone };

inline constexpr Fault everyFault[] = {Fault::silence, Fault::half,  Fault::garbage,
                                       Fault::tooLong, Fault::stale, Fault::gone};

} // namespace espalier::test
