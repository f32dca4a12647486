// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "usbmodel.h"

namespace espalier::test {

namespace {

constexpr int dataEndpoint = 2, packetBytes = 64;

} // namespace

UsbModel::Reply UsbModel::control(std::uint8_t type, std::uint8_t number, int value, int index, int length,
                                  const Bytes &data)
{
    sendSetup({type, number, std::uint8_t(value), std::uint8_t(value >> 8), std::uint8_t(index),
               std::uint8_t(index >> 8), std::uint8_t(length), std::uint8_t(length >> 8)});
    Reply reply;
    bool toggle = true;
    const auto step = [&](Answer answer) {
        if (answer == Answer::refused)
            reply.refused = true;
        else if (answer != Answer::done)
            throw std::runtime_error(answer == Answer::later ? "the device does not answer on endpoint 0"
                                                             : "a packet of endpoint 0 has the wrong toggle");
        return answer == Answer::done;
    };
    if (type & 0x80) {
        for (bool more = length > 0; more;) {
            Bytes packet;
            bool isData1 = false;
            if (!step(takePacket(0, packet, isData1)))
                return reply;
            if (isData1 != toggle)
                throw std::runtime_error("a packet of endpoint 0 has the wrong toggle");
            toggle = !toggle;
            reply.data.insert(reply.data.end(), packet.begin(), packet.end());
            more = packet.size() == packetBytes && int(reply.data.size()) < length;
        }
        step(sendPacket(0, {}, true));
        return reply;
    }
    if (length > 0 && !step(sendPacket(0, data, true)))
        return reply;
    Bytes status;
    bool isData1 = false;
    if (step(takePacket(0, status, isData1)) && (!status.empty() || !isData1))
        throw std::runtime_error("the status stage is no empty DATA1");
    return reply;
}

UsbModel::Answer UsbModel::send(const Bytes &packet)
{
    const Answer answer = sendPacket(dataEndpoint, packet, data1Out);
    if (answer == Answer::done || answer == Answer::lost)
        data1Out = !data1Out;
    return answer;
}

std::optional<UsbModel::Bytes> UsbModel::receive(Answer *answer)
{
    Bytes packet;
    bool isData1 = false;
    Answer given = takePacket(dataEndpoint, packet, isData1);
    if (given == Answer::done && isData1 != data1In)
        given = Answer::lost;
    if (answer)
        *answer = given;
    if (given != Answer::done)
        return std::nullopt;
    data1In = !data1In;
    return packet;
}

void UsbModel::enumerate()
{
    resetBus();
    control(0x80, 6, 0x0100, 0, 64);
    resetBus();
    control(0x00, 5, 9, 0, 0);
    control(0x80, 6, 0x0100, 0, 18);
    control(0x80, 6, 0x0200, 0, 9);
    control(0x80, 6, 0x0200, 0, 255);
    data1Out = data1In = false;
    control(0x00, 9, 1, 0, 0);
    control(0x21, 0x22, 3, 0, 0);
}

std::string UsbModel::text()
{
    std::string all;
    while (const auto packet = receive())
        all.append(packet->begin(), packet->end());
    return all;
}

} // namespace espalier::test
