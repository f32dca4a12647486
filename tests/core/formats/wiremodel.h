// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/modelformat.h"
#include "core/graph/compare.h"

#include <QString>

#include <flatbuffers/flatbuffers.h>
#include <tflite_generated.h>

#include <memory>
#include <string>
#include <vector>

// Models as the TFLite schema has them, to be bent and read.
namespace espalier::test {

template <class T>
void append(Bytes &bytes, const std::vector<T> &values)
{
    const auto *first = reinterpret_cast<const std::uint8_t *>(values.data());
    bytes.insert(bytes.end(), first, first + values.size() * sizeof(T));
}

/// y = x + c over four floats: the model that the tests bend.
inline wire::ModelT addition()
{
    wire::ModelT model;
    model.version = 3;
    model.description = "addition";
    auto code = std::make_unique<wire::OperatorCodeT>();
    code->builtin_code = wire::BuiltinOperator::ADD;
    model.operator_codes.push_back(std::move(code));
    model.buffers.push_back(std::make_unique<wire::BufferT>());
    model.buffers.push_back(std::make_unique<wire::BufferT>());
    append(model.buffers[1]->data, std::vector<float>{1, 2, 3, 4});
    auto graph = std::make_unique<wire::SubGraphT>();
    for (const std::uint32_t buffer : {0u, 1u, 0u}) {
        auto tensor = std::make_unique<wire::TensorT>();
        tensor->name = "t" + std::to_string(graph->tensors.size());
        tensor->shape = {1, 4};
        tensor->buffer = buffer;
        tensor->has_rank = true;
        graph->tensors.push_back(std::move(tensor));
    }
    auto op = std::make_unique<wire::OperatorT>();
    op->inputs = {0, 1};
    op->outputs = {2};
    op->builtin_options.Set(wire::AddOptionsT());
    graph->operators.push_back(std::move(op));
    graph->inputs = {0};
    graph->outputs = {2};
    model.subgraphs.push_back(std::move(graph));
    return model;
}

inline Bytes packed(const wire::ModelT &model)
{
    flatbuffers::FlatBufferBuilder builder;
    wire::FinishModelBuffer(builder, wire::Model::Pack(builder, &model));
    return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

inline const ModelFormat &tflite()
{
    return *modelFormats().front();
}

inline QString problem(const Result<ModelPtr> &model)
{
    return model ? QString() : QString::fromStdString(model.error().message);
}

inline QString difference(const Model &a, const Model &b)
{
    return QString::fromStdString(firstDifference(a, b));
}

/// Writes and reads again, and checks that nothing changed.
inline ModelPtr again(const Model &model)
{
    const Result<Bytes> written = tflite().write(model);
    if (!written) {
        qWarning("%s", written.error().message.c_str());
        return nullptr;
    }
    const Result<ModelPtr> read = tflite().read(*written);
    if (!read) {
        qWarning("%s", read.error().message.c_str());
        return nullptr;
    }
    if (const QString what = difference(model, **read); !what.isEmpty()) {
        qWarning("differs: %s", qPrintable(what));
        return nullptr;
    }
    return *read;
}

} // namespace espalier::test
