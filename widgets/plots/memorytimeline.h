// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/arenapeak.h"

#include <QWidget>

#include <optional>

namespace espalier::ui {

/// What lies where in a board's arena, layer by layer from left to right, bytes upwards; the fullest layer is marked
/// and what lives then is drawn strongest. Pointing at a layer, or Left, Right, Home and End, tell what lives there.
class MemoryTimeline : public QWidget
{
    Q_OBJECT
public:
    explicit MemoryTimeline(QWidget *parent = nullptr);

    /// `limit`: bytes of RAM that the arena can have on the board; 0: not known.
    void setArena(std::vector<ArenaBlock> arena, std::int64_t limit);

    /// Where the peak is, what lives then, and how much of the limit it is.
    QString sentence() const;
    /// What lives at one layer, a line a block.
    QString momentText(std::int32_t layer) const;
    std::optional<std::int32_t> currentLayer() const { return m_current; }

    QSize sizeHint() const override { return {200, 96}; }
    QSize minimumSizeHint() const override { return {120, 96}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool event(QEvent *event) override;

private:
    QRectF area() const;
    double columnLeft(std::int32_t layer) const;
    std::int32_t layerAt(double x) const;
    void setCurrentLayer(std::optional<std::int32_t> layer);
    void describe();
    bool showsLimit() const { return m_limit > 0 && m_limit <= 2 * m_top; }

    std::vector<ArenaBlock> m_arena;
    ArenaMoment m_peak;
    std::int64_t m_limit = 0, m_top = 0;
    std::int32_t m_layers = 0;
    std::optional<std::int32_t> m_current;
};

} // namespace espalier::ui
