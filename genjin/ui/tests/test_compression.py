"""Answers are compressed for whoever can read that, and only where it pays."""

from __future__ import annotations

import gzip

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from genjin.ui.compression import CompressionMiddleware, compressed

PAGE = "<p>苏州晶砺半导体有限公司</p>" * 200


def answer(content: str, *, accepts: str = "gzip, br", kind: str = "text/html; charset=utf-8") -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/", headers={"accept-encoding": accepts})
    return CompressionMiddleware(lambda _request: HttpResponse(content, content_type=kind))(request)


def test_a_page_is_compressed_and_comes_out_the_same() -> None:
    response = answer(PAGE)
    assert response.headers["Content-Encoding"] == "gzip"
    assert int(response.headers["Content-Length"]) == len(response.content) < len(PAGE)
    assert response.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.content).decode() == PAGE


def test_what_is_small_or_no_text_or_not_understood_stays_as_it_is() -> None:
    for response in (answer("klein"), answer(PAGE, kind="image/png"), answer(PAGE, accepts="identity")):
        assert "Content-Encoding" not in response.headers


def test_the_size_of_the_same_page_varies() -> None:
    assert len({len(compressed(PAGE.encode())) for _n in range(50)}) > 10
