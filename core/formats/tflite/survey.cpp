// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/tflite/survey.h"

#include <flatbuffers/minireflect.h>
#include <tflite_generated.h>

#include <algorithm>

namespace espalier::tflite {

namespace {

using flatbuffers::ElementaryType;
using flatbuffers::ReadScalar;
using flatbuffers::TypeTable;

class Walker
{
public:
    Walker(std::span<const std::uint8_t> bytes, std::uint64_t limit) : m_bytes(bytes), m_limit(limit) {}

    void walkTable(const std::uint8_t *table, const TypeTable *type)
    {
        const std::uint8_t *vtable = table - ReadScalar<flatbuffers::soffset_t>(table);
        const std::size_t vtableSize = ReadScalar<flatbuffers::voffset_t>(vtable);
        use(vtable, vtableSize, 0);
        use(table, sizeof(flatbuffers::soffset_t), 64);
        const std::size_t fields = vtableSize < 4 ? 0 : (vtableSize - 4) / 2;
        for (std::size_t i = 0; i < fields && !full(); ++i) {
            const std::size_t offset = ReadScalar<flatbuffers::voffset_t>(vtable + 4 + 2 * i);
            if (offset == 0)
                continue;
            if (i >= type->num_elems)
                m_survey.hasUnknownParts = true;
            else
                walkField(table + offset, table, type, i);
        }
    }

    const Survey &result() const { return m_survey; }

private:
    bool full() const { return m_survey.expanded > m_limit; }

    void use(const std::uint8_t *start, std::uint64_t size, std::uint64_t cost)
    {
        m_survey.expanded += cost;
        m_survey.end = std::max(m_survey.end, std::size_t(start - m_bytes.data()) + std::size_t(size));
    }

    static const std::uint8_t *follow(const std::uint8_t *place)
    {
        return place + ReadScalar<flatbuffers::uoffset_t>(place);
    }

    void walkString(const std::uint8_t *string)
    {
        const std::uint64_t size = 4 + std::uint64_t(ReadScalar<flatbuffers::uoffset_t>(string)) + 1;
        use(string, size, size);
    }

    void walkField(const std::uint8_t *field, const std::uint8_t *table, const TypeTable *type, std::size_t i)
    {
        const flatbuffers::TypeCode code = type->type_codes[i];
        const auto elementary = ElementaryType(code.base_type);
        const TypeTable *inner = code.sequence_ref >= 0 ? type->type_refs[code.sequence_ref]() : nullptr;
        if (code.is_repeating)
            walkVector(follow(field), elementary, inner);
        else if (elementary == flatbuffers::ET_STRING)
            walkString(follow(field));
        else if (elementary == flatbuffers::ET_SEQUENCE && inner->st == flatbuffers::ST_UNION)
            walkUnion(field, table, inner, i);
        else if (elementary == flatbuffers::ET_SEQUENCE)
            walkTable(follow(field), inner);
        else
            use(field, flatbuffers::InlineSize(elementary, nullptr), 8);
    }

    void walkVector(const std::uint8_t *vector, ElementaryType elementary, const TypeTable *inner)
    {
        const std::uint64_t count = ReadScalar<flatbuffers::uoffset_t>(vector);
        const std::size_t elementSize = flatbuffers::InlineSize(elementary, inner);
        const std::uint64_t size = 4 + count * elementSize;
        use(vector, size, size);
        if (count > 0 && std::size_t(vector + 4 - m_bytes.data()) % elementSize != 0)
            m_survey.isMisaligned = true;
        const std::uint8_t *element = vector + 4;
        for (std::uint64_t i = 0; i < count && !full(); ++i, element += 4) {
            if (elementary == flatbuffers::ET_STRING)
                walkString(follow(element));
            else if (elementary == flatbuffers::ET_SEQUENCE)
                walkTable(follow(element), inner);
            else
                break;
        }
    }

    void walkUnion(const std::uint8_t *field, const std::uint8_t *table, const TypeTable *members, std::size_t i)
    {
        // The field before a union says which member it is.
        const auto *asTable = reinterpret_cast<const flatbuffers::Table *>(table);
        const auto member = asTable->GetField<std::uint8_t>(flatbuffers::FieldIndexToOffset(std::uint16_t(i - 1)), 0);
        if (member >= members->num_elems)
            m_survey.hasUnknownParts = true;
        else if (member > 0)
            walkTable(follow(field), members->type_refs[members->type_codes[member].sequence_ref]());
    }

    std::span<const std::uint8_t> m_bytes;
    std::uint64_t m_limit;
    Survey m_survey;
};

} // namespace

Survey survey(std::span<const std::uint8_t> bytes, std::uint64_t limit)
{
    Walker walker(bytes, limit);
    const auto *root = flatbuffers::GetRoot<std::uint8_t>(bytes.data());
    walker.walkTable(root, wire::ModelTypeTable());
    return walker.result();
}

} // namespace espalier::tflite
