package gatewayd_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// mutator makes up requests, good ones and broken ones. It makes the same ones
// again from the same seed.
type mutator struct {
	*rand.Rand
	bearer string
}

// conversation is what is sent over one connection: good requests, and among
// them some that something has been done to. Each has a key of its own. What comes
// last is part of a body or cannot be read, so that nobody waits for the rest.
func (m mutator) conversation(name string) string {
	var b strings.Builder
	for n := range 2 + m.IntN(4) {
		request := m.request(fmt.Sprintf("%s-%d", name, n))
		if m.IntN(2) == 0 {
			for range 1 + m.IntN(3) {
				request = m.mutate(request)
			}
		}
		b.WriteString(request)
	}
	return b.String() + strings.Repeat("\x00\r\n", 3000)
}

// request is a good one. What its body holds could pass for another one.
func (m mutator) request(key string) string {
	head := "Host: a\r\nIdempotency-Key: " + key + "\r\n"
	hidden := "DELETE /api/v1/products/" + key + "-hidden HTTP/1.1\r\n" + head + "Authorization: " + m.bearer + "\r\n\r\n"
	body := pick(m, hidden, "{}", `{"key":"`+key+`"}`, "0\r\n\r\n"+hidden, "")
	post := pick(m, "POST /api/v1/auth/login/json", "POST /api/v1/auth/refresh", "POST /api/v1/auth/register")
	switch m.IntN(8) {
	case 0:
		return "GET /api/v1/products?x=" + key + " HTTP/1.1\r\n" + head + "\r\n"
	case 1:
		return "HEAD /api/v1/products/" + key + " HTTP/1.1\r\n" + head + "\r\n"
	case 2:
		return "GET http://a/api/v1/products/" + key + " HTTP/1.1\r\n" + head + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body
	case 3:
		return "GET /api/v1/products HTTP/1.0\r\nConnection: keep-alive\r\n" + head + "\r\n"
	case 4:
		return "PUT /api/v1/products/" + key + " HTTP/1.1\r\nAuthorization: " + m.bearer + "\r\nContent-Type: application/json\r\n" + head +
			fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body
	case 5:
		return post + " HTTP/1.1\r\n" + head + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body
	case 6:
		return post + " HTTP/1.1\r\nExpect: 100-continue\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n" + m.chunks(body)
	}
	return post + " HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n" + m.chunks(body)
}

func (m mutator) chunks(body string) string {
	var b strings.Builder
	for body != "" {
		n := 1 + m.IntN(len(body))
		fmt.Fprintf(&b, "%x%s\r\n%s\r\n", n, pick(m, "", "", "", ";a", ";a=\"b\""), body[:n])
		body = body[n:]
	}
	return b.String() + "0\r\n" + pick(m, "", "", "", "X-Trailer: 1\r\n") + "\r\n"
}

// mutate does one thing to request.
func (m mutator) mutate(request string) string {
	lines := strings.SplitAfter(request, "\n")
	i, j := m.IntN(len(lines)), m.IntN(len(lines))
	at := m.IntN(len(request) + 1)
	switch m.IntN(13) {
	case 0:
		lines[i] += pick(m, nastyLines...) + pick(m, "\r\n", "\r\n", "\r\n", "\n", "\r")
	case 1:
		lines[i] = ""
	case 2:
		lines[i] += lines[i]
	case 3:
		lines[i], lines[j] = lines[j], lines[i]
	case 4:
		lines[i] = strings.TrimRight(lines[i], "\r\n") + pick(m, "\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n", "\r\n ", "\r\n\t", " \r\n", "\x00\r\n")
	case 5:
		return request[:at] + pick(m, nastyBytes...) + request[at:]
	case 6:
		return request[:at] + request[min(at+1+m.IntN(3), len(request)):]
	case 7:
		return request[:at] + pick(m, nastyBytes...) + request[min(at+1, len(request)):]
	case 8:
		lines[i] = m.renumber(lines[i])
	case 9:
		return request[:at]
	case 10:
		other := m.request("spliced")
		return request[:at] + other[m.IntN(len(other)):] + request[at:]
	case 11:
		lines[i] = pick(m, strings.ToUpper, strings.ToLower)(lines[i])
	case 12:
		first := strings.SplitN(lines[0], " ", 3)
		if k := m.IntN(len(first)); k < len(nastyWords) {
			first[k] = pick(m, nastyWords[k]...)
		}
		lines[0] = strings.Join(first, pick(m, " ", " ", " ", "  ", "\t"))
	}
	return strings.Join(lines, "")
}

