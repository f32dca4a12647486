// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/coretexts.h"

#include <QCoreApplication>

namespace espalier::ui {

namespace {

/// What core shows to people, listed for the translators. A test compares this list with core.
[[maybe_unused]] constexpr const char *const known[] = {
    QT_TRANSLATE_NOOP("core", "Variant"),       QT_TRANSLATE_NOOP("core", "Recipe"),
    QT_TRANSLATE_NOOP("core", "Model"),         QT_TRANSLATE_NOOP("core", "Data"),
    QT_TRANSLATE_NOOP("core", "Samples"),       QT_TRANSLATE_NOOP("core", "Accuracy"),
    QT_TRANSLATE_NOOP("core", "Δ accuracy"),    QT_TRANSLATE_NOOP("core", "File"),
    QT_TRANSLATE_NOOP("core", "Zipped"),        QT_TRANSLATE_NOOP("core", "Zeros"),
    QT_TRANSLATE_NOOP("core", "Parameters"),    QT_TRANSLATE_NOOP("core", "MACs"),
    QT_TRANSLATE_NOOP("core", "Host"),          QT_TRANSLATE_NOOP("core", "Board"),
    QT_TRANSLATE_NOOP("core", "Latency"),       QT_TRANSLATE_NOOP("core", "Latency min"),
    QT_TRANSLATE_NOOP("core", "Latency max"),   QT_TRANSLATE_NOOP("core", "Runs"),
    QT_TRANSLATE_NOOP("core", "Cycles"),        QT_TRANSLATE_NOOP("core", "Instructions"),
    QT_TRANSLATE_NOOP("core", "Time source"),   QT_TRANSLATE_NOOP("core", "RAM"),
    QT_TRANSLATE_NOOP("core", "Arena"),         QT_TRANSLATE_NOOP("core", "Stack"),
    QT_TRANSLATE_NOOP("core", "Static RAM"),    QT_TRANSLATE_NOOP("core", "Flash"),
    QT_TRANSLATE_NOOP("core", "Flash weights"), QT_TRANSLATE_NOOP("core", "Flash code"),
    QT_TRANSLATE_NOOP("core", "Energy"),        QT_TRANSLATE_NOOP("core", "Energy source"),
    QT_TRANSLATE_NOOP("core", "Fidelity"),      QT_TRANSLATE_NOOP("core", "Measured on"),
    QT_TRANSLATE_NOOP("core", "Version"),       QT_TRANSLATE_NOOP("core", "Seed"),
    QT_TRANSLATE_NOOP("core", "Status"),        QT_TRANSLATE_NOOP("core", "Why"),
};

} // namespace

QString coreText(std::string_view english)
{
    const QByteArray text(english.data(), qsizetype(english.size()));
    return QCoreApplication::translate("core", text.constData());
}

QString columnTitle(Column column)
{
    return coreText(info(column).title);
}

QString sourceWord(Source source)
{
    switch (source) {
    case Source::simulated:
        //: A word in a table cell: the figure comes from an emulator's cycle model
        return QCoreApplication::translate("source", "sim");
    case Source::counted:
        //: A word in a table cell: emulated instructions were counted
        return QCoreApplication::translate("source", "count");
    case Source::estimated:
        //: A word in a table cell: the figure was computed, not measured
        return QCoreApplication::translate("source", "est");
    case Source::published:
        //: A word in a table cell: the figure was typed in from a paper
        return QCoreApplication::translate("source", "paper");
    case Source::none:
    case Source::measured:
        break;
    }
    return {};
}

QString sourceName(Source source)
{
    switch (source) {
    case Source::measured:
        return QCoreApplication::translate("source", "measured");
    case Source::simulated:
        return QCoreApplication::translate("source", "simulated");
    case Source::counted:
        return QCoreApplication::translate("source", "counted");
    case Source::estimated:
        return QCoreApplication::translate("source", "estimated");
    case Source::published:
        return QCoreApplication::translate("source", "published");
    case Source::none:
        break;
    }
    return {};
}

QString sourceSentence(Source source)
{
    switch (source) {
    case Source::measured:
        return QCoreApplication::translate("source", "Measured.");
    case Source::simulated:
        return QCoreApplication::translate("source", "Simulated by an emulator's cycle model.");
    case Source::counted:
        return QCoreApplication::translate("source",
                                           "Instructions counted by an emulator: not milliseconds of a real board.");
    case Source::estimated:
        return QCoreApplication::translate("source", "Estimated: computed, not measured.");
    case Source::published:
        return QCoreApplication::translate("source", "Published: typed in from a paper.");
    case Source::none:
        break;
    }
    return {};
}

} // namespace espalier::ui
