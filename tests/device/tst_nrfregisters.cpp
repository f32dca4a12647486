// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The nRF52840's flash controller and temperature sensor, as far as their drivers can tell, under these drivers
// (Product Specification, chapters 4.3 and 6.30; anomaly 66).
#include <QtTest>

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>

namespace {

constexpr std::uint32_t storeAddress = 0x40000, storeBytes = 32 << 10;

} // namespace

// The firmware, for this computer.
namespace build {
#include "device/firmware/nrf52840store.cpp"
#include "device/firmware/nrf52840temperature.cpp"
} // namespace build

// In the firmware's image the linker script's.
extern "C" {
extern const std::uint8_t planStoreStart[], planStoreEnd[];
alignas(4096) const std::uint8_t planStoreStart[storeBytes] = {};
const std::uint8_t planStoreEnd[1] = {};
}

namespace {

// Busy for some looks after each order, during which no other may come.
class Flash
{
public:
    bool isMine(std::uint32_t address) const
    {
        return address >> 12 == 0x4001e || (address >= storeAddress && address < storeAddress + storeBytes);
    }
    std::uint32_t read(std::uint32_t address)
    {
        if (address == 0x4001e400)
            return m_busy > 0 && m_busy-- ? 0 : 1;
        return address == 0x4001e504 ? mode : 0;
    }
    void write(std::uint32_t address, std::uint32_t value)
    {
        if (m_busy > 0)
            blame("an order while flash is busy");
        if (address == 0x4001e504) {
            mode = value;
        } else if (address == 0x4001e508) {
            if (mode != 2 || value % 4096 || !isMine(value))
                blame("a page was erased that must not be");
            else
                std::fill_n(words.begin() + (value - storeAddress) / 4, 1024, 0xffffffff);
            m_busy = 85;
        } else if (mode != 1) {
            blame("written without permission");
        } else {
            std::uint32_t &word = words[(address - storeAddress) / 4];
            if (word != 0xffffffff)
                blame("written without having been erased");
            word &= value;
            m_busy = 3;
        }
    }

    std::array<std::uint32_t, storeBytes / 4> words = {};
    std::uint32_t mode = 0;
    std::string breach;

private:
    void blame(const char *what) { breach = breach.empty() ? what : breach; }
    int m_busy = 0;
};

// Shows a temperature only with the chip's own calibration.
class Thermometer
{
public:
    Thermometer()
    {
        for (std::uint32_t i = 0; i < 17; ++i)
            m_registers[0x10000404 + 4 * i] = 0x1000 + i; // the factory's
    }
    std::uint32_t read(std::uint32_t address)
    {
        if (address == 0x4000c508)
            return isCalibrated() ? std::uint32_t(quarters) : 0x7fff;
        return m_registers[address];
    }
    void write(std::uint32_t address, std::uint32_t value)
    {
        m_registers[address] = value;
        if (address == 0x4000c000)
            m_registers[0x4000c100] = 1;
    }

    std::int32_t quarters = 0;

private:
    bool isCalibrated()
    {
        bool all = true;
        for (std::uint32_t i = 0; i < 17; ++i) {
            const std::uint32_t to = i < 6 ? 0x520 + 4 * i : i < 12 ? 0x540 + 4 * (i - 6) : 0x560 + 4 * (i - 12);
            all = all && m_registers[0x4000c000 + to] == 0x1000 + i;
        }
        return all;
    }
    std::map<std::uint32_t, std::uint32_t> m_registers;
};

Flash flash;
Thermometer thermometer;

} // namespace

namespace build::registers {

std::uint32_t read(std::uint32_t address)
{
    return flash.isMine(address) ? flash.read(address) : thermometer.read(address);
}
void write(std::uint32_t address, std::uint32_t value)
{
    flash.isMine(address) ? flash.write(address, value) : thermometer.write(address, value);
}
std::uint32_t addressOf(const void *memory)
{
    return storeAddress + std::uint32_t(static_cast<const std::uint8_t *>(memory) - planStoreStart);
}

} // namespace build::registers

class TestNrfRegisters : public QObject
{
    Q_OBJECT

private slots:
    // Page after page, twice: each order waits for the one before.
    void flashIsWrittenOrderByOrder()
    {
        std::mt19937 random(1);
        for (int turn = 0; turn < 2; ++turn) {
            std::array<std::uint32_t, storeBytes / 4> wanted;
            for (std::uint32_t &word : wanted)
                word = std::uint32_t(random());
            for (std::uint32_t offset = 0; offset < storeBytes; offset += build::planstore::blockBytes)
                build::planstore::write(offset, reinterpret_cast<const std::uint8_t *>(wanted.data()) + offset);
            QCOMPARE(QString::fromStdString(flash.breach), QString());
            QVERIFY(flash.words == wanted);
            QCOMPARE(flash.mode, 0u); // and it is safe again
        }
    }

    void temperatureIsCalibrated()
    {
        for (const auto &[quarters, hundredths] : {std::pair(93, 2325), {-30, -750}}) {
            thermometer.quarters = quarters;
            QCOMPARE(build::board::temperature(), hundredths);
        }
    }
};

QTEST_GUILESS_MAIN(TestNrfRegisters)
#include "tst_nrfregisters.moc"
