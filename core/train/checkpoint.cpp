// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include "core/base/file.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

namespace espalier {

namespace {

// Then fingerprint, epoch, best epoch, best loss, the rows, each behind its length, and a checksum of all that comes
// before it; little-endian.
constexpr std::string_view magic = "EspalierTraining3\n";

std::uint64_t checksum(std::span<const std::uint8_t> bytes)
{
    std::uint64_t sum = 0xcbf29ce484222325;
    mixInto(sum, bytes);
    return sum;
}

template <class T>
void append(Bytes &bytes, const T &value)
{
    const auto *from = reinterpret_cast<const std::uint8_t *>(&value);
    bytes.insert(bytes.end(), from, from + sizeof value);
}

void appendRow(Bytes &bytes, const std::vector<float> &row)
{
    append(bytes, std::uint64_t(row.size()));
    const auto *from = reinterpret_cast<const std::uint8_t *>(row.data());
    bytes.insert(bytes.end(), from, from + row.size() * sizeof(float));
}

/// Takes values off the front; all that follow the first that is not there are empty.
class Reader
{
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : m_rest(bytes) {}

    template <class T>
    T value()
    {
        T result{};
        copy(&result, sizeof result);
        return result;
    }
    std::vector<float> row()
    {
        const auto count = value<std::uint64_t>();
        if (!m_whole || count > m_rest.size() / sizeof(float)) {
            m_whole = false;
            return {};
        }
        std::vector<float> result(count);
        copy(result.data(), count * sizeof(float));
        return result;
    }
    bool isWhole() const { return m_whole && m_rest.empty(); }

private:
    void copy(void *to, std::size_t bytes)
    {
        m_whole = m_whole && bytes <= m_rest.size();
        if (!m_whole || bytes == 0)
            return;
        std::memcpy(to, m_rest.data(), bytes);
        m_rest = m_rest.subspan(bytes);
    }

    std::span<const std::uint8_t> m_rest;
    bool m_whole = true;
};

} // namespace

Result<void> writeCheckpoint(const Checkpoint &checkpoint, const std::filesystem::path &path)
{
    Bytes bytes(magic.begin(), magic.end());
    append(bytes, checkpoint.fingerprint);
    append(bytes, checkpoint.epoch);
    append(bytes, checkpoint.bestEpoch);
    append(bytes, checkpoint.bestLoss);
    for (const auto *row : {&checkpoint.parameters, &checkpoint.first, &checkpoint.second, &checkpoint.statistics,
                            &checkpoint.best, &checkpoint.bestStatistics})
        appendRow(bytes, *row);
    append(bytes, checksum(bytes));
    return writeFile(path, bytes);
}

Result<Checkpoint> readCheckpoint(const std::filesystem::path &path, std::uint64_t fingerprint)
{
    const Result<Bytes> bytes = readFile(path);
    if (!bytes)
        return bytes.error();
    const auto unfit = [&](const char *why) { return unusableInput("'" + path.string() + "' " + why); };
    if (bytes->size() < magic.size() || std::memcmp(bytes->data(), magic.data(), magic.size()) != 0)
        return unfit("is no checkpoint of a training");
    const std::size_t end = bytes->size() - std::min(bytes->size() - magic.size(), sizeof(std::uint64_t));
    std::uint64_t written = 0;
    std::memcpy(&written, bytes->data() + end, bytes->size() - end);
    if (written != checksum(std::span(*bytes).first(end)))
        return unfit("is damaged: start the training anew");
    Reader reader(std::span<const std::uint8_t>(*bytes).subspan(magic.size(), end - magic.size()));
    Checkpoint checkpoint;
    checkpoint.fingerprint = reader.value<std::uint64_t>();
    checkpoint.epoch = reader.value<std::int64_t>();
    checkpoint.bestEpoch = reader.value<std::int64_t>();
    checkpoint.bestLoss = reader.value<double>();
    for (auto *row : {&checkpoint.parameters, &checkpoint.first, &checkpoint.second, &checkpoint.statistics,
                      &checkpoint.best, &checkpoint.bestStatistics})
        *row = reader.row();
    if (!reader.isWhole())
        return unfit("is damaged: start the training anew");
    if (checkpoint.fingerprint != fingerprint)
        return unfit("belongs to a training with another model, other data or other options: give the same, or start "
                     "anew");
    return checkpoint;
}

void mixInto(std::uint64_t &fingerprint, std::span<const std::uint8_t> bytes)
{
    for (const std::uint8_t byte : bytes)
        fingerprint = (fingerprint ^ byte) * 0x100000001b3;
}

} // namespace espalier
