import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import check_address, check_url, target_of, written_address
from data.errors import Refused


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://127.1/",
        "http://0/", "http://0.0.0.0/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "http://[fe80::1%25eth0]/",
        "http://[fc00::1]/", "http://[ff02::1]/", "http://[::127.0.0.1]/", "http://[fec0::1]/",
        "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://100.64.0.1/",
        "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://198.18.0.1/", "http://224.0.0.1/",
        "http://240.0.0.1/", "http://255.255.255.255/", "http://192.0.2.1/", "http://168.63.129.16/", "http://192.0.0.192/", "http://[3fff::1]/",
        "http://１２７.０.０.１/", "http://127。0。0。1/", "http://①②⑦.0.0.1/", "http://localhost/", "http://LOCALHOST./",
        "http://db.internal/", "http://printer.local/", "http://router/", "http://metadata/",
        "http://example.jp:8080/", "http://example.jp:443/", "https://example.jp:80/", "http://example.jp:0/",
        "http://example.jp:99999/", "http://example.jp:x/", "ftp://example.jp/", "file:///etc/passwd",
        "data:text/plain,x", "gopher://example.jp/", "javascript:alert(1)", "//example.jp/", "/etc/passwd", "",
        "http://", "http:///path", "http://user@example.jp/", "http://user:word@example.jp/",
        "http://example.jp\\@127.0.0.1/", "http://exa mple.jp/", "http://example.jp/\r\nHost: x", "http://exa\tmple.jp/",
        "http://example.jp/" + "a" * 9000, "http://[", "http://[v1.x]/", "http://1.2.3.4.5/", "http://999.1.1.1/", "http://a.0x7f/", "http://-.jp/", "http://" + "a" * 64 + ".jp/",
        "http://ex\u200bample\u2028.jp/", "http://xn--\ud800.jp/",
    ],
)  # fmt: skip
def test_refused(url: str) -> None:
    with pytest.raises(Refused):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.go.jp/news.rdf", "http://example.jp", "https://EXAMPLE.jp.:443/a?b=c#d",
        "https://見本.example.jp/", "http://8.8.8.8/", "http://[2606:4700::1111]/", "http://[::ffff:8.8.8.8]/",
        "https://a_b.example.jp/", "https://example.jp?x=http://127.0.0.1/",
    ],
)  # fmt: skip
def test_let_through(url: str) -> None:
    check_url(url)


def test_configuration_allows_a_host_and_port_by_name() -> None:
    check_url("http://127.0.0.1:8765/feed", ["127.0.0.1:8765"])
    check_url("http://localhost:8765/feed", ["LocalHost:8765"])
    check_url("http://[::1]:8765/", ["[::1]:8765"])
    check_url("http://0x7f.1:8765/", ["127.0.0.1:8765"])
    for url in (
        "http://127.0.0.1:8766/",
        "http://127.0.0.1/",
        "ftp://127.0.0.1:8765/",
        "http://127.0.0.2:8765/",
    ):
        with pytest.raises(Refused):
            check_url(url, ["127.0.0.1:8765"])


def test_target_is_read_once() -> None:
    target = target_of("https://Bücher.EXAMPLE.jp./a%20b/見?q=1#frag")
    assert target.host == target.authority == "xn--bcher-kva.example.jp"
    assert (target.port, target.path) == (443, "/a%20b/%E8%A6%8B?q=1")
    assert target_of("http://example.jp?q").path == "/?q"


@given(st.ip_addresses(v=4))
def test_an_address_is_one_in_every_writing(ip: IPv4Address) -> None:
    value = int(ip)
    a, b, c, d = ip.packed
    for text in (
        str(ip), str(value), hex(value), f"0{value:o}", f"{a}.{value & 0xFFFFFF}", f"{a}.{b}.{c << 8 | d}",
        f"0x{a:x}.0{b:o}.{c}.{d}",
    ):  # fmt: skip
        assert written_address(text) == ip
        assert socket.inet_aton(text) == ip.packed


@given(st.ip_addresses(v=4))
def test_wrapping_makes_no_private_address_public(ip: IPv4Address) -> None:
    wrapped = [
        IPv6Address(0xFFFF << 32 | int(ip)),
        IPv6Address((0x64FF9B << 96) | int(ip)),
        IPv6Address((0x2002 << 112) | int(ip) << 80),
        IPv6Address(int(ip)),
    ]
    if not ip.is_global or ip.is_multicast:
        for address in [ip, *wrapped]:
            with pytest.raises(Refused):
                check_address(address)


@given(
    st.text()
    | st.text(alphabet="htps:/.@[]0x127%。aé１\\#?", max_size=40).map(lambda tail: "http://" + tail)
)
def test_any_text_is_let_through_or_refused(url: str) -> None:
    message = ""
    try:
        check_url(url)
    except Refused as refusal:
        message = str(refusal)
    assert "\n" not in message


@given(st.text(max_size=60))
def test_any_address_text_is_refused_or_global(text: str) -> None:
    try:
        check_address(text)
    except Refused:
        return
    assert IPv6Address(text).is_global if ":" in text else IPv4Address(text).is_global
