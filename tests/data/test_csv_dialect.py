import pytest

from pellucid.data.csv_dialect import (
    Dialect,
    as_plain,
    check_separator,
    find_decimal,
    find_encoding,
    find_header,
    find_separator,
)
from pellucid.errors import DataError


def test_a_dialect_is_said_in_a_sentence():
    assert str(Dialect("utf-8", ",", ".", True)) == "comma-separated, UTF-8, with a header"
    assert str(Dialect("cp1252", ";", ",", False, True)) == (
        "semicolon-separated, Windows-1252, without a header, decimal comma, packed by gzip"
    )
    assert str(Dialect("cp437", "~", ".", True)) == "'~'-separated, cp437, with a header"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"abc", ("utf-8", False)),
        ("äöü".encode(), ("utf-8", True)),
        ("äöü".encode("cp1252"), ("cp1252", True)),
        (b"\xef\xbb\xbfabc", ("utf-8", True)),
        ("a".encode("utf-16"), ("utf-16-le", True)),
        (b"\xfe\xff\0a", ("utf-16-be", True)),
        (b"a" + "漢".encode() * 60_000, ("utf-8", True)),  # cut within letters, at both ends
        (b"a" * 200_000 + "é".encode("cp1252"), ("cp1252", True)),
    ],
)
def test_encodings(data, found):
    assert find_encoding(data, None) == found


def test_an_encoding_can_be_given():
    assert find_encoding(b"", "Latin-1") == ("iso8859-1", True)
    for wrong in ("utf-99", "rot13", "\0"):
        with pytest.raises(DataError, match="encoding: expected a name"):
            find_encoding(b"", wrong)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "shift_jis", "cp1250"])
def test_all_encodings_become_bytes_of_ascii(encoding):
    data, begin, plain = as_plain("á,b".replace("á", "a").encode(encoding), encoding)
    assert data[begin:].decode(plain) == "a,b"


def test_a_mark_is_no_part_of_the_first_name():
    assert as_plain(b"\xef\xbb\xbfa", "utf-8")[1] == 3
    assert as_plain(b"a", "utf-8") == (b"a", 0, "utf-8")


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("a\tb c\n1\t2 3\n", "\t"),
        ("a|b\nx, y|z\n", "|"),
        ("1 2  3\n 4 5 6\n", " "),
        ("A11  6 b\nA12 48 c\n", " "),
        ("name,notes\nBob,a; b\nEve,c; d; e\n", ","),
        ('a;b\n"x,y,z";2\n"u,v,w";3\n', ";"),
        ("review\nI liked it, really\nGood, cheap\n", ","),
        ("city\nNew York\nLos Angeles\n", ","),
        ("first name\nJohn Smith\nEve Jones\n", ","),
        ("a\n1\n2\n", ","),
        ("a,b,c\n1,2,3\n1,2\n1,2,3\n", ","),
        ("time;value\n10:00;1|2\n11:00;3|4\n", ";"),
        ('"a,b";"c"\n"1";"2"\n', ";"),
    ],
)
def test_separators(text, separator):
    assert find_separator(text.encode(), 0, None) == separator


def test_a_decimal_comma_that_is_said_separates_nothing():
    assert find_separator(b"1,5\n2,5\n", 0, ",") == ";"


@pytest.mark.parametrize(
    ("text", "separator", "decimal"),
    [
        ("a;b\n1,5;2\n", ";", ","),
        ("a;b\n1.5;2\n", ";", "."),
        ("a;b\n1,5;2.5\n", ";", "."),
        ('a;b\n"1,5";2\n', ";", ","),
        ("a;b\nx, y;2\n", ";", "."),
        ("a;b\n1,5 m;2\n", ";", "."),
        ("a\tb\n-1,5e3\t2\n", "\t", ","),
        ("1,5 2\n", " ", ","),
        ("a,b\n1,5\n", ",", "."),
    ],
)
def test_decimals(text, separator, decimal):
    assert find_decimal(text.encode(), 0, separator) == decimal


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,2\n", True),
        ("1,2\n3,4\n", False),
        ("label,1,2\n5,0,0\n", True),
        ("A11,6,x\nA12,48,y\nA11,12,x\n", False),
        ("?,6\n3,48\n", False),
        ("name,city\nEve,Rome\n", True),
        ("p,x\np,x\ne,x\np,x\n", False),
        (",a\n1,2\n", True),
        ("1,2\n", False),
        ("a,2\n", True),
        ("2001,2002\n5,6\n", False),
        ("a,b\n,\n", True),
    ],
)
def test_headers(text, header):
    assert find_header(text.encode(), 0, ",", ".") is header


@pytest.mark.parametrize(
    ("separator", "decimal", "message"),
    [
        ("", None, "one character"),
        (",,", None, "one character"),
        ("§", None, "one character"),
        ("\n", None, "one character"),
        ('"', None, "part of a cell"),
        ("1", None, "part of a cell"),
        (None, "x", "'.' or ','"),
        (",", ",", "as both"),
    ],
)
def test_what_cannot_be_given(separator, decimal, message):
    with pytest.raises(DataError, match=message):
        check_separator(separator, decimal)


def test_what_can_be_given():
    for separator in (*",;:|~\t ", None):
        check_separator(separator, "." if separator == "," else ",")
