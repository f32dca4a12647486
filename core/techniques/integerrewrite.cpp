// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/integerrewrite.h"

#include "core/techniques/integeroperators.h"
#include "core/techniques/layersettings.h"
#include "core/techniques/rewrite.h"
#include "core/techniques/weights.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace espalier {

namespace {

/// How a value is stored: float32 (parameters 0), int8 or int16, or uint8 with the zero point shifted by 128.
struct Form
{
    DType type = DType::float32;
    AffineParameters parameters;
    auto operator<=>(const Form &) const = default;
};

Form interfaceForm(DType type, AffineParameters parameters)
{
    if (type == DType::uint8)
        parameters.zeroPoint += 128;
    return type == DType::float32 ? Form{} : Form{type, parameters};
}

/// TFLite has no TRANSPOSE_CONV over int4, and no operator that takes int8 and int4 in groups. Runtimes that know no
/// int4 are to run models with groups, so that all their layers are int8.
DType weightType(OpKind kind, const IntegerPlan &plan)
{
    return kind == OpKind::transposeConv || plan.group > 0 ? DType::int8 : plan.weightType;
}

int weightBits(const Graph &graph, const Operator &op, const IntegerPlan &plan)
{
    if (plan.weightType == DType::int8)
        return plan.of(op).weightBits;
    return op.kind == OpKind::transposeConv || groupSize(graph, op, plan) > 0 ? 8 : 4;
}

/// Two values to a byte, the first in the lower half.
SharedBytes nibbles(const std::vector<std::int8_t> &values)
{
    Bytes packed((values.size() + 1) / 2);
    for (std::size_t i = 0; i < values.size(); ++i)
        packed[i / 2] = std::uint8_t(packed[i / 2] | (values[i] & 15) << (i % 2 * 4));
    return std::make_shared<const Bytes>(std::move(packed));
}

ChannelSlices weightSlices(const Graph &graph, const Operator &op, const IntegerPlan &plan)
{
    const WeightLayout layout = *weightLayout(op.kind);
    const bool perChannel = plan.of(op).perChannel;
    if (plan.weightType == DType::int4 &&
        op.kind != OpKind::transposeConv) // 16 values are too few for a whole dense layer
        return channelSlices(graph[op.inputs[layout.weights]].shape, perChannel ? layout.channelAxis : -1);
    return integerWeightSlices(graph[op.inputs[layout.weights]].shape, op.kind, layout.channelAxis, perChannel);
}

/// The magnitudes that the slices' scales are made for.
std::vector<float> weightMagnitudes(const Graph &graph, const Operator &op, const IntegerPlan &plan, float inputScale)
{
    const WeightLayout layout = *weightLayout(op.kind);
    const std::span<const float> weights = values<float>(graph[op.inputs[layout.weights]]);
    const ChannelSlices slices = weightSlices(graph, op, plan);
    std::vector<float> magnitudes = largestMagnitudes(weights, slices);
    const TensorId bias = op.input(layout.bias);
    const bool isWide = plan.of(op).activations == DType::int16;
    if (bias.valid())
        widenForBias(magnitudes, values<float>(graph[bias]), inputScale, isWide ? largestWideBias : largestBias);
    if (isWide)
        widenForWideSums(magnitudes, weights,
                         channelSlices(graph[op.inputs[layout.weights]].shape, layout.channelAxis));
    return magnitudes;
}

GroupedWeights weightsInGroups(const Graph &graph, const Operator &op, const IntegerPlan &plan, float inputScale,
                               const Progress &progress = {})
{
    const std::span<const float> weights = values<float>(graph[op.inputs[weightLayout(op.kind)->weights]]);
    return groupedWeights(weights, weightSlices(graph, op, plan), groupSize(graph, op, plan),
                          weightMagnitudes(graph, op, plan, inputScale), progress);
}

QuantizedWeights storedWeights(const Graph &graph, const Operator &op, const IntegerPlan &plan, float inputScale,
                               const Progress &progress = {})
{
    if (groupSize(graph, op, plan) > 0)
        return weightsInGroups(graph, op, plan, inputScale, progress).stored;
    const std::span<const float> weights = values<float>(graph[op.inputs[weightLayout(op.kind)->weights]]);
    return quantizedWeights(weights, weightSlices(graph, op, plan), weightMagnitudes(graph, op, plan, inputScale),
                            weightBits(graph, op, plan));
}

class Rewriter
{
public:
    Rewriter(const Model &model, IntegerPlan plan, std::vector<std::string> &notes, const Progress &progress)
        : m_result(model), m_source(model.main()), m_plan(std::move(plan)), m_notes(notes), m_progress(progress)
    {
    }

