// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <QtTest>

#include <QDirIterator>
#include <QRegularExpression>

#include <map>

/// Reads the include lines of every source and fails with file and line where a module reaches for one that it must
/// not know. The link lines forbid the same; this also sees headers, and the order of the folders inside core.
class LayeringTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void modulesIncludeOnlyWhatTheyMay();
    void coreKnowsNoQt();
    void runtimeIsFreestanding();
    void thirdPartyHeadersHaveOneHome_data();
    void thirdPartyHeadersHaveOneHome();
    void everySourceNamesItsLicence();

private:
    struct Include
    {
        QString file; // relative to the root
        int line = 0;
        QString header;
        bool quoted = false;
    };
    static QString place(const Include &include) { return QStringLiteral("%1:%2").arg(include.file).arg(include.line); }

    QStringList m_files;
    QList<Include> m_includes;
};

namespace {

QString topFolder(const QString &path)
{
    return path.section(u'/', 0, 0);
}

/// "core/graph", "core/techniques", … ; the folder that owns a path inside core.
QString coreFolder(const QString &path)
{
    return path.section(u'/', 1, 1);
}

} // namespace

void LayeringTest::initTestCase()
{
    const QDir root(QStringLiteral(ESPALIER_SOURCE_DIR));
    static const QRegularExpression includeLine(QStringLiteral(R"(^\s*#\s*include\s*([<"])([^">]+)[">])"));
    for (const char *folder : {"core", "device", "widgets", "app", "tests"}) {
        QDirIterator files(root.filePath(QLatin1String(folder)), {QStringLiteral("*.h"), QStringLiteral("*.cpp")},
                           QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            const QString name = root.relativeFilePath(file.fileName());
            QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(name));
            m_files << name;
            int number = 0;
            for (const QByteArray &line : file.readAll().split('\n')) {
                ++number;
                const auto match = includeLine.match(QString::fromUtf8(line));
                if (match.hasMatch())
                    m_includes << Include{name, number, match.captured(2), match.captured(1) == u"\""};
            }
        }
    }
    QVERIFY(m_includes.size() > 100);
}

void LayeringTest::modulesIncludeOnlyWhatTheyMay()
{
    const std::map<QString, QStringList> mayUse = {
        {QStringLiteral("core"), {QStringLiteral("core")}},
        {QStringLiteral("device"), {QStringLiteral("core"), QStringLiteral("device")}},
        {QStringLiteral("widgets"), {QStringLiteral("core"), QStringLiteral("widgets")}},
        {QStringLiteral("app"),
         {QStringLiteral("core"), QStringLiteral("device"), QStringLiteral("widgets"), QStringLiteral("app")}},
    };
    // The folders of core, from the ground up: a folder may use those of a lower level and itself.
    const std::map<QString, int> level = {
        {QStringLiteral("base"), 0},    {QStringLiteral("graph"), 1},     {QStringLiteral("formats"), 2},
        {QStringLiteral("data"), 2},    {QStringLiteral("kernels"), 2},   {QStringLiteral("engine"), 3},
        {QStringLiteral("metrics"), 4}, {QStringLiteral("train"), 4},     {QStringLiteral("techniques"), 5},
        {QStringLiteral("study"), 6},   {QStringLiteral("exporters"), 7},
    };
    // Row and Column are plain values that metrics fill, below the study that collects them.
    const QStringList plainValues = {QStringLiteral("core/study/row.h"), QStringLiteral("core/study/columns.def")};
    const QStringList modules = {QStringLiteral("core"), QStringLiteral("device"), QStringLiteral("widgets"),
                                 QStringLiteral("app"), QStringLiteral("tests")};
    for (const Include &include : m_includes) {
        const QString from = topFolder(include.file), to = topFolder(include.header);
        if (!include.quoted || from == u"tests" || !modules.contains(to))
            continue;
        QVERIFY2(mayUse.at(from).contains(to),
                 qPrintable(place(include) + QStringLiteral(" includes ") + include.header));
        if (from != u"core" || plainValues.contains(include.header))
            continue;
        const QString lower = coreFolder(include.header), upper = coreFolder(include.file);
        QVERIFY2(level.contains(lower) && level.contains(upper), qPrintable(place(include)));
        QVERIFY2(lower == upper || level.at(lower) < level.at(upper),
                 qPrintable(place(include) + QStringLiteral(" reaches up or sideways for ") + include.header));
    }
}

void LayeringTest::coreKnowsNoQt()
{
    static const QRegularExpression qt(QStringLiteral(R"(^(Q[A-Z]|Qt|qcustomplot|libusb))"));
    for (const Include &include : m_includes) {
        if (topFolder(include.file) == u"core")
            QVERIFY2(!qt.match(include.header).hasMatch(), qPrintable(place(include)));
    }
}

void LayeringTest::runtimeIsFreestanding()
{
    const QStringList allowed = {QStringLiteral("stdint.h"), QStringLiteral("stddef.h"), QStringLiteral("string.h")};
    for (const Include &include : m_includes) {
        if (!include.file.startsWith(u"device/runtime/include/"))
            continue;
        const bool own = !include.quoted && include.header.startsWith(u"espalier/");
        const bool intrinsics = include.header == u"arm_acle.h";
        QVERIFY2(own || intrinsics || allowed.contains(include.header),
                 qPrintable(place(include) + QStringLiteral(" includes ") + include.header));
    }
}

void LayeringTest::thirdPartyHeadersHaveOneHome_data()
{
    QTest::addColumn<QString>("header");
    QTest::addColumn<QString>("home");
    QTest::newRow("QCustomPlot") << QStringLiteral("qcustomplot.h") << QStringLiteral("widgets/plots/");
    QTest::newRow("libusb") << QStringLiteral("libusb") << QStringLiteral("device/usb/");
    QTest::newRow("flatbuffers") << QStringLiteral("flatbuffers/") << QStringLiteral("core/formats/");
    QTest::newRow("command line") << QStringLiteral("CLI/") << QStringLiteral("app/cli/");
    QTest::newRow("PNG") << QStringLiteral("png.h") << QStringLiteral("core/data/");
    QTest::newRow("JPEG") << QStringLiteral("jpeglib.h") << QStringLiteral("core/data/");
}

void LayeringTest::thirdPartyHeadersHaveOneHome()
{
    QFETCH(const QString, header);
    QFETCH(const QString, home);
    for (const Include &include : m_includes) {
        if (include.header.startsWith(header) && topFolder(include.file) != u"tests")
            QVERIFY2(include.file.startsWith(home), qPrintable(place(include)));
    }
}

void LayeringTest::everySourceNamesItsLicence()
{
    for (const QString &name : m_files) {
        QFile file(QDir(QStringLiteral(ESPALIER_SOURCE_DIR)).filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray head = file.read(200);
        const bool runtime = name.startsWith(u"device/runtime/");
        const QByteArray licence = QByteArray("SPDX-License-Identifier: ") + (runtime ? "MIT" : "GPL-3.0-or-later");
        QVERIFY2(head.contains(licence),
                 qPrintable(name + QStringLiteral(" does not say ") + QString::fromLatin1(licence)));
    }
}

QTEST_APPLESS_MAIN(LayeringTest)
#include "tst_layering.moc"
