// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wheelguard.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QEvent>
#include <QWidget>

namespace espalier::ui {

namespace {

class WheelGuard : public QObject
{
public:
    using QObject::QObject;

    bool eventFilter(QObject *watched, QEvent *event) override
    {
        const auto *box = qobject_cast<QWidget *>(watched);
        if (event->type() != QEvent::Wheel || !box || box->hasFocus())
            return false;
        event->ignore(); // it goes on to the parent
        return true;
    }
};

} // namespace

void guardFromWheel(QWidget *parent)
{
    auto *guard = new WheelGuard(parent);
    for (QWidget *box : parent->findChildren<QWidget *>()) {
        if (!qobject_cast<QComboBox *>(box) && !qobject_cast<QAbstractSpinBox *>(box))
            continue;
        if (box->focusPolicy() == Qt::WheelFocus)
            box->setFocusPolicy(Qt::StrongFocus);
        box->installEventFilter(guard);
    }
}

} // namespace espalier::ui
