package hostiletest

import "strings"

// Answer is one that is hostile.
type Answer struct {
	// Slow answers are never complete. Good ones can be used, but their connection
	// cannot. All others make no sense; of large ones that may show only when more
	// has come than a busy machine takes in in time.
	Slow, Good, Large bool

	bytes   string
	endless string // follows, again and again
	slow    bool   // with a rest in between
	closes  bool   // the connection, at the end
}

const (
	okay = "HTTP/1.1 200 OK\r\n"
	evil = okay + "Content-Length: 4\r\n\r\nevil"
)

var kib = strings.Repeat("x", 1<<10)

// Answers are the ones that there are. What no client may see says "evil".
var Answers = map[string]Answer{
	"Silence":       {Slow: true},
	"HalfALine":     {Slow: true, bytes: "HTTP/1.1 20"},
	"HalfAHead":     {Slow: true, bytes: okay + "X-A: 1\r\n"},
	"SlowHead":      {Slow: true, bytes: okay + "X-A: ", endless: "x", slow: true},
	"NoBody":        {Slow: true, bytes: okay + "Content-Length: 10\r\n\r\n"},
	"SlowBody":      {Slow: true, bytes: okay + "Content-Length: 1000000\r\n\r\n", endless: "x", slow: true},
	"SlowChunks":    {Slow: true, bytes: okay + "Transfer-Encoding: chunked\r\n\r\n", endless: "1\r\nx\r\n", slow: true},
	"HalfAChunk":    {Slow: true, bytes: okay + "Transfer-Encoding: chunked\r\n\r\na\r\nx"},
	"NoLastChunk":   {Slow: true, bytes: okay + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"},
	"NoLastTrailer": {Slow: true, bytes: okay + "Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: 1\r\n"},

	"Nothing":         {closes: true},
	"CutLine":         {bytes: "HTTP/1.1 20", closes: true},
	"CutHead":         {bytes: okay + "X-A: 1\r\n", closes: true},
	"CutBody":         {bytes: okay + "Content-Length: 10\r\n\r\nab", closes: true},
	"CutChunk":        {bytes: okay + "Transfer-Encoding: chunked\r\n\r\na\r\nab", closes: true},
	"CutChunks":       {bytes: okay + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n", closes: true},
	"EndlessLine":     {bytes: "HTTP/1.1 200 ", endless: kib},
	"EndlessHeader":   {bytes: okay + "X: ", endless: kib},
	"EndlessHeaders":  {bytes: okay, endless: "X: " + kib + "\r\n"},
	"SlowInterim":     {endless: "HTTP/1.1 100 Continue\r\n\r\n", slow: true},
	"EndlessInterim":  {endless: "HTTP/1.1 100 Continue\r\n\r\n"},
	"EndlessTrailers": {bytes: okay + "Transfer-Encoding: chunked\r\n\r\n0\r\n", endless: "X: " + kib + "\r\n"},
	"EndlessBody":     {Large: true, bytes: okay + "\r\n", endless: strings.Repeat(kib, 64)},
	"EndlessChunks":   {Large: true, bytes: okay + "Transfer-Encoding: chunked\r\n\r\n", endless: "10000\r\n" + strings.Repeat(kib, 64) + "\r\n"},

	"NotHTTP":           {bytes: "evil evil evil\r\n\r\n"},
	"HTTP09":            {bytes: "<html>evil</html>\r\n\r\n"},
	"HTTP2":             {bytes: "HTTP/2.0 200 OK\r\nContent-Length: 4\r\n\r\nevil"},
	"TLS":               {bytes: "\x16\x03\x03\x00\x31\x02\x00\x00\r\n\r\n"},
	"HugeHeader":        {bytes: okay + "X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n"},
	"HugeLength":        {bytes: okay + "Content-Length: 999999999999\r\n\r\n"},
	"OverflowingLength": {bytes: okay + "Content-Length: 18446744073709551620\r\n\r\nevil"},
	"NegativeLength":    {bytes: okay + "Content-Length: -4\r\n\r\nevil"},
	"SignedLength":      {bytes: okay + "Content-Length: +4\r\n\r\nevil"},
	"WordLength":        {bytes: okay + "Content-Length: four\r\n\r\nevil"},
	"TwoLengths":        {bytes: okay + "Content-Length: 4\r\nContent-Length: 2\r\n\r\nevil"},
	"LengthList":        {bytes: okay + "Content-Length: 4, 2\r\n\r\nevil"},
	"LengthAndChunked":  {bytes: okay + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n"},
	"ChunkedAndLength":  {bytes: okay + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n4\r\nevil\r\n0\r\n\r\n"},
	"UnknownEncoding":   {bytes: okay + "Transfer-Encoding: gzip\r\n\r\nevil"},
	"EncodingList":      {bytes: okay + "Transfer-Encoding: gzip, chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n"},
	"BrokenChunk":       {bytes: okay + "Transfer-Encoding: chunked\r\n\r\nzz\r\nevil"},
	"HugeChunk":         {bytes: okay + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nevil"},
	"ChunkWithoutEnd":   {bytes: okay + "Transfer-Encoding: chunked\r\n\r\n4\r\nevilXX0\r\n\r\n"},
	"OddStatus":         {bytes: "HTTP/1.1 20 OK\r\nContent-Length: 4\r\n\r\nevil"},
	"LongStatus":        {bytes: "HTTP/1.1 2000 OK\r\nContent-Length: 4\r\n\r\nevil"},
	"WordStatus":        {bytes: "HTTP/1.1 two OK\r\nContent-Length: 4\r\n\r\nevil"},
	"ZeroStatus":        {bytes: "HTTP/1.1 000 OK\r\nContent-Length: 4\r\n\r\nevil"},
	"HighStatus":        {bytes: "HTTP/1.1 999 OK\r\nContent-Length: 4\r\n\r\nevil"},
	"SwitchingAway":     {bytes: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\nConnection: Upgrade\r\n\r\n"},
	"FoldedHeader":      {bytes: okay + "X-A: 1\r\n Set-Cookie: evil\r\nContent-Length: 4\r\n\r\nevil"},
	"ReturnInHeader":    {bytes: okay + "X-A: 1\rSet-Cookie: evil\r\nContent-Length: 4\r\n\r\nevil"},
	"NulInHeader":       {bytes: okay + "X-A: evil\x00\r\nContent-Length: 4\r\n\r\nevil"},
	"SpaceInName":       {bytes: okay + "Content-Length : 4\r\n\r\nevil"},
	"NoColon":           {bytes: okay + "evil\r\nContent-Length: 4\r\n\r\nevil"},
	"EmptyName":         {bytes: okay + ": evil\r\nContent-Length: 4\r\n\r\nevil"},

	"TwoAnswers":      {Good: true, bytes: okay + "Content-Length: 2\r\n\r\n{}" + evil},
	"TwoChunked":      {Good: true, bytes: okay + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + evil},
	"BytesAfter":      {Good: true, bytes: okay + "Content-Length: 2\r\n\r\n{}\r\n\r\n"},
	"ManyAnswers":     {Good: true, bytes: okay + "Content-Length: 2\r\n\r\n{}" + strings.Repeat(evil, 1000)},
	"BodyOfNoContent": {Good: true, bytes: "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nevil"},
	"BodyOfNothing":   {Good: true, bytes: "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n" + evil},
	"EarlyHints":      {Good: true, bytes: "HTTP/1.1 103 Early Hints\r\nLink: </evil>\r\n\r\n" + okay + "Content-Length: 2\r\n\r\n{}" + evil},
	"OneInterim":      {Good: true, bytes: "HTTP/1.1 100 Continue\r\n\r\n" + okay + "Content-Length: 2\r\n\r\n{}" + evil},
}
