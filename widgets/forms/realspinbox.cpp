// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/realspinbox.h"

#include <algorithm>
#include <cmath>

namespace espalier::ui {

namespace {

constexpr double unbounded = 1e9;
constexpr int maximumDecimals = 8;

} // namespace

RealSpinBox::RealSpinBox(QWidget *parent) : QDoubleSpinBox(parent)
{
    setDecimals(maximumDecimals);
}

void RealSpinBox::setBounds(double minimum, double maximum)
{
    setRange(std::max(minimum, -unbounded), std::min(maximum, unbounded));
    if (std::isfinite(minimum) && std::isfinite(maximum) && maximum - minimum <= 10)
        setSingleStep((maximum - minimum) / 20);
    else
        setStepType(AdaptiveDecimalStepType);
}

QString RealSpinBox::textFromValue(double value) const
{
    QLocale plain = locale();
    plain.setNumberOptions(QLocale::OmitGroupSeparator);
    int decimals = 0;
    while (decimals < maximumDecimals &&
           std::abs(value - std::round(value * std::pow(10, decimals)) / std::pow(10, decimals)) > 1e-9)
        ++decimals;
    return plain.toString(value, 'f', decimals);
}

} // namespace espalier::ui
