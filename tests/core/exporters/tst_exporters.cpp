// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/exporter.h"
#include "core/exporters/rowjson.h"

#include <nlohmann/json.hpp>

#include <QtTest>

#include <clocale>
#include <locale>

using namespace espalier;

namespace {

/// A locale that writes 1234.5 as 1.234,5, whether or not the system has one installed.
struct CommaMark : std::numpunct<char>
{
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
};

Row original()
{
    Row row;
    row.set(Column::variant, std::string("original"));
    row.set(Column::recipe, std::string());
    row.set(Column::model, std::string("my_model.tflite"));
    row.set(Column::accuracy, 0.9125);
    row.set(Column::sizeBytes, std::int64_t(1234567));
    row.set(Column::hostMs, 0.1);
    row.set(Column::status, std::string("ok"));
    return row;
}

Row failedRow()
{
    Row row;
    row.set(Column::variant, std::string("magnitude 50 % → int8"));
    row.set(Column::recipe, std::string("prune-magnitude | quantize-int8"));
    row.set(Column::model, std::string("my_model.tflite"));
    row.set(Column::sizeBytes, std::int64_t(308642));
    row.set(Column::status, std::string("failed"));
    row.set(Column::why, std::string("It said \"no\",\nthen stopped."));
    return row;
}

/// Splits RFC 4180 text; written from the standard, apart from the exporter.
std::vector<std::vector<std::string>> parsedCsv(const std::string &text)
{
    std::vector<std::vector<std::string>> records(1);
    std::string field;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            field += text[++i];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && c == ',') {
            records.back().push_back(std::exchange(field, {}));
        } else if (!quoted && c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            records.back().push_back(std::exchange(field, {}));
            records.emplace_back();
            ++i;
        } else {
            field += c;
        }
    }
    records.pop_back();
    return records;
}

std::string written(const char *id, const std::vector<Row> &rows)
{
    return findExporter(id)->write(rows);
}

} // namespace

