// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/techniques/recipe.h"
#include "widgets/forms/parameterform.h"
#include "widgets/forms/realspinbox.h"
#include "widgets/forms/recipedialog.h"
#include "widgets/forms/recipeeditor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QToolButton>
#include <QtTest>

using namespace espalier;
using namespace espalier::ui;

class TestForms : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void hasAnEditorForEachType()
    {
        const std::vector<ParameterSpec> specs = {
            {"sparsity", "Sparsity", "Share of zeros.", 0.5, 0, 0.999},
            {"epochs", "Epochs", "Passes over the data.", std::int64_t(2), 0, 100, {}, "epochs"},
            {"symmetric", "Symmetric", "No zero point.", true},
            {"calibration",
             "Calibration",
             "How ranges are found.",
             std::string("minmax"),
             {},
             {},
             {"minmax", "percentile"}},
            {"layers", "Layers", "A pattern of names.", std::string("*")},
        };
        ParameterForm form(specs);
        QSignalSpy changed(&form, &ParameterForm::valuesChanged);
        QCOMPARE(form.values(), *ParameterValues::parse(specs, {}));

        auto *sparsity = qobject_cast<RealSpinBox *>(form.editor("sparsity"));
        auto *epochs = qobject_cast<QSpinBox *>(form.editor("epochs"));
        auto *symmetric = qobject_cast<QCheckBox *>(form.editor("symmetric"));
        auto *calibration = qobject_cast<QComboBox *>(form.editor("calibration"));
        auto *layers = qobject_cast<QLineEdit *>(form.editor("layers"));
        QVERIFY(sparsity && epochs && symmetric && calibration && layers);
        QCOMPARE(sparsity->text(), QStringLiteral("0.5"));
        QCOMPARE(sparsity->maximum(), 0.999);
        QCOMPARE(epochs->maximum(), 100);
        QCOMPARE(calibration->count(), 2);
        QVERIFY(sparsity->toolTip().contains(QStringLiteral("from 0 to 0.999")));

        sparsity->selectAll();
        QTest::keyClicks(sparsity, QStringLiteral("0.75"));
        epochs->setValue(7);
        symmetric->setChecked(false);
        calibration->setCurrentIndex(1);
        layers->setText(QStringLiteral("conv*"));
        QVERIFY(changed.size() >= 5);
        const ParameterValues values = form.values();
        QCOMPARE(values.real("sparsity"), 0.75);
        QCOMPARE(values.integer("epochs"), 7);
        QCOMPARE(values.flag("symmetric"), false);
        QCOMPARE(values.text("calibration"), std::string("percentile"));
        QCOMPARE(values.text("layers"), std::string("conv*"));

        changed.clear();
        form.setValues(*ParameterValues::parse(specs, {{"sparsity", "0.1"}}));
        QCOMPARE(changed.size(), 0);
        QCOMPARE(form.values().real("sparsity"), 0.1);
    }

    void showsRealNumbersShort()
    {
        RealSpinBox box;
        box.setBounds(-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity());
        for (const auto &[value, text] :
             {std::pair(0.5, "0.5"), {1.0, "1"}, {1e-5, "0.00001"}, {-2.25, "-2.25"}, {12345.0, "12345"}})
            QCOMPARE(box.textFromValue(value), QString::fromLatin1(text));
    }

    void everyTechniqueHasAForm()
    {
        QVERIFY(!techniques().empty());
        for (const Technique *technique : techniques()) {
            ParameterForm form(technique->parameters);
            const Result<ParameterValues> defaults = ParameterValues::parse(technique->parameters, {});
            QVERIFY(defaults);
            QVERIFY2(form.values() == *defaults, technique->id.data());
            for (const ParameterSpec &spec : technique->parameters) {
                if (spec.scope == ParameterScope::layer)
                    continue; // for the recipe's line
                QVERIFY2(form.editor(spec.key), spec.key.c_str());
                QVERIFY(!form.editor(spec.key)->accessibleName().isEmpty());
            }
        }
    }

    void lineAndFormsFollowEachOther()
    {
        RecipeEditor editor;
        editor.show();
        editor.setRecipe(*Recipe::parse("prune-magnitude sparsity=0.5"));
        auto *sparsity = editor.findChild<RealSpinBox *>(QStringLiteral("sparsity"));
        QVERIFY(sparsity);
        sparsity->setValue(0.75);
        QCOMPARE(editor.line()->text(), QStringLiteral("prune-magnitude sparsity=0.75"));

        editor.line()->selectAll();
        QTest::keyClicks(editor.line(), QStringLiteral("prune-magnitude sparsity=0.25 | quantize-int8"));
        QVERIFY(editor.recipe());
        QCOMPARE(editor.recipe()->steps().size(), std::size_t(2));
        QCOMPARE(editor.findChild<RealSpinBox *>(QStringLiteral("sparsity"))->value(), 0.25);

        editor.moveStep(1, 0);
        QVERIFY(editor.line()->text().startsWith(QStringLiteral("quantize-int8 |")));
        editor.removeStep(0);
        QCOMPARE(editor.line()->text(), QStringLiteral("prune-magnitude sparsity=0.25"));
        editor.addStep(*findTechnique("quantize-float16"));
        QCOMPARE(editor.line()->text(), QStringLiteral("prune-magnitude sparsity=0.25 | quantize-float16"));
    }

    void formsKeepSettingsOfSingleLayers()
    {
        RecipeEditor editor;
        editor.show();
        editor.setRecipe(*Recipe::parse("prune-magnitude layer=conv:sparsity=0.25 layer=\"a b\":skip=true"));
        editor.findChild<RealSpinBox *>(QStringLiteral("sparsity"))->setValue(0.75);
        QCOMPARE(editor.line()->text(),
                 QStringLiteral("prune-magnitude sparsity=0.75 layer=conv:sparsity=0.25 layer=\"a b:skip=true\""));
    }

    void singleLayersGetSettingsByHand()
    {
        RecipeEditor editor;
        editor.setRecipe(*Recipe::parse("quantize-int8"));
        editor.setLayerNames({QStringLiteral("conv"), QStringLiteral("logits")});
        editor.show();
        const auto click = [&](const char *button) {
            QTest::mouseClick(editor.findChild<QToolButton *>(QString::fromLatin1(button)), Qt::LeftButton);
        };
        click("addLayerSetting");
        auto *layer = editor.findChild<QComboBox *>(QStringLiteral("layer"));
        QVERIFY(layer);
        QCOMPARE(layer->count(), 2);
        QCOMPARE(editor.line()->text(), QStringLiteral("quantize-int8")); // of which layer?
        auto *key = editor.findChild<QComboBox *>(QStringLiteral("layerKey"));
        key->setCurrentIndex(key->findData(QStringLiteral("bits")));
        editor.findChild<QSpinBox *>(QStringLiteral("layerValue"))->setValue(4);
        layer->setFocus();
        layer->lineEdit()->selectAll();
        QTest::keyClicks(layer->lineEdit(), QStringLiteral("log"));
        layer->setCurrentIndex(1);
        QCOMPARE(editor.line()->text(), QStringLiteral("quantize-int8 layer=logits:bits=4"));
        key->setCurrentIndex(key->findData(QStringLiteral("skip")));
        editor.findChild<QCheckBox *>(QStringLiteral("layerValue"))->setChecked(true);
        QCOMPARE(editor.line()->text(), QStringLiteral("quantize-int8 layer=logits:skip=true"));
        editor.line()->setFocus();
        editor.line()->selectAll();
        QTest::keyClicks(editor.line(), QStringLiteral("quantize-int8 layer=conv:bits=5 layer=*:bits=6"));
        QCOMPARE(editor.findChildren<QComboBox *>(QStringLiteral("layer")).size(), 2);
        click("removeLayerSetting");
        QTRY_COMPARE(editor.line()->text(), QStringLiteral("quantize-int8 layer=*:bits=6"));
    }

    void saysWhatIsWrongWithALine()
    {
        RecipeDialog dialog(*Recipe::parse("quantize-int8"));
        dialog.show();
        auto *ok = dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
        auto *message = dialog.findChild<QLabel *>(QStringLiteral("recipeMessage"));
        QVERIFY(ok->isEnabled());
        QSignalSpy changed(dialog.editor(), &RecipeEditor::recipeChanged);
        dialog.editor()->line()->selectAll();
        QTest::keyClicks(dialog.editor()->line(), QStringLiteral("prune-magnitud"));
        QVERIFY(!ok->isEnabled());
        QVERIFY(!dialog.editor()->recipe());
        QVERIFY2(message->text().contains(QStringLiteral("prune-magnitude")), qPrintable(message->text()));
        QTest::keyClicks(dialog.editor()->line(), QStringLiteral("e sparsity=2"));
        QVERIFY(!ok->isEnabled());
        QVERIFY2(message->text().contains(QStringLiteral("sparsity")), qPrintable(message->text()));
        dialog.editor()->line()->clear();
        QTest::keyClicks(dialog.editor()->line(), QStringLiteral("prune-random"));
        QVERIFY(ok->isEnabled());
        QVERIFY(changed.size() > 3);
        QCOMPARE(dialog.recipe().text(), std::string("prune-random"));
    }
};

QTEST_MAIN(TestForms)
#include "tst_forms.moc"
