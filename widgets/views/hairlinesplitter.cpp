// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/hairlinesplitter.h"

#include "widgets/theme.h"

#include <QPaintEvent>
#include <QPainter>

namespace espalier::ui {

namespace {

class Handle : public QSplitterHandle
{
public:
    using QSplitterHandle::QSplitterHandle;

protected:
    void paintEvent(QPaintEvent *event) override { QPainter(this).fillRect(event->rect(), tones(palette()).line); }
};

} // namespace

HairlineSplitter::HairlineSplitter(Qt::Orientation orientation, QWidget *parent) : QSplitter(orientation, parent)
{
    setHandleWidth(1);
    setChildrenCollapsible(false);
}

QSplitterHandle *HairlineSplitter::createHandle()
{
    return new Handle(orientation(), this);
}

} // namespace espalier::ui
