"""Seals or opens one plain ESP packet with scapy, an implementation that is not ours.

usage: scapy_esp.py seal|open SPI SEQUENCE TRANSFORM KEYS BYTES     numbers in decimal, bytes in hexadecimal
seal: BYTES is an inner packet; prints the ESP packet. open: the other way round.
"""

import struct
import sys

from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
from scapy.layers.ipsec import ESP, SecurityAssociation

# transform: cipher, bytes of its key (and salt), integrity algorithm
TRANSFORMS = {
    "AES_128_GCM_16": ("AES-GCM", 20, None),
    "AES_256_GCM_16": ("AES-GCM", 36, None),
    "CHACHA20_POLY1305": ("CHACHA20-POLY1305", 36, None),
    "AES_256_CBC_HMAC_SHA2_256_128": ("AES-CBC", 32, "SHA2-256-128"),
    "AES_256_CBC_HMAC_SHA2_512_256": ("AES-CBC", 32, "SHA2-512-256"),
    "TRIPLE_DES_CBC_HMAC_SHA2_256_128": ("3DES", 24, "SHA2-256-128"),
}


class WithUpperHalf:
    """A MAC that ends with the upper half of the ESN (RFC 4303, 2.2.1), which scapy adds for AH only."""

    def __init__(self, mac, upper):
        self.mac, self.upper = mac, upper
        self.update = mac.update

    def finalize(self):
        self.mac.update(struct.pack("!L", self.upper))
        return self.mac.finalize()


verb, spi, sequence, transform, keys, data = sys.argv[1:]
sequence, keys, data = int(sequence), bytes.fromhex(keys), bytes.fromhex(data)
cipher, key_bytes, integrity = TRANSFORMS[transform]
outer = IP(src="198.18.0.2", dst="198.18.0.1")
association = SecurityAssociation(
    ESP,
    spi=int(spi),
    seq_num=sequence & 0xFFFFFFFF,
    crypt_algo=cipher,
    crypt_key=keys[:key_bytes],
    auth_algo=integrity,
    auth_key=keys[key_bytes:] if integrity else None,
    tunnel_header=outer,
    esn_en=True,
    esn=sequence >> 32,
)
if integrity:
    plain_mac = association.auth_algo.new_mac
    association.auth_algo.new_mac = lambda key: WithUpperHalf(plain_mac(key), sequence >> 32)
if verb == "seal":
    inner = IP(data) if data[0] >> 4 == 4 else IPv6(data)
    print(bytes(association.encrypt(inner)[ESP]).hex())
else:
    packet = IP(bytes(outer / ESP(data)))
    print(bytes(association.decrypt(packet)).hex())
