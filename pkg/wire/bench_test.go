package wire_test

import (
	"bufio"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"stockroom/pkg/wire"
)

const (
	usualRequest = "GET /api/v1/products/0199d6a5-63a1-7b9e-a9bb-0123456789ab HTTP/1.1\r\nHost: shop.example\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept: application/json\r\n" +
		"Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nReferer: https://shop.example/products\r\n\r\n"
	usualAnswer = "HTTP/1.1 200 OK\r\nDate: Wed, 25 Nov 2026 10:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 500\r\n" +
		"Etag: \"3\"\r\nCache-Control: no-cache\r\nCache-Status: stockroom; hit\r\nCatalog-Seq: 1.12345\r\n" +
		"X-Request-Id: 0199d6a5-63a1-7b9e-a9bb-0123456789ab\r\nX-Process-Time: 0.12ms\r\n\r\n"
)

func BenchmarkCheck(b *testing.B) {
	var h fasthttp.RequestHeader
	require.NoError(b, h.Read(bufio.NewReader(strings.NewReader(usualRequest))))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.Check(&h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheckAnswer(b *testing.B) {
	head := []byte(usualAnswer)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.CheckAnswer(head, nil); err != nil {
			b.Fatal(err)
		}
	}
}
