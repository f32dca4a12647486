// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameter.h"

#include <functional>
#include <string>

class QWidget;

namespace espalier::ui {

/// The widget that edits one parameter: a tick box for a flag, a spin box with the allowed range for a number, a list
/// for a choice, a line for text. It admits allowed values only, and tells what it is for as a tool tip and to
/// assistive technology.
struct ParameterEditor
{
    QWidget *widget;
    std::function<std::string()> read; ///< as a recipe would say it
    std::function<void(const ParameterValue &)> write;
};

/// `changed` is called after each change of the value, a person's or write()'s. It shows the default.
ParameterEditor makeParameterEditor(const ParameterSpec &spec, QWidget *parent, std::function<void()> changed);

} // namespace espalier::ui