    Result<Model> run();

private:
    Graph &graph() { return m_result.main(); }
    const Tensor &source(TensorId id) const { return m_source[id]; }
    bool isInteger(std::size_t op) const { return m_integer[op]; }
    bool isWide(const Operator &op) const { return m_plan.of(op).activations == DType::int16; }
    AffineParameters parameters(TensorId id, DType type) const { return *m_plan.parameters(id, type); }
    /// The types that the plan has parameters for.
    std::vector<DType> types() const;

    void classify();
    void spreadScales();
    void placeInputs();
    void placeOutputs();
    void rewriteFloat(Operator op);
    void rewriteInteger(Operator op);
    void rewriteWeights(Operator &op, AffineParameters input);
    void rewriteBias(Operator &op, bool isWide, float inputScale, const std::vector<float> &weightScales);
    std::int32_t version(const IntegerOperator &form, const Operator &op) const;

    TensorId in(TensorId id, const Form &form);
    TensorId constantIn(TensorId id, const Form &form);
    TensorId converted(TensorId from, const Form &form, std::string name);
    void convert(TensorId from, TensorId to);
    TensorId addLike(TensorId id, const std::string &suffix, const Form &form);
    void store(TensorId id, const Form &form);

    Model m_result;
    const Graph &m_source; ///< as it was; ids of its tensors stay valid in the result until the end
    IntegerPlan m_plan;
    std::vector<std::string> &m_notes;
    const Progress &m_progress;
    std::vector<bool> m_integer;                           ///< per operator
    std::map<TensorId, std::pair<TensorId, Form>> m_home;  ///< where a source value is made, and its form there
    std::map<std::pair<TensorId, Form>, TensorId> m_forms; ///< every form of a source value made so far
    std::vector<Operator> m_operators;
};

std::vector<DType> Rewriter::types() const
{
    if (m_plan.wideActivations.empty())
        return {m_plan.activationType};
    return {DType::int8, DType::int16};
}

void Rewriter::classify()
{
    const auto unseen = [&](TensorId id) {
        return id.valid() && !source(id).isConstant() && source(id).type == DType::float32 &&
               !m_plan.activations[std::size_t(id.index)];
    };
    for (const Operator &op : m_source.operators) {
        std::string why =
            m_plan.of(op).staysFloat ? "as was asked for" : whyNotInteger(m_source, op, m_plan.of(op).activations);
        if (why.empty() && (std::ranges::any_of(op.inputs, unseen) || std::ranges::any_of(op.outputs, unseen)))
            why = "calibration saw no values of it";
        if (!why.empty())
            m_notes.push_back(operatorName(m_source, op) + " (" + op.typeName + ") stays float: " + why);
        m_integer.push_back(why.empty());
    }
}

/// Replaces calibrated parameters where an operator's definition ties its output's to something else.
void Rewriter::spreadScales()
{
    for (std::size_t i = 0; i < m_source.operators.size(); ++i) {
        if (!isInteger(i))
            continue;
        const Operator &op = m_source.operators[i];
        const IntegerOperator &form = *integerOperator(op.kind);
        for (const TensorId out : op.outputs) {
            for (const DType type : types()) {
                std::optional<AffineParameters> &mine = m_plan.parameters(out, type);
                if (form.rule == ScaleRule::sameAsIn)
                    mine = parameters(op.inputs[dataInputs(form, op).front()], type);
                else if (form.rule == ScaleRule::fixed)
                    mine = type == DType::int16 ? wideFixed : form.fixed;
            }
        }
    }
}

void Rewriter::store(TensorId id, const Form &form)
{
    Tensor &tensor = graph()[id];
    tensor.type = form.type;
    tensor.quantization = form.type == DType::float32 ? Quantization() : asQuantization(form.parameters);
}

TensorId Rewriter::addLike(TensorId id, const std::string &suffix, const Form &form)
{
    Tensor tensor = source(id);
    tensor.name += suffix;
    tensor.data = nullptr;
    const TensorId added = graph().addTensor(std::move(tensor));
    store(added, form);
    return added;
}

void Rewriter::convert(TensorId from, TensorId to)
{
    const bool isToFloat = graph()[to].type == DType::float32;
    const std::int32_t version = isToFloat && graph()[from].type == DType::int16 ? 3 : 2;
    m_operators.push_back(plainOperator(isToFloat ? OpKind::dequantize : OpKind::quantize, version, from, to));
}

TensorId Rewriter::converted(TensorId from, const Form &form, std::string name)
{
    Tensor tensor = graph()[from];
    tensor.name = std::move(name);
    const TensorId to = graph().addTensor(std::move(tensor));
    store(to, form);
    convert(from, to);
    return to;
}

TensorId Rewriter::constantIn(TensorId id, const Form &form)
{
    const auto stored = [&]<class T>(T (*quantize)(float, AffineParameters)) {
        std::vector<T> all;
        for (const float value : floatValues(source(id)))
            all.push_back(quantize(value, form.parameters));
        return sharedBytes(all);
    };
    const TensorId added = addLike(id, "", form);
    graph()[added].data = form.type == DType::int16 ? stored(quantizedWide) : stored(quantized);
    return added;
}

/// The tensor that holds a source value in this form; made where there is none yet.
TensorId Rewriter::in(TensorId id, const Form &form)
{
    if (source(id).isConstant() && form.type == DType::float32)
        return id;
    const auto [found, isNew] = m_forms.try_emplace({id, form}, TensorId::none);
    if (!isNew)
        return found->second;
    if (source(id).isConstant())
        return found->second = constantIn(id, form);
    const auto &[home, have] = m_home.at(id);
    const char *const suffix = form.type == DType::float32   ? "_float"
                               : have.type == DType::float32 ? "_quantized"
                                                             : "_requantized";
    return found->second = converted(home, form, source(id).name + suffix);
}

/// Graph inputs that an integer operator reads are of the type that was asked for; the others stay float.
void Rewriter::placeInputs()
{
    for (const TensorId id : m_source.inputs) {
        if (source(id).type != DType::float32)
            continue;
        bool isRead = false;
        for (std::size_t i = 0; i < m_source.operators.size(); ++i)
            isRead |= isInteger(i) && std::ranges::count(m_source.operators[i].inputs, id) > 0;
        const Form form = isRead ? interfaceForm(m_plan.inputType, parameters(id, m_plan.activationType)) : Form{};
        store(id, form);
        m_home[id] = {id, form};
        m_forms[{id, form}] = id;
    }
}

/// A graph output keeps its tensor, which converts from the integer one where another type was asked for.
void Rewriter::placeOutputs()
{
    for (const TensorId id : m_source.outputs) {
        const auto home = m_home.find(id);
        if (home == m_home.end() || home->second.first == id)
            continue;
        const auto &[from, have] = home->second;
        const Form want = interfaceForm(m_plan.outputType, parameters(id, m_plan.activationType));
        store(id, want);
        convert(from, id);
        home->second = {id, want};
    }
}

void Rewriter::rewriteFloat(Operator op)
{
    for (TensorId &id : op.inputs)
        if (id.valid() && source(id).type == DType::float32)
            id = in(id, {});
    for (const TensorId id : op.outputs)
        if (id.valid() && source(id).type == DType::float32) {
            m_home[id] = {id, {}};
            m_forms[{id, Form{}}] = id;
        }
    m_operators.push_back(std::move(op));
}

void Rewriter::rewriteWeights(Operator &op, AffineParameters input)
{
    const WeightLayout layout = *weightLayout(op.kind);
    const Tensor &from = source(op.inputs[layout.weights]);
    QuantizedWeights stored = storedWeights(m_source, op, m_plan, input.scale, m_progress);
    replaceZeroScales(stored.scales);

    Tensor tensor = from;
    tensor.type = weightType(op.kind, m_plan);
    if (tensor.type == DType::int8)
        spreadOverByte(stored, weightBits(m_source, op, m_plan));
    tensor.data = tensor.type == DType::int4 ? nibbles(stored.values) : sharedBytes(stored.values);
    tensor.quantization = {stored.scales, std::vector<std::int64_t>(stored.scales.size(), 0), {}, {}, {}};
    tensor.quantization.axis = stored.scales.size() > 1 ? layout.channelAxis : 0;
    op.inputs[layout.weights] = graph().addTensor(std::move(tensor));
    rewriteBias(op, isWide(op), input.scale, stored.scales);
}

/// With int16 activations a layer without a bias gets one of zeros: kernels know from its type how to add up.
void Rewriter::rewriteBias(Operator &op, bool isWide, float inputScale, const std::vector<float> &weightScales)
{
    const WeightLayout layout = *weightLayout(op.kind);
    const TensorId given = op.input(layout.bias);
    if (!given.valid() && !isWide)
        return;
    Tensor bias;
    std::vector<float> zeros;
    if (given.valid()) {
        bias = source(given);
    } else {
        const Tensor &weights = graph()[op.inputs[layout.weights]]; // the stored ones by now
        bias.name = source(op.outputs[0]).name + "_bias";
        bias.shape = {weights.shape[std::size_t(layout.channelAxis)]};
        zeros.resize(std::size_t(bias.shape[0]));
        op.inputs.resize(std::max(op.inputs.size(), layout.bias + 1), TensorId::none);
    }
    const std::span<const float> all = given.valid() ? values<float>(source(given)) : std::span<const float>(zeros);
    bias.type = isWide ? DType::int64 : DType::int32;
    bias.data = isWide ? sharedBytes(quantizedWideBias(all, inputScale, weightScales))
                       : sharedBytes(quantizedBias(all, inputScale, weightScales));
    bias.quantization = {};
    for (const float scale : weightScales)
        bias.quantization.scale.push_back(inputScale * scale);
    bias.quantization.zeroPoint.assign(weightScales.size(), 0);
    op.inputs[layout.bias] = graph().addTensor(std::move(bias));
}

std::int32_t Rewriter::version(const IntegerOperator &form, const Operator &op) const
{
    std::int32_t version = std::max(op.version, isWide(op) ? form.wideVersion : form.version);
    if (weightLayout(op.kind) && weightType(op.kind, m_plan) == DType::int4)
        version = std::max(version, op.kind == OpKind::fullyConnected ? 10 : 7);
    if (op.kind == OpKind::mul && !isWide(op)) {
        const float product = parameters(op.inputs[0], DType::int8).scale * parameters(op.inputs[1], DType::int8).scale;
        if (product >= parameters(op.outputs[0], DType::int8).scale)
            version = std::max(version, 3);
    }
    if (op.kind == OpKind::transposeConv && (isWide(op) || op.input(3).valid()))
        version = std::max(version, 3);
    return version;
}

void Rewriter::rewriteInteger(Operator op)
{
    const IntegerOperator &form = *integerOperator(op.kind);
    const std::vector<std::size_t> data = dataInputs(form, op);
    const DType type = m_plan.of(op).activations;
    const AffineParameters first = parameters(op.inputs[data.front()], type);
    const AffineParameters out = parameters(op.outputs[0], type);
    op.version = version(form, op);
    if (weightLayout(op.kind))
        rewriteWeights(op, first);
    for (const std::size_t i : data) {
        const AffineParameters wanted = form.rule == ScaleRule::sameAsOut  ? out
                                        : form.rule == ScaleRule::sameAsIn ? first
                                                                           : parameters(op.inputs[i], type);
        op.inputs[i] = in(op.inputs[i], {type, wanted});
    }
    if (type == DType::int16 && (op.kind == OpKind::add || op.kind == OpKind::sub))
        std::get<ArithmeticOptions>(op.options).potScaleInt16 = false; // scales are no powers of two
    for (TensorId &id : op.outputs) {
        const TensorId original = id;
        const Form made{type, parameters(id, type)};
        if (m_plan.outputType != made.type && std::ranges::count(m_source.outputs, id) > 0)
            id = addLike(id, "_" + std::string(name(made.type)), made);
        store(id, made);
        m_home[original] = {id, made};
        m_forms[{original, made}] = id;
    }
    m_operators.push_back(std::move(op));
}

Result<Model> Rewriter::run()
{
    classify();
    if (std::ranges::count(m_integer, true) == 0)
        return unusableInput("no operator of the model has an " + std::string(name(m_plan.activationType)) +
                             " form here" + (m_notes.empty() ? std::string() : ": " + m_notes.back()));
    // Constants among the data are quantized as activations, by their own extremes.
    for (std::size_t i = 0; i < m_source.operators.size(); ++i) {
        const Operator &op = m_source.operators[i];
        if (!isInteger(i))
            continue;
        for (const std::size_t n : dataInputs(*integerOperator(op.kind), op)) {
            const Tensor &tensor = source(op.inputs[n]);
            if (!tensor.isConstant())
                continue;
            const std::span<const float> all = values<float>(tensor);
            const auto [low, high] = std::ranges::minmax_element(all);
            for (const DType type : types())
                if (!all.empty())
                    m_plan.parameters(op.inputs[n], type) = type == DType::int16 ? wideActivationParameters(*low, *high)
                                                                                 : activationParameters(*low, *high);
        }
    }
    // A value that is always 0 may have any scale but 0, by which nothing can be divided.
    for (std::vector<std::optional<AffineParameters>> *const all : {&m_plan.activations, &m_plan.wideActivations})
        for (std::optional<AffineParameters> &parameters : *all)
            if (parameters && parameters->scale == 0)
                parameters->scale = 1;
    spreadScales();
    placeInputs();
    for (std::size_t i = 0; i < m_source.operators.size(); ++i) {
        if (isInteger(i))
            rewriteInteger(m_source.operators[i]);
        else
            rewriteFloat(m_source.operators[i]);
        if (m_progress.cancelled())
            return cancelled();
    }
    placeOutputs();
    graph().operators = std::move(m_operators);
    removeUnusedTensors(m_result);
    return std::move(m_result);
}

} // namespace

IntegerLayer IntegerPlan::of(const Operator &op) const
{
    const auto found = op.outputs.empty() ? exceptions.end() : exceptions.find(op.outputs[0]);
    return found == exceptions.end() ? IntegerLayer{perChannel, weightBits, false, activationType} : found->second;
}

std::optional<AffineParameters> &IntegerPlan::parameters(TensorId id, DType type)
{
    return (type == activationType ? activations : wideActivations)[std::size_t(id.index)];
}

const std::optional<AffineParameters> &IntegerPlan::parameters(TensorId id, DType type) const
{
    return (type == activationType ? activations : wideActivations)[std::size_t(id.index)];
}

std::map<TensorId, IntegerLayer> integerExceptions(const Graph &graph, const ParameterValues &settings)
{
    std::map<TensorId, IntegerLayer> exceptions;
    for (const Operator &op : graph.operators) {
        if (op.outputs.empty() || settings.layerSettings().empty())
            continue;
        const ParameterValues own = settingsOf(settings, graph, op);
        const auto wide = own.all().find("activations"); // not every technique offers it
        exceptions[op.outputs[0]] = {own.flag("per_channel"), int(own.integer("bits")), own.flag("skip"),
                                     wide == own.all().end() ? DType::int8
                                                             : integerInterface(std::get<std::string>(wide->second))};
    }
    return exceptions;
}

