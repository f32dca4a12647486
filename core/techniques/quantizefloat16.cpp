// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/float16.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/technique.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <map>
#include <optional>

namespace espalier {

namespace {

// From here on a half would round to infinity.
constexpr float overflow = 65520;

/// The constant as halves; nothing where a value is too large or not a number.
std::optional<SharedBytes> halves(const Tensor &tensor)
{
    std::vector<std::uint16_t> converted;
    converted.reserve(tensor.elements());
    for (const float value : values<float>(tensor)) {
        if (!(value > -overflow && value < overflow))
            return std::nullopt;
        converted.push_back(toFloat16(value));
    }
    return sharedBytes(converted);
}

Result<ModelPtr> apply(const ModelPtr &model, const ParameterValues &settings, TechniqueContext &context)
{
    auto result = std::make_shared<Model>(*model);
    Graph &graph = result->main();
    std::vector<Operator> operators;
    std::map<TensorId, TensorId> unpacked; // a constant, and where its float32 form is now
    for (Operator &op : graph.operators) {
        if (context.progress.cancelled())
            return cancelled();
        const bool skipped = isSkipped(settings, graph, op);
        for (TensorId &id : op.inputs) {
            if (skipped)
                break;
            // A custom operator may insist on a constant.
            if (!id.valid() || !graph[id].isConstant() || graph[id].type != DType::float32 || op.isCustom())
                continue;
            if (!unpacked.contains(id)) {
                const std::optional<SharedBytes> data = halves(graph[id]);
                unpacked[id] = id;
                if (!data) {
                    context.notes.push_back(graph[id].name + " stays float32: it holds values that float16 cannot");
                    continue;
                }
                Tensor stored = graph[id];
                stored.name += "_float16";
                stored.type = DType::float16;
                stored.data = *data;
                Tensor value = graph[id];
                value.data = nullptr;
                const TensorId from = graph.addTensor(std::move(stored));
                const TensorId to = graph.addTensor(std::move(value));
                operators.push_back(plainOperator(OpKind::dequantize, 3, from, to));
                unpacked[id] = to;
            }
            id = unpacked[id];
        }
        operators.push_back(std::move(op));
    }
    graph.operators = std::move(operators);
    if (std::ranges::all_of(unpacked, [](const auto &entry) { return entry.first == entry.second; }))
        return unusableInput(holdsFloat16Constants(model->main())
                                 ? "the model's constants are float16 already"
                                 : "the model has no float32 constants that float16 can hold");
    removeUnusedTensors(*result);
    context.progress.report("quantizing", 1, 1);
    return ModelPtr(result);
}

} // namespace

extern const Technique quantizeFloat16;
const Technique quantizeFloat16 = {
    "quantize-float16",
    "Float16 weights",
    "Stores every constant as a 16-bit float: half the file, practically the same outputs, arithmetic still float32.",
    "TensorFlow Lite converter, post-training float16 quantization",
    TechniqueFamily::quantization,
    TechniqueNeeds::nothing,
    {skipParameter()},
    apply,
    [](const ParameterValues &) { return std::string("float16"); },
};

} // namespace espalier
