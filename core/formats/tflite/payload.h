// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/tensor.h"

#include <tflite_generated.h>

#include <memory>

namespace espalier::tflite {

/// What a .tflite file says about an operator, tensor, graph or model that the graph has no field for: a flatbuffer
/// of its own, whose root is a wire::Operator, wire::Tensor, wire::SubGraph or wire::Model with the rest left out.
struct Payload final : FormatPayload
{
    explicit Payload(Bytes bytes) : table(std::move(bytes)) {}

    Bytes table;
    bool hasUnknownParts = false; ///< of a model: the file held more than this version of the format's description
    /// Of a tensor that is stored without its zeros: the bytes as stored, and what they expand to. While the tensor's
    /// data is the latter, it is written as it was stored.
    SharedBytes stored, expanded;

    bool equals(const FormatPayload &other) const override
    {
        const auto *payload = dynamic_cast<const Payload *>(&other);
        const auto same = [](const SharedBytes &a, const SharedBytes &b) { return a == b || (a && b && *a == *b); };
        return payload && payload->table == table && payload->hasUnknownParts == hasUnknownParts &&
               same(payload->stored, stored);
    }
};

/// The bytes of a table as the root of a flatbuffer of its own.
template <class Native>
Bytes packed(const Native &native)
{
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(Native::TableType::Pack(builder, &native));
    return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

/// A payload with these parts, or null where they say nothing.
template <class Native>
std::shared_ptr<Payload> makePayload(const Native &native)
{
    static const Bytes nothing = packed(Native());
    Bytes bytes = packed(native);
    return bytes == nothing ? nullptr : std::make_shared<Payload>(std::move(bytes));
}

/// The parts again; defaults where the payload is absent or another format's.
template <class Native>
Native unpacked(const std::shared_ptr<const FormatPayload> &payload)
{
    Native native;
    if (const auto *ours = dynamic_cast<const Payload *>(payload.get()))
        flatbuffers::GetRoot<typename Native::TableType>(ours->table.data())->UnPackTo(&native);
    return native;
}

} // namespace espalier::tflite