std::size_t groupSize(const Graph &graph, const Operator &op, const IntegerPlan &plan)
{
    if (plan.group == 0 || (op.kind != OpKind::conv2D && op.kind != OpKind::fullyConnected))
        return 0;
    const Tensor &weights = graph[op.inputs[weightLayout(op.kind)->weights]];
    const std::size_t perOutput = weights.elements() / std::size_t(std::max(weights.shape[0], 1));
    return perOutput > plan.group && perOutput % plan.group == 0 ? plan.group : 0;
}

ChannelSlices integerWeightSlices(const Shape &shape, OpKind kind, std::int32_t channelAxis, bool perChannel)
{
    // TFLite's dense kernels take one scale for the whole matrix.
    return channelSlices(shape, perChannel && kind != OpKind::fullyConnected ? channelAxis : -1);
}

ParameterSpec integerInterfaceParameter(std::string key, std::string title, std::string description,
                                        std::vector<std::string> choices)
{
    return {.key = std::move(key),
            .title = std::move(title),
            .description = std::move(description),
            .defaultValue = choices.front(),
            .choices = std::move(choices)};
}

DType integerInterface(const std::string &name)
{
    return name == "int8"    ? DType::int8
           : name == "uint8" ? DType::uint8
           : name == "int16" ? DType::int16
                             : DType::float32;
}

