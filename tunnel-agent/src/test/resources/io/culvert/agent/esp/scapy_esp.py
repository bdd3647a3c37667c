"""Seals or opens one plain ESP packet with scapy, an implementation that is not ours.

usage: scapy_esp.py seal|open SPI SEQUENCE KEY_AND_SALT BYTES     numbers in decimal, bytes in hexadecimal
seal: BYTES is an inner packet; prints the ESP packet. open: the other way round.
"""

import sys

from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
from scapy.layers.ipsec import ESP, SecurityAssociation

verb, spi, sequence, key, data = sys.argv[1:]
sequence, data = int(sequence), bytes.fromhex(data)
outer = IP(src="198.18.0.2", dst="198.18.0.1")
association = SecurityAssociation(
    ESP,
    spi=int(spi),
    seq_num=sequence & 0xFFFFFFFF,
    crypt_algo="AES-GCM",
    crypt_key=bytes.fromhex(key),
    tunnel_header=outer,
    esn_en=True,
    esn=sequence >> 32,
)
if verb == "seal":
    inner = IP(data) if data[0] >> 4 == 4 else IPv6(data)
    print(bytes(association.encrypt(inner)[ESP]).hex())
else:
    packet = IP(bytes(outer / ESP(data)))
    print(bytes(association.decrypt(packet)).hex())
