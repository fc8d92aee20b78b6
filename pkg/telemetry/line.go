package telemetry

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// lineSize is more than the usual line has.
const lineSize = 384

// Log writes the line about a request that took so long. It tells that in whole
// microseconds: a fraction costs as much as the rest of the line.
func (q Request) Log(ctx context.Context, level slog.Level, method, route string, status int, took time.Duration, err error) {
	h := q.of.log.Handler()
	if !h.Enabled(ctx, level) {
		return
	}
	end := q.begin.Add(took)
	if usual := level == slog.LevelInfo && err == nil; usual && q.of.lines != nil && !trace.SpanContextFromContext(ctx).IsValid() {
		var buf [lineSize]byte
		if line, ok := appendLine(buf[:0], end, method, route, status, took, RequestID(ctx)); ok {
			_, _ = q.of.lines.Write(line) // if nobody reads the log, nobody can be told
			return
		}
	}
	const noCaller = 0 // nobody asks which line of code this is from
	r := slog.NewRecord(end, level, "request", noCaller)
	r.AddAttrs(
		slog.String("method", method),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Int64("us", took.Microseconds()))
	if err != nil {
		r.AddAttrs(slog.Any("err", err))
	}
	_ = h.Handle(ctx, r)
}

// appendLine appends what the handler would write, at a fifth of the cost: it is
// written for every request. It reports false if the line is not a usual one.
func appendLine(b []byte, end time.Time, method, route string, status int, took time.Duration, id string) ([]byte, bool) {
	if id == "" || !isPlain(method) || !isPlain(route) || !isPlain(id) {
		return nil, false
	}
	b = append(b, `{"time":"`...)
	b = end.UTC().Truncate(time.Microsecond).AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","level":"INFO","msg":"request","method":"`...)
	b = append(b, method...)
	b = append(b, `","route":"`...)
	b = append(b, route...)
	b = append(b, `","status":`...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, `,"us":`...)
	b = strconv.AppendInt(b, took.Microseconds(), 10)
	b = append(b, `,"request_id":"`...)
	b = append(b, id...)
	return append(b, "\"}\n"...), true
}

// isPlain reports whether s is in JSON what it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