bool hasIntegerWeights(const Graph &graph, const Operator &op, const IntegerPlan &plan)
{
    const std::optional<WeightLayout> layout = weightLayout(op.kind);
    return layout && !plan.of(op).staysFloat && whyNotInteger(graph, op, plan.of(op).activations).empty() &&
           plan.parameters(op.inputs[layout->data], op) && plan.parameters(op.outputs[0], op);
}

std::optional<WeightGrid> integerWeightGrid(const Graph &graph, std::size_t number, const IntegerPlan &plan)
{
    const Operator &op = graph.operators[number];
    if (!hasIntegerWeights(graph, op, plan))
        return std::nullopt;
    const std::optional<AffineParameters> &in = plan.parameters(op.inputs[weightLayout(op.kind)->data], op);
    if (const std::size_t group = groupSize(graph, op, plan); group > 0) {
        const GroupedWeights made = weightsInGroups(graph, op, plan, in->scale);
        const ChannelSlices slices = weightSlices(graph, op, plan);
        WeightGrid grid{{made.multipliers.size(), group}, {}, -7, 7};
        for (std::size_t g = 0; g < made.multipliers.size(); ++g)
            grid.steps.push_back(float(made.multipliers[g]) * made.stored.scales[slices.of(g * group)]);
        return grid;
    }
    const int highest = (1 << (weightBits(graph, op, plan) - 1)) - 1;
    return WeightGrid{weightSlices(graph, op, plan), storedWeights(graph, op, plan, in->scale).scales, -highest,
                      highest};
}

std::vector<float> roundedWeights(const Graph &graph, const Operator &op, const IntegerPlan &plan)
{
    const TensorId data = op.inputs[weightLayout(op.kind)->data];
    const QuantizedWeights stored = storedWeights(graph, op, plan, plan.parameters(data, op)->scale);
    const ChannelSlices slices = weightSlices(graph, op, plan);
    std::vector<float> rounded;
    rounded.reserve(stored.values.size());
    for (std::size_t i = 0; i < stored.values.size(); ++i)
        rounded.push_back(float(stored.values[i]) * stored.scales[slices.of(i)]);
    return rounded;
}

Result<Model> integerModel(const Model &model, IntegerPlan plan, std::vector<std::string> &notes,
                           const Progress &progress)
{
    return Rewriter(model, std::move(plan), notes, progress).run();
}

} // namespace espalier
