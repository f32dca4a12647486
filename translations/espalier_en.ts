<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>espalier::ui::ComparisonView</name>
    <message numerus="yes">
        <source>%1 of %n variant(s) within the budget.</source>
        <extracomment>how many rows keep all limits: %1 of %n</extracomment>
        <translation>
            <numerusform>%1 of %n variant within the budget.</numerusform>
            <numerusform>%1 of %n variants within the budget.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n variant(s) lack a figure that has a limit.</source>
        <translation>
            <numerusform>%n variant lacks a figure that has a limit.</numerusform>
            <numerusform>%n variants lack a figure that has a limit.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::DataCard</name>
    <message numerus="yes">
        <source>, %n class(es)</source>
        <translation>
            <numerusform>, %n class</numerusform>
            <numerusform>, %n classes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::Format</name>
    <message numerus="yes">
        <source>%n s</source>
        <comment>seconds</comment>
        <translation>
            <numerusform>%n s</numerusform>
            <numerusform>%n s</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n min</source>
        <comment>minutes</comment>
        <translation>
            <numerusform>%n min</numerusform>
            <numerusform>%n min</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n h</source>
        <comment>hours</comment>
        <translation>
            <numerusform>%n h</numerusform>
            <numerusform>%n h</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::Inspector</name>
    <message numerus="yes">
        <source>±%1 points (95 %) with %Ln test sample(s)</source>
        <translation>
            <numerusform>±%1 points (95 %) with %Ln test sample</numerusform>
            <numerusform>±%1 points (95 %) with %Ln test samples</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::ModelCard</name>
    <message numerus="yes">
        <source>%1 → %2, %n operator(s)</source>
        <extracomment>%1 and %2 are tensors such as &quot;float32 1×49×10×1&quot;</extracomment>
        <translation>
            <numerusform>%1 → %2, %n operator</numerusform>
            <numerusform>%1 → %2, %n operators</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n operator(s) cannot run here, so that it can be inspected but not compared: %1</source>
        <translation>
            <numerusform>%n operator cannot run here, so that it can be inspected but not compared: %1</numerusform>
            <numerusform>%n operators cannot run here, so that it can be inspected but not compared: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::StudyController</name>
    <message numerus="yes">
        <source>%n operator(s) of the model cannot run here.</source>
        <translation>
            <numerusform>%n operator of the model cannot run here.</numerusform>
            <numerusform>%n operators of the model cannot run here.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::TradeoffPlot</name>
    <message numerus="yes">
        <source>%n variant(s) shown.</source>
        <translation>
            <numerusform>%n variant shown.</numerusform>
            <numerusform>%n variants shown.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::TrainingView</name>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%n epoch</numerusform>
            <numerusform>%n epochs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>espalier::ui::VariantModel</name>
    <message numerus="yes">
        <source>Median of %n run(s), from %1 to %2.</source>
        <translation>
            <numerusform>Median of %n run, from %1 to %2.</numerusform>
            <numerusform>Median of %n runs, from %1 to %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln test sample(s).</source>
        <translation>
            <numerusform>%Ln test sample.</numerusform>
            <numerusform>%Ln test samples.</numerusform>
        </translation>
    </message>
</context>
</TS>
