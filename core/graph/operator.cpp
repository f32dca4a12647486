// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/operator.h"

#include <algorithm>
#include <iterator>

namespace espalier {

namespace {

struct Info
{
    std::int32_t builtinCode;
    std::string_view name;
};

constexpr Info infos[] = {
#define OPERATOR(kind, builtin, name) {builtin, name},
#include "core/graph/operators.def"
#undef OPERATOR
};

} // namespace

std::string_view typeName(OpKind kind)
{
    return kind == OpKind::other ? "?" : infos[std::size_t(kind)].name;
}

std::int32_t builtinCode(OpKind kind)
{
    return kind == OpKind::other ? -1 : infos[std::size_t(kind)].builtinCode;
}

OpKind kindOfBuiltin(std::int32_t builtinCode)
{
    const auto found = std::ranges::find(infos, builtinCode, &Info::builtinCode);
    return OpKind(std::distance(std::begin(infos), found)); // the end is OpKind::other
}

Activation *fusedActivation(Operator &op)
{
    return std::visit(
        [](auto &options) -> Activation * {
            if constexpr (requires { options.activation; })
                return &options.activation;
            else
                return nullptr;
        },
        op.options);
}

} // namespace espalier