var numbers = regexp.MustCompile(`[0-9]+`)

// renumber changes the numbers of a line: lengths and sizes of chunks.
func (m mutator) renumber(line string) string {
	return numbers.ReplaceAllStringFunc(line, func(n string) string {
		return pick(m, "0", "1", "5", "99", n+"0", "0"+n, "+"+n, "-"+n, "0x"+n, n+" ", " "+n, n+","+n, n+";"+n, "4294967296", "18446744073709551617", n[:len(n)-1])
	})
}

func pick[T any](m mutator, from ...T) T { return from[m.IntN(len(from))] }

// nastyLines are headers about where a request ends and whose it is.
var nastyLines = []string{
	"Content-Length: 0", "Content-Length: 5", "Content-Length: 05", "Content-Length: +5", "Content-Length: 5, 5", "Content-Length:",
	"content-length: 10", "Content-Length : 5", "Content_Length: 5", "Content Length: 5", " Content-Length: 5", "Content-Length:\t5\t",
	"Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, chunked",
	"Transfer-Encoding : chunked", "Transfer-Encoding:\x0bchunked", "transfer-encoding:chunked", "Transfer-Encoding: xchunked", "Transfer-Encoding:",
	"Transfer_Encoding: chunked", "Transfer-Encoding:\tChunked", "TE: chunked", "Trailer: Content-Length", "Trailer: X-A",
	"Host: b", "Host:", "Host: a:80", "Connection: close", "Connection: keep-alive", "Connection: Content-Length", "Connection: Host, Idempotency-Key",
	"Connection: Upgrade", "Upgrade: h2c", "Expect: 100-continue", "Expect: 100-Continue", "Expect: x", "Expect: x 100-continue",
	"Content-Type: application/json", "Content-Encoding: gzip", "Idempotency-Key: other", "X-Http-Method-Override: DELETE", "X-Forwarded-For: ::1",
	"GET /api/v1/products HTTP/1.1", "X: y", ":", "", "0", "5;a", "X:\x00", "\xff: \xff", "X: y\rTransfer-Encoding: chunked",
}

var nastyBytes = []string{
	"\x00", "\r", "\n", "\r\n", "\t", " ", ":", ";", ",", "_", "-", "\x0b", "\x0c", "\x7f", "\x85", "\xa0", "\xff", "#", "?", "%", "%0d%0a", "%2f", "..",
	"/", "\\", "0", "5", "a", "A", "\"", "\r\n\r\n", "0\r\n\r\n",
}

// nastyWords stand in the place of the method, the target and the version.
var nastyWords = [][]string{
	{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PRI", "get", "G\x00T", "", "GET\x0b", "BREW"},
	{"*", "/", "//a/api/v1/products", "http://a/api/v1/products", "http://b/api/v1/products", "/api/v1/products/../users", "/api/v1/products/%2e%2e", "", "a:443", "/api/v1/products#x"},
	{"HTTP/1.0\r\n", "HTTP/1.1\n", "HTTP/1.2\r\n", "HTTP/2.0\r\n", "http/1.1\r\n", "HTTP/1.1 \r\n", "HTTP/0.9\r\n", "\r\n", "HTTP/1.1\r\n\r\n"},
}
