"""A name server on loopback that knows some TXT records."""

import socket
import threading
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def running(records):
    """Answer by UDP from `records`: {name: [texts]}. Gives DNS_SERVERS; where it holds None, no answer comes."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))
    over = threading.Event()

    def serve():
        while not over.is_set():
            packet, back = line.recvfrom(4096)
            if packet:
                asked = dns.message.from_wire(packet)
                if answer := _answer(asked, records):
                    line.sendto(answer.to_wire(), back)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port = line.getsockname()[1]
    try:
        yield [f"127.0.0.1#{port}"]
    finally:
        over.set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", port))
        thread.join(timeout=5)
        line.close()


def _answer(asked, records):
    name = asked.question[0].name
    texts = records.get(name.to_text(omit_final_dot=True), [])
    if texts is None:
        return None
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.AA | dns.flags.RA
    if texts:
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *(f'"{text}"' for text in texts)))
    else:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer
