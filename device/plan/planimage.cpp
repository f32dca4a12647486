// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/planimage.h"

#include "device/plan/harness.h"

#include <espalier/planimage.h>

#include <bit>
#include <cstring>

namespace espalier::device {

namespace {

std::string_view typeName(DType type)
{
    switch (type) {
    case DType::int8:
        return "int8_t";
    case DType::uint8:
        return "uint8_t";
    case DType::int16:
        return "int16_t";
    case DType::int32:
        return "int32_t";
    case DType::int64:
        return "int64_t";
    case DType::boolean:
        return "bool";
    case DType::int4:
        return "Int4Pair";
    case DType::float16:
        return "Half";
    default:
        return "float";
    }
}

std::uint32_t portKind(DType type)
{
    switch (type) {
    case DType::int8:
        return 0;
    case DType::int16:
        return 2;
    case DType::float32:
        return 3;
    case DType::int32:
        return 4;
    case DType::int64:
        return 5;
    default:
        return 1;
    }
}

class ImageWriter
{
public:
    explicit ImageWriter(const ExecutionPlan &plan) : m_plan(plan) {}

    std::vector<std::uint8_t> write()
    {
        m_words.assign(sizeof(rt::PlanHeader) / 4, 0);
        placeConstants();
        for (const auto *ports : {&m_plan.inputs, &m_plan.outputs}) {
            for (const std::size_t index : *ports) {
                addPlace({PlanRef::Kind::buffer, index});
                const NumberForm form = formOf(m_plan.buffers[index].type, m_plan.buffers[index].quantization);
                m_words.push_back(portKind(form.type));
                m_words.push_back(std::bit_cast<std::uint32_t>(form.scale));
                m_words.push_back(std::uint32_t(form.zeroPoint));
            }
        }
        for (const PlanStep &step : m_plan.steps)
            addStep(step);
        while (m_words.size() % (rt::planAlignment / 4) != 0)
            m_words.push_back(0);

        rt::PlanHeader header = {};
        header.magic = rt::planMagic;
        header.version = rt::planVersion;
        header.constants = std::uint32_t(m_words.size() * 4);
        header.bytes = header.constants + m_constantBytes;
        header.arenaBytes = std::uint32_t(m_plan.arenaBytes);
        header.inputs = std::uint32_t(m_plan.inputs.size());
        header.outputs = std::uint32_t(m_plan.outputs.size());
        header.steps = std::uint32_t(m_plan.steps.size());
        const Harness harness = harnessOf(m_plan);
        harness.model.copy(header.name, sizeof header.name - 1);
        if (harness.sent) {
            const NumberForm &form = *harness.sent;
            header.sent = {0, std::uint32_t(sentBytes(m_plan)), portKind(form.type), form.scale, form.zeroPoint};
        }
        header.tellsError = harness.tellsError ? 1 : 0;
        std::memcpy(m_words.data(), &header, sizeof header);

        std::vector<std::uint8_t> image(header.bytes);
        std::memcpy(image.data(), m_words.data(), header.constants);
        for (std::size_t i = 0; i < m_plan.constants.size(); ++i) {
            const Bytes &data = *m_plan.constants[i].data;
            std::memcpy(image.data() + header.constants + m_offsets[i], data.data(), data.size());
        }
        header.checksum = rt::planChecksum(image.data(), header.bytes);
        std::memcpy(image.data(), &header, sizeof header);
        return image;
    }

private:
    void placeConstants()
    {
        for (const PlanConstant &constant : m_plan.constants) {
            m_offsets.push_back(m_constantBytes);
            m_constantBytes += std::uint32_t(constant.data->size() + rt::planAlignment - 1) & ~(rt::planAlignment - 1);
        }
    }

    void addPlace(PlanRef ref)
    {
        if (ref.kind == PlanRef::Kind::constant) {
            m_words.push_back(rt::planConstant | m_offsets[ref.index]);
            m_words.push_back(std::uint32_t(m_plan.constants[ref.index].data->size()));
        } else {
            const PlanBuffer &buffer = m_plan.buffers[ref.index];
            m_words.push_back(std::uint32_t(m_plan.storages[buffer.storage].offset));
            m_words.push_back(std::uint32_t(byteCount(buffer.type, elementCount(buffer.shape))));
        }
    }

    void addStep(const PlanStep &step)
    {
        m_words.push_back(rt::kernelId(kernelSignature(m_plan, step).c_str()));
        m_words.push_back(std::uint32_t(step.settings.size() | step.arguments.size() << 16));
        for (const PlanSetting &setting : step.settings) {
            std::uint32_t word = 0;
            std::visit([&](auto value) { std::memcpy(&word, &value, 4); }, setting.value);
            m_words.push_back(word);
        }
        for (const PlanRef &argument : step.arguments)
            addPlace(argument);
    }

    const ExecutionPlan &m_plan;
    std::vector<std::uint32_t> m_words; // all but the constants
    std::vector<std::uint32_t> m_offsets;
    std::uint32_t m_constantBytes = 0;
};

} // namespace

std::string kernelSignature(const ExecutionPlan &plan, const PlanStep &step)
{
    std::string text = step.function + '(';
    for (const PlanRef &argument : step.arguments) {
        text += text.back() == '(' ? "" : ",";
        switch (argument.kind) {
        case PlanRef::Kind::absent:
            text += "Absent";
            break;
        case PlanRef::Kind::constant:
            text += typeName(plan.constants[argument.index].type);
            break;
        case PlanRef::Kind::buffer:
            text += typeName(plan.buffers[argument.index].type);
            break;
        }
    }
    return text + ')';
}

std::vector<std::uint8_t> writePlanImage(const ExecutionPlan &plan)
{
    return ImageWriter(plan).write();
}

} // namespace espalier::device
