// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

namespace espalier {

/// A value or an Error, with the member names of std::expected (C++23), which will replace it.
template <class T>
class [[nodiscard]] Result
{
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T &value() & { return *ok(); }
    const T &value() const & { return *const_cast<Result *>(this)->ok(); }
    T &&value() && { return std::move(*ok()); }
    T &operator*() & { return *ok(); }
    const T &operator*() const & { return value(); }
    T &&operator*() && { return std::move(*ok()); }
    T *operator->() { return ok(); }
    const T *operator->() const { return &value(); }

    const Error &error() const
    {
        assert(!has_value());
        return *std::get_if<1>(&m_state);
    }

private:
    T *ok()
    {
        assert(has_value());
        return std::get_if<0>(&m_state);
    }

    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}

    bool has_value() const { return !m_error; }
    explicit operator bool() const { return has_value(); }
    const Error &error() const
    {
        assert(m_error);
        return *m_error;
    }

private:
    std::optional<Error> m_error;
};

} // namespace espalier