class TestExporters : public QObject
{
    Q_OBJECT

private slots:
    void everyExporterTakesAnything_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < exporters().size(); ++i)
            QTest::newRow(exporters()[i]->id.data()) << int(i);
    }
    void everyExporterTakesAnything()
    {
        QFETCH(int, index);
        const Exporter *exporter = exporters()[std::size_t(index)];
        QCOMPARE(findExporter(exporter->id), exporter);
        QVERIFY(!exporter->title.empty() && !exporter->suffix.empty());
        QVERIFY(!exporter->write({}).empty());
        const std::vector<Row> rows = {original(), failedRow(), Row()};
        QVERIFY(exporter->write(rows).find("my") != std::string::npos);
        QCOMPARE(exporter->write(rows), exporter->write(rows));
    }

    void csvReadsBack()
    {
        const std::vector<Row> rows = {original(), failedRow()};
        const auto records = parsedCsv(written("csv", rows));
        QCOMPARE(records.size(), 3u);
        QCOMPARE(records[0].size(), columnCount);
        for (std::size_t c = 0; c < columnCount; ++c)
            QCOMPARE(records[0][c], std::string(columns()[c].key));
        QCOMPARE(records[2][std::size_t(Column::why)], rows[1].text(Column::why));
        QCOMPARE(records[1][std::size_t(Column::accuracy)], std::string("0.9125"));
        QCOMPARE(records[2][std::size_t(Column::accuracy)], std::string());
    }

    void theMarkIsAPointWhateverTheLocale()
    {
        const std::vector<Row> rows = {original(), failedRow()};
        std::vector<std::string> before, after;
        for (const Exporter *exporter : exporters())
            before.push_back(exporter->write(rows));
        const std::locale plain;
        std::locale::global(std::locale(plain, new CommaMark));
        for (const char *name : {"de_DE.UTF-8", "pt_BR.UTF-8", "fr_FR.UTF-8"})
            if (std::setlocale(LC_ALL, name))
                break;
        for (const Exporter *exporter : exporters())
            after.push_back(exporter->write(rows));
        std::locale::global(plain);
        std::setlocale(LC_ALL, "C");
        QCOMPARE(after, before);
    }

    void jsonHasEveryKeyAndNullsForGaps()
    {
        const auto document = nlohmann::json::parse(written("json", {original(), failedRow()}));
        QCOMPARE(document["rows"].size(), 2u);
        for (const ColumnInfo &column : columns())
            QVERIFY(document["rows"][0].contains(std::string(column.key)));
        QCOMPARE(document["rows"][0]["accuracy"].get<double>(), 0.9125);
        QCOMPARE(document["rows"][0]["recipe"].get<std::string>(), std::string());
        QVERIFY(document["rows"][1]["accuracy"].is_null());
        QCOMPARE(document["rows"][1]["size_bytes"].get<int>(), 308642);
    }

    void prunedRowsSayWhatTheyDidNotGain()
    {
        Row before = original(), pruned = original(), other = original();
        before.set(Column::sparsity, 0.0);
        pruned.set(Column::variant, std::string("magnitude 80 %"));
        pruned.set(Column::recipe, std::string("prune-magnitude sparsity=0.8"));
        pruned.set(Column::sparsity, 0.8);
        other.set(Column::recipe, std::string("quantize-int8"));
        other.set(Column::sizeBytes, std::int64_t(308642));
        other.set(Column::sparsity, 0.0);
        const std::vector<Row> rows = {before, pruned, other};
        const auto records = parsedCsv(written("csv", rows));
        const auto document = nlohmann::json::parse(written("json", rows));
        const std::string sentence = records[2][std::size_t(Column::why)];
        QVERIFY2(sentence.find("stored and multiplied like any number: file") != std::string::npos, sentence.c_str());
        QVERIFY(sentence.find("prune-channels") != std::string::npos);
        QCOMPARE(document["rows"][1]["why"].get<std::string>(), sentence);
        QVERIFY(written("text", rows).find(sentence) != std::string::npos);
        for (const std::size_t i : {0u, 2u}) {
            QCOMPARE(records[i + 1][std::size_t(Column::why)], std::string());
            QVERIFY(document["rows"][i]["why"].is_null());
        }
    }

    void rowsSurviveJson()
    {
        for (const Row &row : {original(), failedRow(), Row()}) {
            const Result<Row> back = rowFromJson(toJson(row));
            QVERIFY(back);
            QVERIFY(*back == row);
        }
    }

    void jsonRowsOfTheWrongTypeAreRefused()
    {
        using Json = nlohmann::ordered_json;
        for (const Json &bad :
             {Json("text"), Json{{"accuracy", "high"}}, Json{{"size_bytes", 1.5}}, Json{{"variant", 3}}}) {
            const Result<Row> row = rowFromJson(bad);
            QVERIFY(!row);
            QCOMPARE(row.error().code, ErrorCode::unusableInput);
        }
        QVERIFY(rowFromJson(Json{{"a_column_of_the_future", 1}}));
    }

    void brokenTextIsNoObstacle()
    {
        Row row = original();
        row.set(Column::why, std::string("\xff\xfe"));
        QVERIFY(nlohmann::json::accept(written("json", {row})));
    }

    void markdownIsATable()
    {
        const std::string text = written("markdown", {original(), failedRow()});
        QVERIFY(text.find("| Variant | Accuracy, % |") != std::string::npos);
        QVERIFY(text.find("| --- | ---: |") != std::string::npos);
        QVERIFY(text.find("my\\_model.tflite") != std::string::npos);
        QVERIFY(text.find("| original | 91.25 | 1205.6 |") != std::string::npos);
        QVERIFY(text.find("then stopped.") != std::string::npos);
    }

    void latexIsEscaped()
    {
        Row row = original();
        row.set(Column::variant, std::string("50 % & $x_1$ {a} \\b #~^ → ↓"));
        const std::string text = written("latex", {row});
        QVERIFY(text.find("50 \\% \\& \\$x\\_1\\$ \\{a\\} \\textbackslash{}b \\#\\textasciitilde{}"
                          "\\textasciicircum{} $\\rightarrow$ $\\downarrow$ & 91.25") != std::string::npos);
        QVERIFY(text.find("\\begin{tabular}{lr") != std::string::npos);
    }

    void theSecondViewIsAgainstTheOriginal()
    {
        const std::string text = written("text-relative", {original(), failedRow()});
        QVERIFY(text.find("1.18 MiB") == std::string::npos);
        QVERIFY(text.find("1205.6 KiB") != std::string::npos);
        QVERIFY(text.find("4x ↓") != std::string::npos);
    }

    void plainColumnsAreAligned()
    {
        const std::string text = written("text", {original(), failedRow()});
        const QStringList lines = QString::fromStdString(text).split(QLatin1Char('\n'));
        const auto line = [&](const char *start) {
            for (const QString &l : lines)
                if (l.startsWith(QLatin1String(start)))
                    return l;
            return QString();
        };
        QCOMPARE(line("original").indexOf(QLatin1String("1205.6")) + 6,
                 line("magnitude").indexOf(QLatin1String("301.4")) + 5);
    }

    void kindsAreMarked()
    {
        Row counted = original(), measured = original();
        counted.set(Column::board, std::string("a"));
        counted.set(Column::instructions, std::int64_t(100));
        counted.set(Column::timeSource, std::string("counted"));
        measured.set(Column::board, std::string("b"));
        measured.set(Column::instructions, std::int64_t(90));
        measured.set(Column::timeSource, std::string("measured"));
        QVERIFY(written("text", {counted}).find("Instructions (counted)") != std::string::npos);
        const std::string mixed = written("text", {counted, measured});
        QVERIFY(mixed.find("100 (counted)") != std::string::npos);
        QVERIFY(mixed.find("90 (measured)") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestExporters)
#include "tst_exporters.moc"
