// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>
#include <zlib.h>

/// Small data files made from nothing, for tests of their readers.
namespace espalier::datafiles {

template <class T>
Bytes bytesOf(const std::vector<T> &values)
{
    Bytes bytes(values.size() * sizeof(T));
    if (!values.empty())
        std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

inline void append(Bytes &to, const Bytes &more)
{
    to.insert(to.end(), more.begin(), more.end());
}

inline Bytes text(const std::string &characters)
{
    return Bytes(characters.begin(), characters.end());
}

inline void put(const std::filesystem::path &path, const Bytes &bytes)
{
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
}

inline void put(const std::filesystem::path &path, const std::string &characters)
{
    put(path, text(characters));
}

/// A NumPy file with the header given in full, so that a test can lie.
inline Bytes npyWithHeader(std::string header, const Bytes &values, int version = 1)
{
    const std::size_t lengthBytes = version == 1 ? 2 : 4;
    while ((8 + lengthBytes + header.size() + 1) % 64 != 0)
        header += ' ';
    header += '\n';
    Bytes file = text("\x93NUMPY");
    file.push_back(std::uint8_t(version));
    file.push_back(0);
    for (std::size_t i = 0; i < lengthBytes; ++i)
        file.push_back(std::uint8_t(header.size() >> (8 * i)));
    append(file, text(header));
    append(file, values);
    return file;
}

inline Bytes npy(const std::string &descr, const std::string &shape, const Bytes &values, int version = 1)
{
    return npyWithHeader("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }", values,
                         version);
}

/// A stream of zlib: windowBits -15 raw deflate, 31 gzip.
inline Bytes compressed(const Bytes &plain, int windowBits)
{
    z_stream stream = {};
    deflateInit2(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
    Bytes packed(deflateBound(&stream, uLong(plain.size())) + 64);
    stream.next_in = const_cast<Bytef *>(plain.data());
    stream.avail_in = uInt(plain.size());
    stream.next_out = packed.data();
    stream.avail_out = uInt(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

inline void little(Bytes &to, std::uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i)
        to.push_back(std::uint8_t(value >> (8 * i)));
}

/// A zip archive, its members stored or deflated; `claimed` sizes (0: the true ones) let a test lie.
inline Bytes zip(const std::vector<std::pair<std::string, Bytes>> &members, bool deflated = true,
                 std::uint32_t claimed = 0)
{
    Bytes file, directory;
    for (const auto &member : members) {
        const auto &name = member.first;
        const auto &plain = member.second;
        const Bytes packed = deflated ? compressed(plain, -15) : plain;
        const std::uint64_t start = file.size();
        const auto common = [&](Bytes &to) {
            little(to, 20, 2);               // version needed
            little(to, 0, 2);                // flags
            little(to, deflated ? 8 : 0, 2); // method
            little(to, 0x00210000, 4);       // time, date
            little(to, crc32(0, plain.data(), uInt(plain.size())), 4);
            little(to, packed.size(), 4);
            little(to, claimed ? claimed : plain.size(), 4);
            little(to, name.size(), 2);
            little(to, 0, 2); // extra
        };
        little(file, 0x04034b50, 4);
        common(file);
        append(file, text(name));
        append(file, packed);
        little(directory, 0x02014b50, 4);
        little(directory, 20, 2);
        common(directory);
        little(directory, 0, 2); // comment
        little(directory, 0, 2); // disk
        little(directory, 0, 2); // internal attributes
        little(directory, 0, 4); // external attributes
        little(directory, start, 4);
        append(directory, text(name));
    }
    const std::uint64_t start = file.size();
    append(file, directory);
    little(file, 0x06054b50, 4);
    little(file, 0, 4);
    little(file, members.size(), 2);
    little(file, members.size(), 2);
    little(file, directory.size(), 4);
    little(file, start, 4);
    little(file, 0, 2);
    return file;
}

/// An IDX file of unsigned bytes (type code 8) or another type.
inline Bytes idx(const std::vector<std::uint32_t> &shape, const Bytes &values, std::uint8_t type = 8)
{
    Bytes file = {0, 0, type, std::uint8_t(shape.size())};
    for (const std::uint32_t extent : shape)
        for (int i = 3; i >= 0; --i)
            file.push_back(std::uint8_t(extent >> (8 * i)));
    append(file, values);
    return file;
}

} // namespace espalier::datafiles
