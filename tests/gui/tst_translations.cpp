// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/translations.h"
#include "core/exporters/exporter.h"
#include "core/formats/modelformat.h"
#include "core/study/papertable.h"
#include "core/study/row.h"
#include "core/techniques/namedrecipes.h"
#include "core/techniques/technique.h"
#include "device/boards/board.h"
#include "widgets/coretexts.h"
#include "widgets/models/variantmodel.h"

#include <QDirIterator>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTranslator>
#include <QXmlStreamReader>
#include <QtTest>

#include <set>

using namespace espalier;
using namespace espalier::ui;

namespace {

/// The texts of a .ts file by context, and how many of them lack a finished translation.
struct TsFile
{
    std::set<QString> texts;
    QStringList unfinished;
};

TsFile readTs(const QString &path)
{
    QFile file(path);
    TsFile result;
    if (!file.open(QIODevice::ReadOnly))
        return result;
    QXmlStreamReader reader(&file);
    QString context, source;
    while (!reader.atEnd()) {
        if (reader.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (reader.name() == QLatin1String("name"))
            context = reader.readElementText();
        else if (reader.name() == QLatin1String("source"))
            source = reader.readElementText();
        else if (reader.name() == QLatin1String("translation")) {
            result.texts.insert(context + QStringLiteral(": ") + source);
            const QString type = reader.attributes().value(QLatin1String("type")).toString();
            const QString text = reader.readElementText(QXmlStreamReader::IncludeChildElements).trimmed();
            if (!type.isEmpty() || text.isEmpty())
                result.unfinished += context + QStringLiteral(": ") + source;
        }
    }
    return result;
}

QString tsPath(const QString &language)
{
    return QStringLiteral(ESPALIER_SOURCE_DIR "/translations/espalier_%1.ts").arg(language);
}

// What work says of itself while it runs stands where it is said.
QStringList phasesInSources()
{
    static const QRegularExpression report(QStringLiteral("\\breport\\(\\s*\"([^\"]+)\""));
    QStringList phases;
    for (const char *folder : {"/core", "/device"}) {
        QDirIterator files(QStringLiteral(ESPALIER_SOURCE_DIR) + QLatin1String(folder),
                           {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (!file.open(QIODevice::ReadOnly))
                continue;
            for (auto match = report.globalMatch(QString::fromUtf8(file.readAll())); match.hasNext();)
                phases += match.next().captured(1);
        }
    }
    return phases;
}

std::set<std::string> coreTexts()
{
    std::set<std::string> texts;
    const auto take = [&](std::string_view text) {
        if (!text.empty())
            texts.emplace(text);
    };
    for (const ColumnInfo &column : columns())
        take(column.title);
    for (const Technique *technique : techniques()) {
        take(technique->title);
        take(technique->summary);
        for (const ParameterSpec &parameter : technique->parameters) {
            take(parameter.title);
            take(parameter.description);
            take(parameter.unit);
        }
    }
    for (const Exporter *exporter : exporters())
        take(exporter->title);
    for (const ModelFormat *format : modelFormats())
        take(format->title);
    for (const NamedRecipe &named : namedRecipes())
        take(named.title);
    for (const PaperTable *table : paperTables())
        take(table->title);
    for (const device::Board *board : device::boards())
        take(board->info().meaning);
    for (const QString &phase : phasesInSources())
        texts.insert(phase.toStdString());
    return texts;
}

} // namespace

class TestTranslations : public QObject
{
    Q_OBJECT
private slots:
    void everyTextIsTranslated_data()
    {
        QTest::addColumn<QString>("language");
        QTest::newRow("en") << QStringLiteral("en");
        QTest::newRow("pt_BR") << QStringLiteral("pt_BR");
    }

    void everyTextIsTranslated()
    {
        QFETCH(QString, language);
        const TsFile file = readTs(tsPath(language));
        QVERIFY(!file.texts.empty());
        QVERIFY2(file.unfinished.isEmpty(), qPrintable(file.unfinished.join(QLatin1Char('\n'))));
    }

    void theFileHasTheTextsOfTheSources()
    {
        // lupdate on a copy: what it adds or drops, the file lacks or has too much.
        const QTemporaryDir folder;
        const QString copy = folder.filePath(QStringLiteral("espalier_pt_BR.ts"));
        QVERIFY(QFile::copy(tsPath(QStringLiteral("pt_BR")), copy));
        QProcess lupdate;
        lupdate.start(QStringLiteral(ESPALIER_LUPDATE),
                      {QStringLiteral("-silent"), QStringLiteral("-I"), QStringLiteral(ESPALIER_SOURCE_DIR),
                       QStringLiteral("-recursive"), QStringLiteral("-no-obsolete"), QStringLiteral("-locations"),
                       QStringLiteral("none"), QStringLiteral("-extensions"), QStringLiteral("cpp,h"),
                       QStringLiteral(ESPALIER_SOURCE_DIR "/app"), QStringLiteral(ESPALIER_SOURCE_DIR "/widgets"),
                       QStringLiteral("-ts"), copy});
        QVERIFY(lupdate.waitForFinished());
        QCOMPARE(lupdate.exitCode(), 0);
        const TsFile before = readTs(tsPath(QStringLiteral("pt_BR"))), after = readTs(copy);
        for (const QString &text : after.texts)
            QVERIFY2(before.texts.contains(text), qPrintable(QStringLiteral("run update_translations; new: ") + text));
        for (const QString &text : before.texts)
            QVERIFY2(after.texts.contains(text), qPrintable(QStringLiteral("run update_translations; gone: ") + text));
    }

    void everyTextOfCoreIsListed()
    {
        const std::set<QString> listed = readTs(tsPath(QStringLiteral("pt_BR"))).texts;
        QStringList missing;
        for (const std::string &text : coreTexts())
            if (!listed.contains(QStringLiteral("core: ") + QString::fromStdString(text)))
                missing += QString::fromStdString(text);
        QVERIFY2(missing.isEmpty(),
                 qPrintable(QStringLiteral("list in widgets/coretexts.cpp:\n") + missing.join(QLatin1Char('\n'))));
    }

    void speaksTheLanguageOfTheLocale()
    {
        VariantModel model;
        const auto title = [&] { return model.headerData(int(Column::accuracy), Qt::Horizontal).toString(); };
        QCOMPARE(title(), QStringLiteral("Accuracy"));
        {
            QCoreApplication *app = QCoreApplication::instance();
            installTranslations(*app, QLocale(QLocale::Portuguese, QLocale::Brazil));
            QCOMPARE(title(), QStringLiteral("Acurácia"));
            QCOMPARE(VariantModel::tr("%Ln test sample(s).", nullptr, 1), QStringLiteral("1 amostra de teste."));
            QCOMPARE(VariantModel::tr("%Ln test sample(s).", nullptr, 2), QStringLiteral("2 amostras de teste."));
            for (QTranslator *translator : app->findChildren<QTranslator *>())
                delete translator;
            installTranslations(*app, QLocale(QLocale::German, QLocale::Germany));
            QCOMPARE(title(), QStringLiteral("Accuracy"));
            QCOMPARE(VariantModel::tr("%Ln test sample(s).", nullptr, 1), QStringLiteral("1 test sample."));
            QCOMPARE(VariantModel::tr("%Ln test sample(s).", nullptr, 2), QStringLiteral("2 test samples."));
        }
    }
};

QTEST_MAIN(TestTranslations)
#include "tst_translations.moc"
