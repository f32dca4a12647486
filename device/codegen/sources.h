// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/executionplan.h"

#include <string>
#include <string_view>
#include <vector>

namespace espalier::device {

struct SourceFile
{
    std::string path; ///< relative, with '/'
    std::string text;
};

/// A plan printed as C++17 sources that need the runtime's headers and nothing else.
struct ModelSources
{
    SourceFile api;                     ///< NAME.h: the C interface
    SourceFile code;                    ///< NAME.cpp: the arena and the calls
    SourceFile weightsHeader;           ///< NAME_weights.h
    SourceFile weights;                 ///< NAME_weights.cpp: everything constant
    std::vector<std::string> functions; ///< the C interface: "kws_run" first
    std::vector<std::string> headers;   ///< runtime headers that the code includes: "espalier/conv2d.h"
};

/// `name` prefixes files and functions; it must be an identifier (see identifierFrom).
ModelSources printSources(const ExecutionPlan &plan, const std::string &name);

/// The same with the family's name in those of its files and a condition around their contents, so that the sources of
/// several families can be built together: see espalier/family.h.
ModelSources printSources(const ExecutionPlan &plan, const std::string &name, KernelFamily family);

/// "plain", "dsp", "thumb".
std::string_view familyName(KernelFamily family);

/// A lower-case C identifier that resembles `text`; "model" where nothing of it can stay.
std::string identifierFrom(std::string_view text);

/// The C++ type that a value of this type (of int4: two of them) has in the sources: "int8_t", "float",
/// "espalier::rt::Half".
std::string_view cppType(DType type);

} // namespace espalier::device
